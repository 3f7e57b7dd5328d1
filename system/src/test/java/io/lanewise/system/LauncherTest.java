package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lanewise.cli.Main;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in clones of any name, by any shell, with the tools of BusyBox, in any locale. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final String VERSION =
      "lanewise "
          + Objects.requireNonNullElse(
              Main.class.getPackage().getImplementationVersion(), "(not packaged)")
          + "\n";
  private static final List<String> MODULES =
      List.of(
          "core", "check", "simd", "data", "onnx", "tokenizer", "text", "cluster", "plot", "cli");

  @TempDir private Path folder;
  private final List<String> unset = new ArrayList<>();

  private record Ran(int code, String output) {}

  @BeforeEach
  void needsNames() {
    String encoding = System.getProperty("sun.jnu.encoding");
    assumeTrue(encoding.equals("UTF-8"), "the tests' own locale cannot name files: " + encoding);
  }

  /** What the launcher looks at: the sources, a jar that is newer, and an archive to do without. */
  private static Path cloneAt(Path root) throws IOException {
    Instant now = Instant.now();
    Files.createDirectories(root);
    for (String name : List.of("lanewise", "jvm.config")) {
      Files.copy(Path.of("..", name), root.resolve(name));
    }
    // Short lives: C2 would never pay.
    Files.writeString(
        root.resolve("jvm.config"),
        "-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n",
        StandardOpenOption.APPEND);
    Files.createFile(root.resolve("pom.xml"));
    for (String module : MODULES) {
      Files.createDirectories(root.resolve(module + "/src/main"));
      Files.createFile(root.resolve(module + "/pom.xml"));
    }
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofMinutes(2))));
      }
    }
    Path target = root.resolve("cli/target");
    Files.createDirectories(target.resolve("lib"));
    Path jar = target.resolve("lanewise-cli-1.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath());
    try (OutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.flush();
    }
    Files.setLastModifiedTime(jar, FileTime.from(now.minus(Duration.ofMinutes(1))));
    // Newer, but not for the launcher.
    Files.createFile(target.resolve("lanewise-cli-1-sources.jar"));
    Path archive = Files.createFile(target.resolve("lanewise.aot"));
    Files.setLastModifiedTime(archive, FileTime.from(now.minus(Duration.ofSeconds(30))));
    return root.resolve("lanewise");
  }

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toUri().toString())
        .collect(Collectors.joining(" "));
  }

  private Ran run(Path directory, Map<String, String> environment, List<String> command)
      throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(directory.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "LANEWISE_OPTS"));
    builder.environment().keySet().removeAll(unset);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    String text = new String(output, StandardCharsets.UTF_8).replaceAll("(?m)^WARNING: .*\\R", "");
    return new Ran(process.waitFor(), text);
  }

  private Ran version(String... command) throws Exception {
    List<String> all = new ArrayList<>(List.of(command));
    all.add("--version");
    return run(folder, Map.of(), all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"é it's \"so\" ü", "100%41\nline\\", "-n", "$HOME st*r? #1;a&b"})
  void theCloneMayHaveAnyName(String name) throws Exception {
    String launcher = cloneAt(folder.resolve(name)).toString();
    assertEquals(new Ran(0, VERSION), version(launcher));
  }

  @Test
  void theFlagsOfItsFileAreTaken() throws Exception {
    String launcher = cloneAt(folder.resolve("clone")).toString();
    Path flags = folder.resolve("clone/jvm.config");
    // The last line may have no end.
    Files.writeString(flags, "\n-XX:NoSuchFlag", StandardOpenOption.APPEND);
    Ran ran = version(launcher);
    assertEquals(1, ran.code());
    assertTrue(ran.output().contains("Unrecognized VM option 'NoSuchFlag'"), ran.output());
  }

  @Test
  void aColonInItsPathIsToldInOneLine() throws Exception {
    Path clone = folder.resolve("a:b");
    Ran ran = version(cloneAt(clone.resolve("c")).toString());
    assertEquals(2, ran.code(), ran.output());
    assertEquals(1, ran.output().lines().count(), ran.output());
    assertTrue(ran.output().startsWith("lanewise: the folder " + clone), ran.output());
    assertTrue(ran.output().contains("has a colon"), ran.output());
  }

  @Test
  void linksAreFollowedWithoutOptionsOfReadlink() throws Exception {
    Path launcher = cloneAt(folder.resolve("clone"));
    Path bin = Files.createDirectory(folder.resolve("bin"));
    Files.createSymbolicLink(bin.resolve("absolute"), launcher);
    Files.createSymbolicLink(bin.resolve("relative"), Path.of("absolute"));
    Files.createSymbolicLink(folder.resolve("far"), Path.of("bin/relative"));
    Path old = Files.createDirectory(folder.resolve("old"));
    script(
        old.resolve("readlink"),
        "[ $# = 1 ] && exec " + pathOf("readlink") + " \"$1\"; echo illegal option >&2; exit 1");
    String path = old + ":" + System.getenv("PATH");
    for (String name : List.of("bin/absolute", "bin/relative", "far")) {
      List<String> command = List.of(folder.resolve(name).toString(), "--version");
      assertEquals(new Ran(0, VERSION), run(folder, Map.of("PATH", path), command), name);
    }
    // cd prints where it goes by CDPATH, and goes elsewhere.
    Files.createDirectories(folder.resolve("other/clone"));
    Map<String, String> elsewhere = Map.of("CDPATH", folder.resolve("other") + ":" + folder);
    assertEquals(
        new Ran(0, VERSION), run(folder, elsewhere, List.of("sh", "clone/lanewise", "--version")));
  }

  @Test
  void neitherHomeNorPathsOfJavaAreNeeded() throws Exception {
    Path launcher = cloneAt(folder.resolve("clone"));
    unset.addAll(List.of("HOME", "LANG", "TERM", "COLUMNS", "USER"));
    assertEquals(new Ran(0, VERSION), version(launcher.toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sh", "dash", "bash --posix", "busybox ash"})
  void anyShellRunsIt(String shell) throws Exception {
    String[] words = shell.split(" ");
    assumeTrue(pathOf(words[0]) != null, words[0] + " is not there");
    List<String> command = new ArrayList<>(List.of(words));
    command.add(cloneAt(folder.resolve("clone")).toString());
    assertEquals(new Ran(0, VERSION), version(command.toArray(String[]::new)));
  }

  private static Path pathOf(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private static void script(Path file, String line) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + line + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  /** A folder of them, to be the whole PATH. */
  private Path toolsOfBusyBox() throws Exception {
    assumeTrue(pathOf("busybox") != null, "busybox is not there");
    Path tools = Files.createDirectory(folder.resolve("tools"));
    for (String name : run(folder, Map.of(), List.of("busybox", "--list")).output().split("\n")) {
      script(tools.resolve(name), "exec " + pathOf("busybox") + " " + name + " \"$@\"");
    }
    return tools;
  }

  @ParameterizedTest
  @ValueSource(strings = {"onnx/src/main/é.java", "core/pom.xml", "pom.xml"})
  void anyFileThatIsNewerIsSeenWithTheToolsOfBusyBox(String changed) throws Exception {
    Path tools = toolsOfBusyBox();
    Path launcher = cloneAt(folder.resolve("é ü"));
    Files.writeString(launcher.resolveSibling(changed), "");
    List<String> command = List.of(tools + "/ash", launcher.toString(), "--version");
    Ran without = run(folder, Map.of("PATH", tools.toString()), command);
    assertEquals(2, without.code(), without.output());
    assertTrue(without.output().contains("building needs Maven"), without.output());
  }

  /** The Maven of the test packages by making the jar new. */
  @Test
  void whatIsOldIsBuiltWithTheToolsOfBusyBox() throws Exception {
    String changed = "onnx/src/main/é.java";
    Path tools = toolsOfBusyBox();
    Path launcher = cloneAt(folder.resolve("é ü"));
    Map<String, String> path = Map.of("PATH", tools.toString());
    List<String> command = List.of(tools + "/ash", launcher.toString(), "--version");
    assertEquals(new Ran(0, VERSION), run(folder, path, command));
    Files.writeString(launcher.resolveSibling(changed), "");
    script(
        tools.resolve("mvn"),
        "echo \"$PWD: $*\" >\"" + folder + "/built\"; touch cli/target/lanewise-cli-1.jar");
    String building =
        "lanewise: building with Maven, which takes a minute or two the first time...\n";
    String recording = "lanewise: recording its classes once, for a faster start...\n";
    assertEquals(new Ran(0, building + recording + VERSION), run(folder, path, command));
    String built = Files.readString(folder.resolve("built"));
    assertTrue(built.startsWith(launcher.getParent() + ": "), built);
    assertTrue(built.contains("-pl cli -am package"), built);
    assertEquals(new Ran(0, VERSION), run(folder, path, command));
    Files.setLastModifiedTime(
        launcher.resolveSibling(changed), FileTime.from(Instant.now().plusSeconds(60)));
    script(tools.resolve("mvn"), "echo broken; exit 1");
    Ran broken = run(folder, path, command);
    assertEquals(new Ran(1, building + "broken\nlanewise: the build failed, see above\n"), broken);
  }

  /** Where whole seconds are counted, what is recorded at once is as old as the jar. */
  @ParameterizedTest
  @ValueSource(strings = {"sh", "busybox ash"})
  void anArchiveAsOldAsItsJarIsNotRecordedAgain(String shell) throws Exception {
    List<String> command = new ArrayList<>(List.of(shell.split(" ")));
    assumeTrue(pathOf(command.getFirst()) != null, command.getFirst() + " is not there");
    Path launcher = cloneAt(folder.resolve("clone"));
    Path target = launcher.resolveSibling("cli/target");
    FileTime time = Files.getLastModifiedTime(target.resolve("lanewise-cli-1.jar"));
    Files.setLastModifiedTime(target.resolve("lanewise.aot"), time);
    command.add(launcher.toString());
    assertEquals(new Ran(0, VERSION), version(command.toArray(String[]::new)));
  }

  @Test
  void whatIsNoArchiveIsDoneWithoutAndWithoutAWord() throws Exception {
    Path launcher = cloneAt(folder.resolve("clone"));
    Path target = launcher.resolveSibling("cli/target");
    Files.writeString(target.resolve("lanewise.aot"), "of another JDK");
    Files.writeString(target.resolve("lanewise-picocli.jar"), "no jar");
    assertEquals(new Ran(0, VERSION), version(launcher.toString()));
  }

  /** By a JDK that says what it is told, and as many processors as are said. */
  @ParameterizedTest
  @CsvSource({
    "train, --data, 103000, 1, true, true",
    "train, --data=, 103000, 1, true, true",
    "cv, --data, 103000, 2, true, false",
    "train, --data, 102000, 1, false, false",
    "predict, --data, 103000, 1, false, false",
    "train, --labels, 103000, 1, false, false"
  })
  void theKernelsOfALongTrainingAreCompiledAhead(
      String command, String option, int bytes, String processors, boolean ahead, boolean waits)
      throws Exception {
    Path launcher = cloneAt(folder.resolve("clone"));
    Files.writeString(launcher.resolveSibling("cli/target/lanewise.aot"), "an archive");
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    script(jdk.resolve("java"), "printf '%s\\n' \"$@\"");
    Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"25.0.3\"\n");
    Path tools = Files.createDirectories(folder.resolve("tools"));
    script(tools.resolve("nproc"), "echo " + processors);
    Path data = Files.write(folder.resolve("the ä.csv"), new byte[bytes]);
    List<String> all = new ArrayList<>(List.of(launcher.toString(), command));
    all.addAll(option.endsWith("=") ? List.of(option + data) : List.of(option, data.toString()));
    String path = tools + ":" + System.getenv("PATH");
    Ran ran = run(folder, Map.of("PATH", path, "JAVA_HOME", jdk.getParent().toString()), all);
    assertEquals(0, ran.code(), ran.output());
    List<String> told = ran.output().lines().toList();
    assertEquals(
        all.subList(1, all.size()), told.subList(told.size() - all.size() + 1, told.size()));
    assertEquals(ahead, told.contains("-XX:+AOTCompileEagerly"), ran.output());
    String waiting = "-XX:CompileCommand=BackgroundCompilation,io.lanewise.kernel.*::*,false";
    assertEquals(waits, told.contains(waiting), ran.output());
  }

  /** What Maven writes of itself, and of its JDK, is not shown; what is wrong is. */
  @Test
  void aBuildSaysWhatItIsAt() throws Exception {
    Path tools = toolsOfBusyBox();
    Path launcher = cloneAt(folder.resolve("clone"));
    Files.writeString(launcher.resolveSibling("pom.xml"), "");
    String maven =
        """
        cat <<END
        [INFO] Scanning for projects...
        WARNING: A terminally deprecated method in sun.misc.Unsafe has been called
        [INFO] Building Lanewise core 0.1.0-SNAPSHOT                      [2/9]
        [INFO] Downloading from central: https://repo.example/a/b.jar
        [WARNING] something old
        \033[0m\033[0m
        [INFO] Building Lanewise command line 0.1.0-SNAPSHOT              [9/9]
        [ERROR] no such thing
          at line 3
        END
        """;
    script(tools.resolve("mvn"), maven + "exit 1");
    List<String> command = List.of(tools + "/ash", launcher.toString(), "--version");
    Ran ran = run(folder, Map.of("PATH", tools.toString()), command);
    assertEquals(
        """
        lanewise: building with Maven, which takes a minute or two the first time...
        lanewise: building Lanewise core, 2 of 9
        lanewise: building Lanewise command line, 9 of 9
        [ERROR] no such thing
          at line 3
        lanewise: the build failed, see above
        """,
        ran.output());
    assertEquals(1, ran.code());
  }

  @Test
  void theToolsOfBusyBoxAreEnough() throws Exception {
    Path tools = toolsOfBusyBox();
    Path clone = folder.resolve("é ü");
    Path data = Files.writeString(folder.resolve("ä.csv"), ROWS);
    List<String> command = new ArrayList<>(List.of(tools + "/ash", cloneAt(clone).toString()));
    command.addAll(train(data.toString(), folder.resolve("ö.safetensors").toString()));
    Ran ran = run(folder, Map.of("PATH", tools.toString(), "LC_ALL", "C"), command);
    assertEquals(0, ran.code(), ran.output());
    assertTrue(Files.exists(folder.resolve("ö.safetensors")), ran.output());
  }

  private static final String ROWS = "x,y,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n";

  private static List<String> train(String data, String model) {
    return List.of(
        ("train|--data|" + data + "|--out|" + model + "|--layers|2|--epochs|1|--kernels|scalar")
            .split("\\|"));
  }

  /** The last is a locale that is not installed, which counts as C. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_YY.UTF-8"})
  void filesBeyondAsciiHaveTheirNamesInAnyLocale(String locale) throws Exception {
    Path here = Files.createDirectory(folder.resolve("é"));
    Path launcher = cloneAt(here.resolve("clone ü"));
    Files.writeString(here.resolve("ä.csv"), ROWS);
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(train("ä.csv", "ö.safetensors"));
    Ran ran = run(here, Map.of("LC_ALL", locale), command);
    assertEquals(0, ran.code(), ran.output());
    assertTrue(ran.output().contains("model    ö.safetensors, SHA-256"), ran.output());
    assertTrue(Files.exists(here.resolve("ö.safetensors")), ran.output());
  }

  /** Without the launcher, which sets another locale. */
  @Test
  void aFileThatTheLocaleCannotNameIsOneLine() throws Exception {
    Path here = Files.createDirectory(folder.resolve("é"));
    Files.writeString(here.resolve("a.csv"), ROWS);
    for (String data : List.of("ä.csv", "a.csv")) {
      List<String> command = new ArrayList<>();
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "io.lanewise.cli.Main"));
      command.addAll(train(data, "m.safetensors"));
      Ran ran = run(here, Map.of("LC_ALL", "C"), command);
      assertEquals(2, ran.code(), ran.output());
      assertEquals(1, ran.output().lines().count(), ran.output());
      boolean ofTheFile = data.equals("ä.csv");
      assertEquals(ofTheFile, ran.output().contains("set LC_ALL=C.UTF-8"), ran.output());
      assertTrue(!ran.output().contains("Exception"), ran.output());
    }
  }
}
