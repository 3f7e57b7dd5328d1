package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.metrics.Figure;
import io.lanewise.nn.Network;
import io.lanewise.optim.Adam;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.train.Training.NonFiniteException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a training ends before its last epoch, and what is left of it. */
class StopTest {
  @TempDir private Path folder;

  /** Does something after the first step of an epoch. */
  private static Training.Listener in(int epoch, java.util.function.Consumer<Training> act) {
    return new Training.Listener() {
      private boolean done;

      @Override
      public void onBatch(Training training) {
        if (training.epoch() == epoch && !done) {
          done = true;
          act.accept(training);
        }
      }
    };
  }

  private static Trainer trainer(Network network) {
    return new Trainer(network)
        .kernels(ScalarKernels.INSTANCE)
        .optimizer(new Adam(0.01))
        .batchSize(10)
        .epochs(8)
        .validation(Clouds.rows(12))
        .earlyStopping(new EarlyStopping(Figure.VALIDATION_LOSS, 0, 0, true));
  }

  private static void spoil(Training training) {
    training.network().parameters()[0] = Float.NaN;
  }

  @Test
  void aHistoryWithoutAWholeEpochHasNoLast() {
    History none = new History(List.of(), 0, "it was told to stop");
    String message = assertThrows(NoSuchElementException.class, none::last).getMessage();
    assertEquals("no epoch is whole: it was told to stop", message);
    assertEquals("0 epochs, it was told to stop", none.toString());
    assertEquals(List.of(), History.parse(none.toCsv()));
  }

  @Test
  void aNanRestoresTheBestWeightsAndKeepsTheHistory() {
    Network expected = Clouds.network();
    trainer(expected).epochs(4).fit(Clouds.rows(30));
    Network network = Clouds.network();
    List<History> ends = new ArrayList<>();
    Training.Listener end =
        new Training.Listener() {
          @Override
          public void onEnd(Training training, History history) {
            ends.add(history);
          }
        };
    Trainer trainer = trainer(network).listener(in(5, StopTest::spoil)).listener(end);
    NonFiniteException e =
        assertThrows(NonFiniteException.class, () -> trainer.fit(Clouds.rows(30)));
    assertEquals(5, e.epoch());
    assertEquals(4, e.history().epochs().size());
    assertEquals(4, e.history().bestEpoch());
    assertEquals(e.getMessage(), e.history().stopReason());
    assertEquals(List.of(e.history()), ends);
    assertArrayEquals(expected.parameters(), network.parameters());
  }

  @Test
  void theStateAndTheValidationAreHeldToBeFinite() {
    Network network =
        Network.builder(2)
            .dense(4)
            .batchNorm()
            .dense(3, io.lanewise.kernel.Activation.SOFTMAX)
            .seed(1)
            .build();
    Trainer spoiled =
        new Trainer(network)
            .kernels(ScalarKernels.INSTANCE)
            .listener(in(1, t -> t.network().state()[5] = Float.NaN));
    NonFiniteException e =
        assertThrows(NonFiniteException.class, () -> spoiled.fit(Clouds.rows(30)));
    assertEquals("NaN in 1.running_var of layer 1 (BatchNorm)", e.place());
    Dataset held = Dataset.ofLabels(new float[] {0, Float.NaN}, 2, new int[1], 3);
    Trainer trainer = trainer(Clouds.network()).validation(held);
    NonFiniteException v =
        assertThrows(NonFiniteException.class, () -> trainer.fit(Clouds.rows(30)));
    assertTrue(v.getMessage().startsWith("the validation loss is NaN in epoch 1"), v.getMessage());
    assertTrue(v.place().startsWith("NaN in the output of layer 0"), v.place());
  }

