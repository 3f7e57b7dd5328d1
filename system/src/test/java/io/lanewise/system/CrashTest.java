package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lanewise.math.RandomStream;
import io.lanewise.model.Model;
import io.lanewise.model.Safetensors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills other JVMs (SIGKILL) at random moments, and looks at what they leave: a few times here,
 * with {@code -Dlanewise.full=true} as often as docs/training.md says.
 */
class CrashTest {
  private static final boolean FULL = Boolean.getBoolean("lanewise.full");

  @TempDir private Path folder;
  private final RandomStream random = new RandomStream(11, RandomStream.Purpose.DATA);

  private static Process victim(List<String> before, String what, Path path) throws IOException {
    List<String> flags = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-ea");
    ProcessBuilder builder = Jvm.builder(flags, Victim.class.getName(), what, path);
    builder.command().addAll(0, before);
    return builder.start();
  }

  /** Each is a file of a training's own, and its checksum is right. */
  static void requireWhole(Path folder) throws IOException {
    for (Path file : checkpoints(folder)) {
      try (Safetensors in = Safetensors.open(file)) {
        if (!in.metadata().containsKey(Safetensors.CHECKSUM) || !in.contains("parameters")) {
          throw new AssertionError(file + " is no checkpoint");
        }
        in.verify();
      }
    }
  }

  private static List<Path> checkpoints(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> !f.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  @Test
  void aKilledTrainingThatIsResumedEndsWithTheSameBits() throws Exception {
    String expected = "end " + Victim.train(folder.resolve("whole"));
    int wanted = FULL ? 100 : 2;
    int kills = 0;
    int ends = 0;
    for (int run = 0; kills < wanted; run++) {
      Path here = folder.resolve("run" + run);
      String newest = "";
      int range = 900;
      while (true) {
        Process process = victim(List.of(), "train", here);
        boolean ended = process.waitFor(200 + random.nextInt(range), TimeUnit.MILLISECONDS);
        String output = ended ? Jvm.output(process) : "";
        process.destroyForcibly().waitFor();
        requireWhole(here);
        List<Path> files = checkpoints(here);
        String last = files.isEmpty() ? "" : files.get(files.size() - 1).toString();
        assertTrue(last.compareTo(newest) >= 0, newest + " was lost");
        // Else a busy machine might never come as far as the next one.
        range += last.equals(newest) ? 300 : 0;
        newest = last;
        if (ended) {
          assertTrue(output.contains(expected), output);
          ends++;
          break;
        }
        kills++;
      }
    }
    System.out.println(kills + " kills of trainings, " + ends + " ends, all with " + expected);
  }

  @Test
  void aKillWhileAModelIsSavedLeavesTheOldOneOrTheNewOne() throws Exception {
    Path file = folder.resolve("model.safetensors");
    int kills = FULL ? 1000 : 4;
    int[] seen = new int[3];
    for (int i = 0; i < kills; i++) {
      Process process = victim(List.of(), "save", file);
      var out = new BufferedReader(new InputStreamReader(process.getInputStream()));
      assertEquals("saving", out.lines().filter(l -> !l.startsWith("WARNING")).findFirst().get());
      Thread.sleep(random.nextInt(40), random.nextInt(1_000_000));
      process.destroyForcibly().waitFor();
      float[] parameters = Model.load(file).network().parameters();
      for (float parameter : parameters) {
        assertEquals(parameters[0], parameter);
      }
      seen[(int) parameters[0]]++;
    }
    System.out.println(kills + " kills while saving: " + seen[1] + " of one, " + seen[2]);
  }

  /** A file system of 1 MB in a mount name space of its own, where the system lets us have one. */
  @Test
  void aFullDiskLeavesTheOldFileAndIsAnError() throws Exception {
    List<String> small =
        List.of(
            "unshare",
            "-rm",
            "sh",
            "-c",
            "mount -t tmpfs -o size=1m tmpfs \"$0\" && exec \"$@\"",
            folder.toString());
    assumeTrue(runs(small), "no mounts without privileges here");
    Process process = victim(small, "fill", folder);
    String output = Jvm.output(process);
    assertEquals(0, process.waitFor(), output);
    assertTrue(output.contains("refused " + Victim.REFUSALS), output);
  }

  private static boolean runs(List<String> before) throws InterruptedException {
    List<String> command = new ArrayList<>(before);
    command.add("true");
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
