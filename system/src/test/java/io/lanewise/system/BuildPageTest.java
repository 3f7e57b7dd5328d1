package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What people copy into their builds has the flags of {@code jvm.config} and our version; {@code
 * packaging/in-your-build} runs it.
 */
class BuildPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PAGE = ROOT.resolve("docs/in-your-build.md");
  private static final Pattern FLAG = Pattern.compile("--add-[a-z]+[= ]\"?jdk\\.[a-z.]*[a-z]");
  private static final Pattern VERSION =
      Pattern.compile(
          "<artifactId>lanewise-[a-z]+</artifactId>\\s*<version>([^<]*)|lanewise-[a-z]+:([0-9][^\"\\s]*)");

  /** A block of the page, with the line of HTML before it. */
  private record Block(String mark, String language, String text) {}

  private static List<Block> blocks() throws IOException {
    Matcher m =
        Pattern.compile("(?:<!-- ([^\n]*) -->\n)?```(\\w*)\n(.*?)\n```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    List<Block> blocks = new ArrayList<>();
    while (m.find()) {
      blocks.add(new Block(m.group(1) == null ? "" : m.group(1), m.group(2), m.group(3)));
    }
    return blocks;
  }

  /** Pages, projects and programs that people copy from. */
  private static List<Path> copied() throws IOException {
    List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "examples", "packaging")) {
      try (Stream<Path> all = Files.walk(ROOT.resolve(folder))) {
        all.filter(f -> f.toString().matches(".*(\\.(md|java|xml)|/[a-z-]+)"))
            .filter(f -> Files.isRegularFile(f) && !f.toString().contains("/target/"))
            .forEach(files::add);
      }
    }
    return files;
  }

  @Test
  void allHaveExactlyTheFlagsOfJvmConfig() throws IOException {
    List<String> flags =
        Files.readAllLines(ROOT.resolve("jvm.config")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    // One flag is what the page says; more of them want more of the page.
    assertEquals(List.of("--add-modules=jdk.incubator.vector"), flags);
    int found = 0;
    for (Path file : copied()) {
      Matcher m = FLAG.matcher(Files.readString(file));
      while (m.find()) {
        // Of jlink it is no flag of a JVM.
        if (!m.group().contains("jdk.httpserver")) {
          assertEquals(flags.getFirst(), m.group().replaceAll("[ ]", "="), file.toString());
          found++;
        }
      }
    }
    assertTrue(found > 20, "found only " + found);
  }

  @Test
  void whatStartsJavaHasTheFlag() throws IOException {
    for (Block block : blocks()) {
      for (String line : block.text().replace("\\\n", "").lines().toList()) {
        if (line.matches(".*(^|[\" /])java[\" ] *[\",-].*|^jshell.*")) {
          assertTrue(line.contains("--add-modules=jdk.incubator.vector"), line);
        }
      }
    }
  }

  @Test
  void allHaveTheVersionOfThisBuild() throws IOException {
    Matcher ours =
        Pattern.compile("<version>(.*)</version>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")));
    assertTrue(ours.find());
    int found = 0;
    for (Path file : copied()) {
      Matcher m = VERSION.matcher(Files.readString(file));
      while (m.find()) {
        assertEquals(
            ours.group(1), m.group(1) == null ? m.group(2) : m.group(1), file + ": " + m.group());
        found++;
      }
    }
    assertTrue(found >= 8, "found only " + found);
  }

  @Test
  void thePomOfThePageIsThatOfTheExample() throws IOException {
    List<Block> same = blocks().stream().filter(b -> b.mark().startsWith("same as: ")).toList();
    assertEquals(1, same.size());
    Path file = ROOT.resolve(same.getFirst().mark().substring("same as: ".length()));
    assertEquals(Files.readString(file).strip(), same.getFirst().text());
  }

  /** Beside a block that is run stands its name; above one that is not, that it is not. */
  @Test
  void whatIsNotRunIsSaidToBe() throws IOException {
    String page = Files.readString(PAGE);
    for (Block block : blocks()) {
      if (block.mark().isEmpty()) {
        String before = page.substring(0, page.indexOf(block.text()));
        String section = before.substring(before.lastIndexOf("\n## "));
        assertTrue(section.contains("Not run here") || section.contains("## jlink"), block.text());
      }
    }
  }
}
