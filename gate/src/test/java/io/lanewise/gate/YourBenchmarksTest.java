package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Follows docs/your-benchmarks.md. */
class YourBenchmarksTest {
  private static final Pattern JAVA =
      Pattern.compile("```java\n(.*?class (\\w+).*?)```", Pattern.DOTALL);

  @TempDir Path folder;
  private String page;
  private final Map<String, String> sources = new LinkedHashMap<>();

  @BeforeEach
  void read() throws IOException {
    page = Files.readString(Path.of("../docs/your-benchmarks.md"));
    Matcher blocks = JAVA.matcher(page);
    while (blocks.find()) {
      sources.put(blocks.group(2), blocks.group(1));
    }
  }

  private static String ownClassPath() {
    return System.getProperty("java.class.path");
  }

  /** Compiles them into a folder, which is then as good as a jar. */
  private void compile(String into, Map<String, String> some) throws IOException {
    List<String> args = new ArrayList<>(List.of("-d", folder.resolve(into).toString()));
    args.addAll(List.of("-cp", ownClassPath() + File.pathSeparator + folder.resolve("new.jar")));
    for (Map.Entry<String, String> source : some.entrySet()) {
      Path file = Files.createDirectories(folder.resolve("src-" + into));
      file = file.resolve(source.getKey() + ".java");
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    int exit =
        ToolProvider.getSystemJavaCompiler().run(null, null, null, args.toArray(String[]::new));
    assertEquals(0, exit, () -> "does not compile: " + some.keySet());
  }

  /** Runs a command of the page, with more options behind it. */
  private Processes.Ended run(String command, String... more) throws Exception {
    assertTrue(page.contains("    " + command + "\n"), () -> "not on the page: " + command);
    String gate = Path.of("target/classes").toAbsolutePath().toString();
    List<String> words = new ArrayList<>();
    for (String word : command.split(" ")) {
      words.add(
          word.replace("gate.jar", gate)
              .replaceAll("(old|new)\\.jar|gate\\.(json|md|xml)", folder + "/$0"));
    }
    words.addAll(List.of(more));
    words.set(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    return Processes.run(words);
  }

  @Test
  void theExamplesAreAsLongAsThePageSays() throws IOException {
    assertEquals(List.of("Crc", "CrcGate", "SpeedTest"), List.copyOf(sources.keySet()));
    long lines = sources.get("CrcGate").lines().count();
    assertTrue(page.contains("Its gate, " + lines + " lines,"), () -> lines + " lines");
    compile("new.jar", sources);
  }

  /** Sixteen bytes more a run, which is the least that there can be, in line 3. */
  @Test
  void aPlantedAllocationIsFoundOnTheOlderJarsSide() throws Exception {
    Map<String, String> planted = new LinkedHashMap<>(sources);
    planted.keySet().remove("SpeedTest");
    planted.replace(
        "Crc",
        sources
            .get("Crc")
            .replace("class Crc {", "class Crc { static int[] kept;")
            .replace("long crc = 1;", "kept = new int[0]; long crc = 1;"));
    compile("new.jar", planted);
    compile("old.jar", Map.of("Crc", sources.get("Crc")));
    String command = "java -cp gate.jar:new.jar CrcGate --base old.jar";
    // One round tells of bytes; as many as the page's where it may be long.
    String[] few =
        Boolean.getBoolean("lanewise.long") ? new String[0] : new String[] {"--rounds", "1"};
    Processes.Ended ended =
        run(command + " --json gate.json --markdown gate.md --junit gate.xml", few);
    String failed = "FAILED crc: allocates 16 bytes a run, must be 0: int[] at Crc.of:3\n";
    assertTrue(ended.output().contains(failed), ended::output);
    assertTrue(page.contains("    " + failed), "the page has its line");
    assertEquals(1, ended.exit());
    Map<?, ?> json = (Map<?, ?>) Json.parse(Files.readString(folder.resolve("gate.json")));
    assertEquals(1L, json.get("exit"));
    assertTrue(Files.readString(folder.resolve("gate.md")).startsWith("### ❌ 0 of 1"));
    assertTrue(Files.readString(folder.resolve("gate.xml")).contains("failures=\"1\""));
  }

  @Test
  void theArgumentsOfThePageAreKnown() throws Exception {
    compile("new.jar", Map.of("Crc", sources.get("Crc"), "CrcGate", sources.get("CrcGate")));
    Files.createDirectories(folder.resolve("old.jar"));
    Processes.Ended ended = run("java -cp gate.jar:new.jar CrcGate");
    assertEquals(2, ended.exit(), ended::output);
    assertTrue(ended.output().startsWith("no baseline of these 1 cases for "), ended::output);
    Matcher options = Pattern.compile("--[a-z][a-z-]*").matcher(page);
    while (options.find()) {
      String option = options.group();
      assertTrue(Options.HELP.contains(option) || option.equals("--add-modules"), option);
    }
  }
}
