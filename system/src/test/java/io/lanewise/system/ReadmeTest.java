package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs in the README and on the page for embedders compile, run, and reach what is said
 * beside them.
 */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path EMBEDDING = Path.of("..", "docs", "embedding.md");

  @TempDir Path folder;

  @Test
  void theFirstProgramWorks() throws Exception {
    double accuracy = Double.parseDouble(run(README, "Example"));
    // It saves into the working folder, as it says.
    Files.delete(Path.of("digits.safetensors"));
    assertTrue(accuracy >= 0.89, "accuracy " + accuracy);
  }

  @Test
  void theProductWorks() throws Exception {
    assertEquals("[-7.0, -6.0, -7.0, 21.0]", run(README, "Product"));
  }

  @Test
  void aRawRowIsPredicted() throws Exception {
    StringBuilder text = new StringBuilder("island,mass,species\n");
    for (int i = 0; i < 60; i++) {
      text.append(i % 2 == 0 ? "Biscoe," : "Dream,").append(i % 9 == 0 ? "NA" : "" + (3700 + i));
      text.append(i % 2 == 0 ? ",Gentoo\n" : ",Adelie\n");
    }
    Path table = Files.writeString(folder.resolve("penguins.csv"), text);
    String printed =
        run(
            EMBEDDING,
            "Penguins",
            table.toString(),
            folder.resolve("penguins.safetensors").toString());
    List<String> lines = printed.lines().toList();
    assertEquals(List.of("Gentoo", "Adelie", "Adelie"), lines.subList(0, 3));
    assertEquals(
        "column \"island\": got \"Biscoo\", wanted one of the categories Biscoe, Dream: is it"
            + " \"Biscoe\"?",
        lines.get(3));
  }

  /** What the program of that name prints. */
  private String run(Path page, String name, String... args) throws Exception {
    Matcher block =
        Pattern.compile("```java\n((?:(?!```).)*public class " + name + " .*?)```", Pattern.DOTALL)
            .matcher(Files.readString(page));
    assertTrue(block.find(), "no program " + name + " in " + page);
    Path source = Files.writeString(folder.resolve(name + ".java"), block.group(1));
    try (URLClassLoader classes = Programs.compile(List.of(source), folder)) {
      return Programs.run(classes, name, args);
    }
  }
}
