package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.dataset.Streamed;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Threads;
import io.lanewise.math.RandomStream;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopTest {
  private static Trainer trainer(Network network) {
    return new Trainer(network).kernels(ScalarKernels.INSTANCE);
  }

  /** Writes down each call, and stops at one. */
  private static final class Calls implements Training.Listener {
    private final List<String> calls = new ArrayList<>();
    private final String stopAt;

    Calls(String stopAt) {
      this.stopAt = stopAt;
    }

    private void add(Training training, String call) {
      calls.add(call);
      if (call.equals(stopAt)) {
        training.stop();
      }
    }

    @Override
    public void onBegin(Training training) {
      add(training, "begin " + training.rows() + " x " + training.epochs());
    }

    @Override
    public void onBatch(Training training) {
      add(training, training.epoch() + ":" + training.rowsDone() + ":" + training.step());
    }

    @Override
    public void onEpoch(Training training, History.Epoch epoch) {
      add(training, "epoch " + epoch.epoch());
    }

    @Override
    public void onEnd(Training training, History history) {
      add(training, "end " + history.epochs().size());
    }
  }

  private static List<String> calls(Trainer trainer, String stopAt) {
    Calls calls = new Calls(stopAt);
    trainer.batchSize(4).epochs(2).listener(calls).fit(Clouds.rows(10));
    return calls.calls;
  }

  @Test
  void theLastBatchIsSmallerOrDropped() {
    assertEquals(
        List.of(
            "begin 10 x 2",
            "1:4:1",
            "1:8:2",
            "1:10:3",
            "epoch 1",
            "2:4:4",
            "2:8:5",
            "2:10:6",
            "epoch 2",
            "end 2"),
        calls(trainer(Clouds.network()), ""));
    assertEquals(
        List.of("begin 8 x 2", "1:4:1", "1:8:2", "epoch 1", "2:4:3", "2:8:4", "epoch 2", "end 2"),
        calls(trainer(Clouds.network()).dropLast(true), ""));
    assertEquals(
        List.of(
            "begin 10 x 2", "1:8:1", "1:10:2", "epoch 1", "2:8:3", "2:10:4", "epoch 2", "end 2"),
        calls(trainer(Clouds.network()).accumulate(2), ""));
    Trainer tooFew = trainer(Clouds.network()).dropLast(true).batchSize(11);
    var e = assertThrows(IllegalArgumentException.class, () -> tooFew.fit(Clouds.rows(10)));
    assertEquals(
        "data has 10 rows, wanted at least 11: a batch that is not full is dropped",
        e.getMessage());
  }

  @Test
  void aListenerStopsItAnywhere() {
    assertEquals(
        List.of("begin 10 x 2", "end 0"), calls(trainer(Clouds.network()), "begin 10 x 2"));
    assertEquals(
        List.of("begin 10 x 2", "1:4:1", "end 0"), calls(trainer(Clouds.network()), "1:4:1"));
    assertEquals(
        List.of("begin 10 x 2", "1:4:1", "1:8:2", "1:10:3", "epoch 1", "end 1"),
        calls(trainer(Clouds.network()), "epoch 1"));
  }

  @Test
  void aStreamWithoutShuffleGivesTheBitsOfTheDataset() {
    Dataset data = Clouds.rows(50);
    Network inMemory = Clouds.network();
    Network streamed = Clouds.network();
    trainer(inMemory).shuffle(false).epochs(2).batchSize(8).fit(data);
    trainer(streamed).shuffle(false).epochs(2).batchSize(8).fit(new Streamed(data));
    assertArrayEquals(inMemory.parameters(), streamed.parameters());
    Trainer split = trainer(streamed).validationSplit(0.5);
    assertThrows(IllegalArgumentException.class, () -> split.fit(new Streamed(data)));
  }

  @Test
  void theSplitIsHeldBackAndEvaluated() {
    Dataset data = Clouds.rows(60);
    Network network = Clouds.network();
    History history = trainer(network).validationSplit(0.25).seed(3).epochs(2).fit(data);
    Split split = data.split(0.25, 3);
    Evaluation metrics = Evaluation.of(network, split.validation(), ScalarKernels.INSTANCE);
    assertEquals(metrics.accuracy(), history.last().validationAccuracy());
    Network again = Clouds.network();
    trainer(again).validation(split.validation()).seed(3).epochs(2).fit(split.training());
    assertArrayEquals(again.parameters(), network.parameters());
  }

  /** Layers that are large enough to be handed to threads. */
  @Test
  void threadsDoNotChangeTheBits() {
    float[] alone = trained(1);
    for (int threads : new int[] {2, 3, 4, 7, 8}) {
      assertArrayEquals(alone, trained(threads), threads + " threads");
    }
  }

  private static float[] trained(int count) {
    RandomStream random = new RandomStream(4, RandomStream.Purpose.DATA);
    float[] x = new float[100 * 64];
    int[] labels = new int[100];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
      labels[i / 64] = random.nextInt(10);
    }
    Network network =
        Network.builder(64)
            .dense(96, Activation.GELU)
            .dense(10, Activation.SOFTMAX)
            .seed(1)
            .build();
    try (Threads threads = new Threads(count)) {
      new Trainer(network)
          .kernels(threads.kernels(ScalarKernels.INSTANCE))
          .batchSize(40)
          .accumulate(2)
          .shards(2)
          .epochs(2)
          .fit(Dataset.ofLabels(x, 64, labels, 10));
    }
    return network.parameters();
  }
}
