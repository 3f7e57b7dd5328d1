package io.lanewise.system;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.Schedule;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A JVM that {@link CrashTest} kills, or gives too little room. */
final class Victim {
  static final int REFUSALS = 100;
  private static final int ROWS = 320;
  private static final int EPOCHS = 20;

  private Victim() {}

  public static void main(String[] args) throws IOException {
    Path path = Path.of(args[1]);
    switch (args[0]) {
      case "train" -> System.out.println("end " + train(path));
      case "save" -> save(path);
      default -> System.out.println("refused " + fill(path));
    }
  }

  /** Everything that has state; goes on where it was. Returns the hash of what it ends with. */
  static String train(Path folder) {
    Network network =
        Network.builder(8)
            .dense(16)
            .batchNorm()
            .activation(Activation.RELU)
            .dropout(0.1)
            .dense(3, Activation.SOFTMAX)
            .seed(1)
            .build();
    trainer(network).checkpoint(folder, 3).resume(true).fit(data());
    return Hash.of(network);
  }

  private static Trainer trainer(Network network) {
    return new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .optimizer(new AdamW(0.01).clipNorm(1))
        .schedule(Schedule.cosine(Schedule.Clock.STEPS, 20L * EPOCHS, 0))
        .batchSize(16)
        .epochs(EPOCHS)
        .seed(3)
        .validation(data().slice(0, 60))
        .earlyStopping(new EarlyStopping(EPOCHS));
  }

  private static Dataset data() {
    RandomStream random = new RandomStream(7, RandomStream.Purpose.DATA);
    float[] x = new float[ROWS * 8];
    int[] labels = new int[ROWS];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < ROWS; i++) {
      labels[i] = random.nextInt(3);
    }
    return Dataset.ofLabels(x, 8, labels, 3);
  }

  /** A model whose parameters are all that value. */
  private static Network model(float value, int size) {
    Network network = Network.builder(size).dense(size, Activation.RELU).dense(4).zeros().build();
    Arrays.fill(network.parameters(), value);
    return network;
  }

  /** Saves two models over each other until it is killed. */
  private static void save(Path file) throws IOException {
    Network[] models = {model(1, 60), model(2, 60)};
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    Model.save(models[0], file);
    System.out.println("saving");
    for (int i = 1; System.nanoTime() < end; i++) {
      Model.save(models[i % 2], file);
    }
  }

  /** Saves where there is too little room, each time another. Returns how often it was refused. */
  private static int fill(Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Path filler = folder.resolve("filler");
    Path checkpoints = folder.resolve("checkpoints");
    Model.save(model(1, 60), file);
    Network network = model(0.1f, 8);
    new Trainer(network).epochs(1).checkpoint(checkpoints).fit(rows());
    byte[] old = Files.readAllBytes(file);
    long kept = bytes(folder);
    int refused = 0;
    for (int i = 0; i < REFUSALS; i++) {
      Files.deleteIfExists(filler);
      int room = 4096 + i * 2048;
      Files.write(filler, new byte[(int) (folder.toFile().getUsableSpace() - room)]);
      try {
        Model.save(model(2, 250), file);
      } catch (IOException e) {
        refused += e.getMessage().contains("No space") ? 1 : 0;
      }
      if (!Arrays.equals(old, Files.readAllBytes(file))) {
        throw new AssertionError("the old model changed");
      }
      if (bytes(folder) != kept + Files.size(filler)) {
        throw new AssertionError("something was left: " + bytes(folder));
      }
    }
    Files.write(
        filler, new byte[(int) folder.toFile().getUsableSpace()], StandardOpenOption.APPEND);
    try {
      new Trainer(network).epochs(2).checkpoint(checkpoints).resume(true).fit(rows());
      throw new AssertionError("a checkpoint without room");
    } catch (UncheckedIOException e) {
      CrashTest.requireWhole(checkpoints);
    }
    Files.delete(filler);
    Model.save(model(2, 60), file);
    new Trainer(network).epochs(2).checkpoint(checkpoints).resume(true).fit(rows());
    return refused;
  }

  private static Dataset rows() {
    return Dataset.ofTargets(new float[32 * 8], 8, new float[32 * 4], 4);
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
