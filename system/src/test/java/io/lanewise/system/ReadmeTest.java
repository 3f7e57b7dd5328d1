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

/** The programs in the README compile, run, and reach what is said beside them. */
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");

  @TempDir Path folder;

  @Test
  void theFirstProgramWorks() throws Exception {
    double accuracy = Double.parseDouble(run("Example"));
    // It saves into the working folder, as it says.
    Files.delete(Path.of("digits.safetensors"));
    assertTrue(accuracy >= 0.89, "accuracy " + accuracy);
  }

  @Test
  void theProductWorks() throws Exception {
    assertEquals("[-7.0, -6.0, -7.0, 21.0]", run("Product"));
  }

  /** What the program of that name prints. */
  private String run(String name) throws Exception {
    Matcher block =
        Pattern.compile("```java\n((?:(?!```).)*public class " + name + " .*?)```", Pattern.DOTALL)
            .matcher(Files.readString(README));
    assertTrue(block.find(), "no program " + name + " in the README");
    Path source = Files.writeString(folder.resolve(name + ".java"), block.group(1));
    try (URLClassLoader classes = Programs.compile(List.of(source), folder)) {
      return Programs.run(classes, name);
    }
  }
}
