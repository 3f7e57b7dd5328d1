package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.metrics.Figure;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer.ParameterGroup;
import io.lanewise.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final int STEPS = 5 * 4;

  @TempDir private Path folder;

  /** Everything that has state: statistics, masks, moments, early stopping, an order. */
  private static Network network() {
    return Network.builder(2)
        .dense(8)
        .batchNorm()
        .activation(Activation.TANH)
        .dropout(0.2f)
        .dense(3, Activation.SOFTMAX)
        .seed(1)
        .build();
  }

  private Trainer trainer(Network network) {
    Split split = Clouds.rows(60).split(0.3, 1);
    return new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .optimizer(new Adam(0.01))
        .batchSize(6)
        .accumulate(2)
        .shards(2)
        .epochs(5)
        .seed(9)
        .validation(split.validation())
        .earlyStopping(new EarlyStopping(Figure.VALIDATION_LOSS, 3, 0.5, true));
  }

  private static Dataset data() {
    return Clouds.rows(60).split(0.3, 1).training();
  }

  private static Training.Listener stopAt(long step) {
    return new Training.Listener() {
      @Override
      public void onBatch(Training training) {
        if (training.step() == step) {
          training.stop();
        }
      }
    };
  }

  private static void assertSame(History expected, History actual) {
    assertEquals(expected.bestEpoch(), actual.bestEpoch());
    assertEquals(expected.epochs().size(), actual.epochs().size());
    for (int i = 0; i < expected.epochs().size(); i++) {
      for (Figure figure : Figure.values()) {
        if (figure == Figure.ROWS_PER_SECOND) {
          continue;
        }
        assertEquals(
            expected.epochs().get(i).figure(figure),
            actual.epochs().get(i).figure(figure),
            figure.toString());
      }
    }
  }

  @Test
  void aTrainingThatIsStoppedAtAnyStepAndResumedEndsWithTheSameBits() {
    Network whole = network();
    History expected = trainer(whole).fit(data());
    for (int stop = 0; stop < STEPS; stop++) {
      Path here = folder.resolve("stop" + stop);
      trainer(network()).checkpoint(here, 3).listener(stopAt(stop)).fit(data());
      Network resumed = network();
      History history = trainer(resumed).checkpoint(here, 3).resume(true).fit(data());
      assertArrayEquals(whole.parameters(), resumed.parameters(), "stopped at " + stop);
      assertArrayEquals(whole.state(), resumed.state(), "stopped at " + stop);
      assertSame(expected, history);
    }
  }

  /** As after a crash: from a checkpoint that is not the last thing that happened. */
  @Test
  void anyCheckpointLeadsToTheSameEnd() throws IOException {
    Network whole = network();
    History expected = trainer(whole).checkpoint(folder, 1).keepCheckpoints(100).fit(data());
    List<Path> files = files();
    assertEquals(STEPS, files.size());
    for (int i = files.size() - 1; i > 0; i--) {
      Files.delete(files.get(i));
      Network resumed = network();
      Path copy = Files.createDirectory(folder.resolve("copy" + i));
      Path newest = files.get(i - 1);
      Files.copy(newest, copy.resolve(newest.getFileName()));
      History history = trainer(resumed).checkpoint(copy).resume(true).fit(data());
      assertArrayEquals(whole.parameters(), resumed.parameters(), newest.toString());
      assertArrayEquals(whole.state(), resumed.state(), newest.toString());
      assertSame(expected, history);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
    }
  }

  @Test
  void aFinishedTrainingIsAtItsEndAtOnceAndMayHaveMoreEpochs() {
    Network finished = network();
    trainer(finished).checkpoint(folder).fit(data());
    Network again = network();
    trainer(again)
        .checkpoint(folder)
        .resume(true)
        .listener(
            new Training.Listener() {
              @Override
              public void onBatch(Training training) {
                throw new AssertionError("a step");
              }
            })
        .fit(data());
    assertArrayEquals(finished.parameters(), again.parameters());
    Network longer = network();
    trainer(longer).epochs(7).fit(data());
    Network further = network();
    trainer(further).epochs(7).checkpoint(folder).resume(true).fit(data());
    assertArrayEquals(longer.parameters(), further.parameters());
  }

  @Test
  void fewerEpochsThanItHasBegunAreRefused() throws IOException {
    Network some = network();
    trainer(some)
        .checkpoint(folder, 3)
        .listener(
            new Training.Listener() {
              @Override
              public void onBatch(Training training) {
                if (training.epoch() == 3) {
                  training.stop();
                }
              }
            })
        .fit(data());
    Network fresh = network();
    Trainer fewer = trainer(fresh).epochs(2).checkpoint(folder).resume(true);
    String message =
        assertThrows(IllegalStateException.class, () -> fewer.fit(data())).getMessage();
    assertEquals("epochs: " + files().getLast() + " is of epoch 3, wanted only 2", message);
  }

  @Test
  void theLastFewAreKept() throws IOException {
    trainer(network()).checkpoint(folder, 3).keepCheckpoints(2).fit(data());
    assertEquals(
        List.of("step-000000000018.safetensors", "step-000000000020.safetensors"),
        files().stream().map(file -> file.getFileName().toString()).toList());
  }

  @Test
  void aDamagedOneIsPassedOver() throws IOException {
    Network whole = network();
    trainer(whole).checkpoint(folder, 1).keepCheckpoints(4).fit(data());
    List<Path> files = files();
    byte[] bytes = Files.readAllBytes(files.get(3));
    // One bit of the parameters; half of the file; no file of ours.
    bytes[bytes.length - 9] ^= 4;
    Files.write(files.get(3), bytes);
    assertThrows(ModelFormatException.class, () -> Checkpoints.read(files.get(3)));
    byte[] half = Files.readAllBytes(files.get(2));
    Files.write(files.get(2), java.util.Arrays.copyOf(half, half.length / 2));
    Files.writeString(files.get(1), "not a checkpoint");
    Network resumed = network();
    trainer(resumed).checkpoint(folder, 1).keepCheckpoints(4).resume(true).fit(data());
    assertArrayEquals(whole.parameters(), resumed.parameters());
    for (Path file : files()) {
      Checkpoints.read(file);
    }
  }

  @Test
  void everyDamagedByteIsFound() throws IOException {
    trainer(network()).checkpoint(folder).epochs(1).fit(data());
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    Path damaged = folder.resolve("damaged");
    for (int i = 0; i < bytes.length; i += 7) {
      byte[] copy = bytes.clone();
      copy[i] ^= 1;
      Files.write(damaged, copy);
      assertThrows(ModelFormatException.class, () -> Checkpoints.read(damaged), "byte " + i);
    }
  }

  @Test
  void anotherTrainingIsRefusedByName() {
    trainer(network()).checkpoint(folder).epochs(1).fit(data());
    refused(t -> t.batchSize(7), "batch size is 6, here it is 7");
    refused(t -> t.optimizer(new Adam(0.02)), "optimizer is adam", "0.02");
    refused(t -> t.optimizer(new Sgd(0.01)), "optimizer is adam", "here it is sgd");
    refused(t -> t.accumulate(1), "accumulation is 2, here it is 1");
    refused(t -> t.shards(1), "shards is 2");
    refused(t -> t.seed(8), "seed is 9, here it is 8");
    refused(t -> t.shuffle(false), "shuffle is true");
    refused(t -> t.dropLast(true), "drop last is false");
    refused(t -> t.validation(Clouds.rows(5)), "validation data is 18 rows");
    refused(t -> t.earlyStopping(new EarlyStopping(3)), "early stopping is");
    var e =
        assertThrows(
            IllegalStateException.class,
            () -> trainer(network()).checkpoint(folder).resume(true).fit(Clouds.rows(42)));
    assertTrue(e.getMessage().contains("its data is 42 rows, 2 to 3, CRC32C"), e.getMessage());
    Network other = Network.builder(2).dense(3, Activation.SOFTMAX).build();
    e =
        assertThrows(
            IllegalStateException.class,
            () -> trainer(other).checkpoint(folder).resume(true).fit(data()));
    assertTrue(e.getMessage().contains("here it is 2 3:softmax"), e.getMessage());
  }

  /** As many groups, which do something else, or to other tensors. */
  @Test
  void otherParameterGroupsAreRefused() {
    grouped(trainer(network()), ParameterGroup.noDecay()).checkpoint(folder).epochs(1).fit(data());
    ParameterGroup first = ParameterGroup.of(tensor -> tensor.layer() == 0);
    refused(
        t -> grouped(t, ParameterGroup.noDecay().rateFactor(0.5)),
        "grouping of parameters is rate factor 1.0, weight decay 0.0, l1 0.0: 0.bias ",
        "here it is rate factor 0.5, weight decay 0.0, l1 0.0: 0.bias ");
    refused(t -> grouped(t, ParameterGroup.noDecay().weightDecay(0.1)), "weight decay 0.1");
    refused(t -> grouped(t, ParameterGroup.noDecay().l1(0.1)), "l1 0.1");
    refused(t -> grouped(t, first.weightDecay(0).l1(0)), "here it is", ": 0.weight 0.bias");
    refused(t -> grouped(t), "here it is none");
    grouped(trainer(network()), ParameterGroup.noDecay())
        .checkpoint(folder)
        .resume(true)
        .fit(data());
  }

  private static Trainer grouped(Trainer trainer, ParameterGroup... groups) {
    return trainer.optimizer(new Adam(0.01).weightDecay(0.01).groups(groups));
  }

  private void refused(UnaryOperator<Trainer> change, String... parts) {
    Trainer trainer = change.apply(trainer(network())).checkpoint(folder).resume(true);
    var e = assertThrows(IllegalStateException.class, () -> trainer.fit(data()));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  @Test
  void oneTrainingAtATimeHasAFolder() {
    Trainer second = trainer(network()).checkpoint(folder).resume(true);
    Training.Listener both =
        new Training.Listener() {
          @Override
          public void onEpoch(Training training, History.Epoch epoch) {
            var e = assertThrows(IllegalStateException.class, () -> second.fit(data()));
            assertTrue(e.getMessage().contains("is in use by another training"), e.getMessage());
          }
        };
    trainer(network()).checkpoint(folder).epochs(1).listener(both).fit(data());
    second.fit(data());
  }

  @Test
  void aFolderIsBegunEmptyAndLeftoversOfACrashAreRemoved() throws IOException {
    Files.writeString(folder.resolve(".step-000000000003.safetensors.1-2.tmp"), "half");
    Trainer trainer = trainer(network()).checkpoint(folder).epochs(1);
    trainer.fit(data());
    assertEquals(1, files().size());
    var e = assertThrows(IllegalStateException.class, () -> trainer.fit(data()));
    assertTrue(e.getMessage().contains("is not empty, it has step-"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> trainer.checkpoint(folder, 0));
    assertThrows(IllegalArgumentException.class, () -> trainer.keepCheckpoints(0));
  }
}