  @Test
  void itGoesOnFromTheLastGoodWeightsAtASmallerRate() {
    Network network = Clouds.network();
    List<NonFiniteException> told = new ArrayList<>();
    Training.Listener recovery =
        new Training.Listener() {
          @Override
          public void onRecovery(Training training, NonFiniteException e) {
            told.add(e);
          }
        };
    History history =
        trainer(network)
            .recover(0.5, 2)
            .listener(in(1, StopTest::spoil))
            .listener(in(5, StopTest::spoil))
            .listener(recovery)
            .fit(Clouds.rows(30));
    assertEquals(8, history.epochs().size());
    assertEquals(0.005, history.epochs().get(0).learningRate());
    assertEquals(0.0025, history.last().learningRate());
    assertEquals(2, told.size());
    Trainer once =
        trainer(Clouds.network())
            .recover(0.5, 1)
            .listener(in(2, StopTest::spoil))
            .listener(in(3, StopTest::spoil));
    assertThrows(NonFiniteException.class, () -> once.fit(Clouds.rows(30)));
  }

  @Test
  void aResumedTrainingKnowsHowOftenItWentBackAndAtWhichRate() {
    Network whole = Clouds.network();
    History straight =
        trainer(whole).recover(0.5, 1).listener(in(2, StopTest::spoil)).fit(Clouds.rows(30));
    assertEquals(0.005, straight.last().learningRate());
    Path run = folder.resolve("recovers");
    trainer(Clouds.network())
        .recover(0.5, 1)
        .checkpoint(run, 1)
        .listener(in(2, StopTest::spoil))
        .listener(in(4, Training::stop))
        .fit(Clouds.rows(30));
    Network resumed = Clouds.network();
    History rest =
        trainer(resumed).recover(0.5, 1).checkpoint(run, 1).resume(true).fit(Clouds.rows(30));
    assertArrayEquals(whole.parameters(), resumed.parameters());
    assertEquals(8, rest.epochs().size());
    for (int i = 0; i < 8; i++) {
      assertEquals(straight.epochs().get(i).loss(), rest.epochs().get(i).loss());
      assertEquals(straight.epochs().get(i).learningRate(), rest.epochs().get(i).learningRate());
    }
    // The one time is over, in the resumed one too.
    Path again = folder.resolve("again");
    trainer(Clouds.network())
        .recover(0.5, 1)
        .checkpoint(again, 1)
        .listener(in(2, StopTest::spoil))
        .listener(in(4, Training::stop))
        .fit(Clouds.rows(30));
    Trainer second =
        trainer(Clouds.network())
            .recover(0.5, 1)
            .checkpoint(again, 1)
            .resume(true)
            .listener(in(5, StopTest::spoil));
    NonFiniteException e =
        assertThrows(NonFiniteException.class, () -> second.fit(Clouds.rows(30)));
    assertEquals(5, e.epoch());
  }

  @Test
  void anInterruptIsAStopAndIsKept() throws Exception {
    for (boolean early : new boolean[] {true, false}) {
      Path here = folder.resolve("early" + early);
      Network whole = Clouds.network();
      trainer(whole).fit(Clouds.rows(30));
      if (early) {
        Thread.currentThread().interrupt();
      }
      History history =
          trainer(Clouds.network())
              .checkpoint(here, 1)
              .listener(in(3, t -> Thread.currentThread().interrupt()))
              .fit(Clouds.rows(30));
      assertTrue(Thread.interrupted(), "the status is set");
      assertEquals("the thread was interrupted", history.stopReason());
      assertEquals(early ? 0 : 2, history.epochs().size());
      Network resumed = Clouds.network();
      trainer(resumed).checkpoint(here, 1).resume(true).fit(Clouds.rows(30));
      assertArrayEquals(whole.parameters(), resumed.parameters());
    }
  }

  @Test
  void anInterruptWhileRowsAreReadIsOneToo() {
    Dataset rows = Clouds.rows(30);
    RowSource source = new InterruptedSource(rows);
    History history = trainer(Clouds.network()).shuffle(false).validation(rows).fit(source);
    assertTrue(Thread.interrupted());
    assertEquals("the thread was interrupted", history.stopReason());
  }

  /** Its file is closed by an interrupt while the second batch is read. */
  private record InterruptedSource(Dataset rows) implements RowSource {
    @Override
    public int nIn() {
      return rows.nIn();
    }

    @Override
    public int nOut() {
      return rows.nOut();
    }

    @Override
    public boolean hasLabels() {
      return true;
    }

    @Override
    public boolean hasWeights() {
      return false;
    }

    @Override
    public long rowCount() {
      return rows.rowCount();
    }

