package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in processes of their own, which are told to end. */
@DisabledOnOs(OS.WINDOWS)
class SignalsTest {
  @TempDir private Path folder;

  private Path rows(int count) throws IOException {
    StringBuilder text = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < count; i++) {
      text.append(i % 7).append(',').append(i % 5).append(',').append(i % 2 == 0 ? "a" : "b");
      text.append('\n');
    }
    return Files.writeString(folder.resolve("rows.csv"), text);
  }

  private static Process java(List<String> flags, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Short lives: C2 would never pay.
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.lanewise.cli.Main"));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private Process start(int rows, String layers) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of("train", "--data", rows(rows).toString(), "--label", "kind", "--layers", layers));
    command.addAll(List.of("--kernels", "scalar", "--validation-split", "0.2"));
    command.addAll(List.of("--epochs", "2000000", "--patience", "0", "--seed", "1"));
    command.addAll(List.of("--batch-size", Integer.toString(rows)));
    command.addAll(List.of("--out", folder.resolve("m.safetensors").toString()));
    command.addAll(List.of("--history", folder.resolve("h.csv").toString()));
    command.addAll(
        List.of("--checkpoint", folder.resolve("run").toString(), "--every", "1000000000"));
    Process process = java(List.of(), command);
    // It would train for ever where a signal does not come.
    CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(process::destroyForcibly);
    return process;
  }

  /** Reads what it says until the training is under way. */
  private void awaitTraining(BufferedReader lines, List<String> out) throws Exception {
    awaitLine(lines, out, "kernels ");
    // The handlers are there by the time that the folder is.
    while (!Files.isDirectory(folder.resolve("run"))) {
      Thread.sleep(10);
    }
    Thread.sleep(500);
  }

  private static void awaitLine(BufferedReader lines, List<String> out, String begin)
      throws IOException {
    String line;
    do {
      line = lines.readLine();
      assertNotNull(line, out.toString());
      out.add(line);
    } while (!line.startsWith(begin));
  }

  private static void kill(String signal, Process process) throws Exception {
    String pid = Long.toString(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + signal, pid).start().waitFor());
  }

  /** Sends the signal when the first epochs are over; returns the exit code. */
  private int train(String signal, List<String> out) throws Exception {
    Process process = start(40, "4");
    try (BufferedReader lines = process.inputReader()) {
      awaitTraining(lines, out);
      kill(signal, process);
      lines.lines().forEach(out::add);
    }
    return process.waitFor();
  }

  /** A shell's background jobs ignore SIGINT, and nohup's SIGHUP; so do their children. */
  private static boolean isIgnored(String signal) throws Exception {
    String script = "trap 'exit 7' " + signal + "; kill -" + signal + " $$; exit 0";
    return new ProcessBuilder("sh", "-c", script).start().waitFor() != 7;
  }

  private void assertSaved(String signal, int code) throws Exception {
    assumeFalse(isIgnored(signal), "SIG" + signal + " is ignored where the tests were started");
    List<String> out = new ArrayList<>();
    assertEquals(code, train(signal, out), String.join("\n", out));
    assertTrue(out.stream().anyMatch(l -> l.startsWith("SIG" + signal)), out.toString());
    assertTrue(out.contains("stopped  it was told to stop"), out.toString());
    assertTrue(Files.size(folder.resolve("m.safetensors")) > 0);
    assertTrue(Files.readAllLines(folder.resolve("h.csv")).size() > 1);
    try (var files = Files.list(folder.resolve("run"))) {
      assertFalse(files.toList().isEmpty(), "no checkpoint");
    }
  }

  @Test
  void ctrlCSavesWhatWasAskedFor() throws Exception {
    assertSaved("INT", 130);
  }

  @Test
  void sigtermToo() throws Exception {
    assertSaved("TERM", 143);
  }

  @Test
  void sighupToo() throws Exception {
    assertSaved("HUP", 129);
  }

  /** Its first step would take long. */
  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    Process process = start(2000, "2000,2000");
    List<String> out = new ArrayList<>();
    try (BufferedReader lines = process.inputReader()) {
      awaitTraining(lines, out);
      kill("TERM", process);
      awaitLine(lines, out, "SIGTERM: stops after this step and saves");
      kill("TERM", process);
      lines.lines().forEach(out::add);
    }
    assertEquals(143, process.waitFor(), out.toString());
    assertFalse(out.stream().anyMatch(line -> line.startsWith("stopped")), out.toString());
    assertFalse(Files.exists(folder.resolve("m.safetensors")), "saved");
  }

  @Test
  void twoProcessesDoNotShareAFolderOfCheckpoints() throws Exception {
    Process process = start(40, "4");
    try (BufferedReader lines = process.inputReader()) {
      awaitTraining(lines, new ArrayList<>());
      String run = folder.resolve("run").toString();
      for (String resume : new String[] {"--epochs=1", "--resume"}) {
        Cli second = trained("--checkpoint", run, resume);
        assertEquals(2, second.code(), second.err());
        assertEquals(1, second.err().lines().count(), second.err());
        assertTrue(second.err().contains(run + " is in use by another training"), second.err());
      }
      // However it ends.
      kill("KILL", process);
      process.waitFor();
      assertEquals(0, trained("--checkpoint", run, "--epochs", "1").code());
    }
  }

  /** Nor of windows: those are in java.desktop. */
  @Test
  void plotsNeedNoLibraryOfFonts() throws Exception {
    Path plot = folder.resolve("p.svg");
    List<String> command = new ArrayList<>(List.of("train", "--data", rows(40).toString()));
    command.addAll(List.of("--label", "kind", "--kernels", "scalar", "--epochs", "2"));
    command.addAll(List.of("--out", folder.resolve("m.safetensors").toString()));
    command.addAll(List.of("--history", folder.resolve("h.html").toString(), "--plot"));
    command.add(plot.toString());
    String modules = "java.base,java.logging,java.management,jdk.jfr,jdk.unsupported";
    Process process = java(List.of("--limit-modules", modules), command);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    assertTrue(out.contains("plot     " + plot), out);
    assertTrue(Files.readString(plot).startsWith("<svg"), "no picture");
  }

  /** Trains on scalar kernels in this process. */
  private Cli trained(String... more) throws IOException {
    List<Object> command = new ArrayList<>(List.of("train", "--data", rows(40), "--label", "kind"));
    command.addAll(List.of("--kernels", "scalar", "--out", folder.resolve("m.safetensors")));
    command.addAll(List.of(more));
    return Cli.run(command.toArray());
  }

  @Test
  void aDivergedTrainingSavesItsHistoryAndEndsWithOne() throws IOException {
    Path model = folder.resolve("m.safetensors");
    Path history = folder.resolve("h.csv");
    Path page = folder.resolve("h.html");
    Cli cli =
        trained(
            "--layers",
            "64:relu 64:relu",
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e20",
            "--epochs",
            "5",
            "--history",
            history + "," + page);
    assertEquals(1, cli.code(), cli.out() + cli.err());
    assertTrue(cli.err().contains("not finite"), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertTrue(Files.readString(history).startsWith("epoch,loss"), "no history");
    assertTrue(Files.size(page) > 0);
    assertFalse(Files.exists(model), "no best weights");
    assertTrue(cli.out().contains("model    not saved"), cli.out());
  }

  @Test
  void aMonitorWithoutPatienceIsRefused() throws IOException {
    Cli cli = trained("--monitor", "loss");
    assertEquals(2, cli.code());
    assertTrue(cli.err().contains("--monitor needs --patience"), cli.err());
  }

  @Test
  void recoverAndPlateauAreReadFromTheCommandLine() throws IOException {
    String schedule =
        "plateau:0.5:1:monitor=validation_f1_macro:delta=0.01:cooldown=1:minimum=1e-5:best";
    Cli cli =
        trained(
            "--epochs",
            "3",
            "--validation-split",
            "0.3",
            "--recover",
            "0.5:2",
            "--schedule",
            schedule);
    assertEquals(0, cli.code(), cli.err());
    assertEquals(
        "times 0.5 after 1 epochs without improvement of validation_f1_macro by 0.01, cooldown 1,"
            + " minimum 1.0E-5, back to the best weights",
        new ScheduleText(1, 1).parse(schedule).toString());
  }
}
