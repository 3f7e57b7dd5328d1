package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written: never over what is read, through any link, and never lost without a word. */
class OutputsTest {
  private static final String ROWS = "x,y,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n";

  @TempDir private Path folder;
  private Path data;
  private Path model;

  @BeforeEach
  void makeRows() throws IOException {
    data = Files.writeString(folder.resolve("rows.csv"), ROWS);
    model = folder.resolve("model.safetensors");
  }

  private Cli train(Object... more) {
    List<Object> all =
        new ArrayList<>(List.of("train", "--data", data, "--layers", "2", "--epochs", "1"));
    all.addAll(List.of(more));
    return Cli.run(all.toArray());
  }

  private void refused(Cli cli, String... parts) throws IOException {
    assertEquals(2, cli.code(), cli.err());
    for (String part : parts) {
      assertTrue(cli.err().contains(part), cli.err());
    }
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertEquals("", cli.out());
    assertEquals(ROWS, Files.readString(data));
  }

  @Test
  void whatIsReadIsNotWritten() throws IOException {
    refused(train("--out", data), "--out and --data are the same file");
    Path link = Files.createSymbolicLink(folder.resolve("link.csv"), data);
    refused(train("--out", link), "--out and --data");
    Path hard = Files.createLink(folder.resolve("hard.csv"), data);
    refused(train("--out", hard), "--out and --data");
    refused(train("--out", folder.resolve("../" + folder.getFileName() + "/rows.csv")), "--out");
    refused(train("--out", model, "--history", data), "--history and --data");
    refused(train("--out", model, "--plot", data), "--plot and --data");
    refused(train("--validation", data, "--out", link), "--out and --data");
    assertEquals(0, train("--out", model).code());
    refused(
        Cli.run("predict", "--model", model, "--data", data, "--out", data), "--out and --data");
    refused(
        Cli.run("predict", "--model", model, "--data", data, "--out", model), "--out and --model");
    refused(Cli.run("export", model, model), "FILE and MODEL");
    refused(Cli.run("import", model, model), "MODEL and FILE");
  }

  @Test
  void twoOutputsAreTwoFiles() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("h.svg"), Path.of("p.svg"));
    refused(
        train("--out", model, "--plot", folder.resolve("p.svg"), "--history", link),
        "--history and --plot");
    refused(train("--out", folder.resolve("a"), "--plot", folder.resolve("./a")), "--plot and");
    refused(train("--out", folder.resolve("run"), "--checkpoint", folder.resolve("run")), "--out");
  }

  @Test
  void whatCannotBeWrittenIsRefusedBeforeAnEpoch() throws IOException {
    refused(train("--out", folder.resolve("n".repeat(256))), "name too long");
    Path nowhere = Files.createSymbolicLink(folder.resolve("c"), Path.of("no/a"));
    refused(train("--out", nowhere), "does not exist");
    Path long1 = folder.resolve("n".repeat(255));
    assertEquals(0, train("--out", long1).code());
    Path dangling = Files.createSymbolicLink(folder.resolve("d"), Path.of("target"));
    assertEquals(0, train("--out", dangling).code());
    assertEquals(-1, Files.mismatch(long1, folder.resolve("target")));
  }

  @Test
  void aFullDiskIsAFailureThatNamesTheFile() {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    assertEquals(0, train("--out", model).code());
    Cli full = train("--out", "/dev/full");
    assertEquals(1, full.code(), full.err());
    assertTrue(full.err().contains("/dev/full: "), full.err());
    Cli predict = Cli.run("predict", "--model", model, "--data", data, "--out", "/dev/full");
    assertEquals(1, predict.code(), predict.err());
    assertTrue(predict.err().contains("/dev/full: "), predict.err());
  }

  private static Cli shell(String script, Object... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", "{ " + script + "; } 2>\"$0\""));
    Path errors = Files.createTempFile("err", ".txt");
    command.add(errors.toString());
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Path.of("..", "jvm.config"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.lanewise.cli.Main"));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    Cli cli =
        new Cli(process.waitFor(), out, Files.readString(errors).replaceAll("WARNING: .*\\R", ""));
    Files.delete(errors);
    return cli;
  }

  @Test
  void whatTheStandardOutputDidNotTakeIsAFailure() throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")));
    assertEquals(0, train("--out", model).code());
    for (List<Object> args :
        List.<List<Object>>of(
            List.of("predict", "--model", model, "--data", data),
            List.of("evaluate", "--model", model, "--data", data),
            List.of("inspect", model),
            List.of("--help"))) {
      Cli cli = shell("\"$@\" >/dev/full", args.toArray());
      assertEquals(1, cli.code(), args + cli.err());
      assertTrue(cli.err().startsWith("lanewise: the standard output: "), cli.err());
      assertEquals(1, cli.err().lines().count(), cli.err());
    }
  }

  @Test
  void aReaderThatLeavesIsNoFailure() throws Exception {
    assertEquals(0, train("--out", model).code());
    Files.writeString(data, ROWS + "1,2,a\n".repeat(100_000));
    Cli cli =
        shell(
            "{ \"$@\" || echo failed >&2; } | head -n 1",
            "predict",
            "--model",
            model,
            "--data",
            data);
    assertEquals("class,a,b\n", cli.out());
    assertEquals("", cli.err());
  }
}