    @Override
    public Reader open(long position) throws java.io.IOException {
      Reader reader = rows.open(position);
      return new Reader() {
        private int calls;

        @Override
        public int read(Rows into, int at, int max) throws java.io.IOException {
          if (calls++ == 1) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
          }
          return reader.read(into, at, max);
        }

        @Override
        public void close() {}
      };
    }
  }

  @Test
  void anyThreadMayStopIt() throws Exception {
    History history =
        trainer(Clouds.network())
            .listener(
                in(
                    3,
                    training -> {
                      Thread other = new Thread(training::stop);
                      other.start();
                      try {
                        other.join();
                      } catch (InterruptedException e) {
                        throw new AssertionError(e);
                      }
                    }))
            .fit(Clouds.rows(30));
    assertEquals("it was told to stop", history.stopReason());
    assertEquals(2, history.epochs().size());
    assertEquals(2, history.bestEpoch());
  }

  @Test
  void resumeSeesAnotherPlateauAndRefusesAScheduleWithoutValues() {
    Path here = folder.resolve("plateau");
    trainer(Clouds.network())
        .schedule(new ReduceOnPlateau(0.5, 1).restoreBest(true))
        .checkpoint(here)
        .fit(Clouds.rows(30));
    List<ReduceOnPlateau> others =
        List.of(
            new ReduceOnPlateau(0.5, 1),
            new ReduceOnPlateau(0.5, 1).restoreBest(true).threshold(0.1),
            new ReduceOnPlateau(0.5, 1).restoreBest(true).absoluteThreshold(1e-4),
            new ReduceOnPlateau(0.5, 1).restoreBest(true).cooldown(1),
            new ReduceOnPlateau(0.5, 1).restoreBest(true).minimum(1e-5),
            new ReduceOnPlateau(0.5, 1).restoreBest(true).monitor(Figure.VALIDATION_ACCURACY));
    for (ReduceOnPlateau other : others) {
      Trainer trainer = trainer(Clouds.network()).schedule(other).checkpoint(here).resume(true);
      assertThrows(IllegalStateException.class, () -> trainer.fit(Clouds.rows(30)));
    }
    Trainer lambda =
        trainer(Clouds.network())
            .schedule((base, step, epoch) -> base)
            .checkpoint(folder.resolve("lambda"));
    String message =
        assertThrows(IllegalArgumentException.class, () -> lambda.fit(Clouds.rows(30)))
            .getMessage();
    assertTrue(message.contains("override toString()"), message);
  }

  @Test
  void anAccuracyIsAShareOfWhatCounts() {
    Dataset rows = Clouds.rows(30);
    float[] weights = new float[30];
    int[] labels = rows.labels().clone();
    for (int i = 0; i < 30; i++) {
      weights[i] = labels[i] == 0 ? 3 : 0.5f;
    }
    Network network =
        Network.builder(2).dense(3, io.lanewise.kernel.Activation.SOFTMAX).zeros().build();
    Dataset weighted = rows.withWeights(weights);
    History history =
        new Trainer(network).kernels(ScalarKernels.INSTANCE).batchSize(30).epochs(1).fit(weighted);
    // All zeros speak for class 0: 10 rows of weight 3, against 20 of 0.5.
    assertEquals(0.75, history.last().accuracy());
  }

  @Test
  void anUpdateOfTooManyRowsIsRefused() {
    RowSource many =
        new RowSource() {
          @Override
          public int nIn() {
            return 2;
          }

          @Override
          public int nOut() {
            return 3;
          }

          @Override
          public boolean hasLabels() {
            return true;
          }

          @Override
          public boolean hasWeights() {
            return false;
          }

          @Override
          public long rowCount() {
            return 1L << 33;
          }

          @Override
          public Reader open(long position) {
            throw new AssertionError("opened");
          }
        };
    Trainer trainer = new Trainer(Clouds.network()).batchSize(1 << 16).accumulate(1 << 16);
    String message =
        assertThrows(IllegalArgumentException.class, () -> trainer.fit(many)).getMessage();
    assertTrue(message.startsWith("accumulate: 65536 batches of 65536"), message);
    assertFalse(message.contains("-"), message);
    assertNotNull(trainer.toString());
  }
}
