package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.math.RandomStream;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.Network;
import io.lanewise.optim.AdamW;
import io.lanewise.optim.ReduceOnPlateau;
import io.lanewise.optim.Schedule;
import io.lanewise.optim.Sgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** N workers have the bits of one process with as many shards, whatever a training does. */
class ExchangeTest {
  @TempDir private Path folder;

  /** A training, made anew for each worker. */
  enum Kind {
    PLAIN,
    /** The last batch has fewer rows than there are shards. */
    EMPTY_SHARDS,
    ACCUMULATED,
    DROPOUT,
    BATCH_NORM,
    BATCH_NORM_ACCUMULATED,
    WEIGHTS,
    IGNORED,
    SUM,
    CLIPPED_SCHEDULED,
    EARLY_STOPPING,
    PLATEAU,
    SCALED_TARGETS,
    NO_SHUFFLE_DROP_LAST,
    RECOVERY;

    Network network() {
      return switch (this) {
        case DROPOUT -> Architecture.parse("2 8:tanh dropout:0.4 3:softmax").seed(1).build();
        case BATCH_NORM, BATCH_NORM_ACCUMULATED ->
            Architecture.parse("2 8 batchnorm relu dropout:0.2 8 batchnorm tanh 3:softmax")
                .seed(1)
                .build();
        case WEIGHTS ->
            Network.builder(2)
                .dense(8, Activation.TANH)
                .dense(3, Activation.SOFTMAX)
                .lossOptions(Loss.Options.DEFAULT.classWeights(0.3f, 1, 2.7f).labelSmoothing(0.1f))
                .reduction(Reduction.WEIGHTED_MEAN)
                .seed(1)
                .build();
        case SUM ->
            Network.builder(2)
                .dense(8, Activation.TANH)
                .dense(3, Activation.SOFTMAX)
                .reduction(Reduction.SUM)
                .seed(1)
                .build();
        case SCALED_TARGETS ->
            Network.builder(2)
                .dense(8, Activation.TANH)
                .dense(2, Activation.IDENTITY)
                .loss(Loss.MEAN_SQUARED_ERROR)
                .seed(1)
                .build();
        default -> Clouds.network();
      };
    }

    Dataset data() {
      Dataset rows = Clouds.rows(this == EMPTY_SHARDS ? 63 : 104);
      RandomStream random = new RandomStream(3, RandomStream.Purpose.DATA);
      float[] some = new float[rows.rows() * 2];
      for (int i = 0; i < some.length; i++) {
        some[i] = random.nextInt(1000) * 0.001f;
      }
      return switch (this) {
        case WEIGHTS -> rows.withWeights(java.util.Arrays.copyOf(some, rows.rows()));
        case SCALED_TARGETS -> Dataset.ofTargets(rows.features(), 2, some, 2);
        case IGNORED -> {
          int[] labels = rows.labels().clone();
          for (int i = 0; i < labels.length; i += 3) {
            labels[i] = Loss.Options.IGNORED_INDEX;
          }
          yield Dataset.ofLabels(rows.features(), 2, labels, 3);
        }
        default -> rows;
      };
    }

    Trainer trainer(Network network, int shards) {
      Trainer trainer =
          new Trainer(network)
              .kernels(ScalarKernels.INSTANCE)
              .shards(shards)
              .batchSize(26)
              .epochs(4)
              .seed(5);
      return switch (this) {
        case EMPTY_SHARDS -> trainer.batchSize(15);
        case ACCUMULATED -> trainer.batchSize(13).accumulate(3);
        case BATCH_NORM_ACCUMULATED -> trainer.accumulate(3);
        case CLIPPED_SCHEDULED ->
            trainer
                .optimizer(new AdamW(1e-2).weightDecay(0.1).clipNorm(0.1).clipValue(0.05))
                .schedule(Schedule.cosine(Schedule.Clock.STEPS, 10, 0));
        case EARLY_STOPPING ->
            trainer
                .epochs(40)
                .optimizer(new Sgd(1.5))
                .validationSplit(0.2)
                .metrics(Metric.F1_MACRO)
                .earlyStopping(new EarlyStopping(Figure.VALIDATION_ACCURACY, 2, 0, true));
        case PLATEAU ->
            trainer.epochs(12).schedule(new ReduceOnPlateau(0.5, 0).absoluteThreshold(0.1));
        case SCALED_TARGETS -> trainer.targetScaling(Scaling.STANDARD.fitTargets(data()));
        case NO_SHUFFLE_DROP_LAST -> trainer.shuffle(false).dropLast(true).batchSize(30);
        case RECOVERY -> trainer.optimizer(new Sgd(3e38)).recover(1e-30, 2);
        default -> trainer;
      };
    }
  }

  private record Result(Network network, History history) {
    /** All figures but the speed. */
    String figures() {
      StringBuilder text = new StringBuilder(history.stopReason() + history.bestEpoch());
      for (History.Epoch epoch : history.epochs()) {
        for (Figure figure : history.figures()) {
          if (figure != Figure.ROWS_PER_SECOND) {
            text.append(' ').append(epoch.figure(figure));
          }
        }
      }
      return text.toString();
    }
  }

  private static Result alone(Kind kind, int shards) {
    Network network = kind.network();
    return new Result(network, kind.trainer(network, shards).fit(kind.data()));
  }

  /** What a kind is for does happen. */
  @Test
  void theKindsDoWhatTheySay() {
    Result stopped = alone(Kind.EARLY_STOPPING, 4);
    assertTrue(stopped.history.stopReason().contains("no better"), stopped.history.stopReason());
    assertTrue(stopped.history.bestEpoch() > 0);
    Result recovered = alone(Kind.RECOVERY, 4);
    double rate = recovered.history.last().learningRate();
    assertTrue(rate < 3e38, "rate " + rate);
    assertTrue(alone(Kind.PLATEAU, 4).history.last().learningRate() < 1e-3);
  }

  private static void requireSame(Result expected, Future<Result> got, String what)
      throws Exception {
    Result result = got.get();
    assertArrayEquals(expected.network.parameters(), result.network.parameters(), what);
    assertArrayEquals(expected.network.state(), result.network.state(), what);
    assertEquals(expected.figures(), result.figures(), what);
  }

  @ParameterizedTest
  @EnumSource
  void anyNumberOfWorkersHasTheBitsOfOneProcess(Kind kind) throws Exception {
    for (int shards : new int[] {4, 12}) {
      Result expected = alone(kind, shards);
      for (int workers = 1; workers <= 4; workers++) {
        List<Future<Result>> results =
            ThreadExchange.run(
                workers,
                exchange -> {
                  Network network = kind.network();
                  Trainer trainer = kind.trainer(network, shards).exchange(exchange);
                  return new Result(network, trainer.fit(kind.data()));
                });
        for (Future<Result> result : results) {
          requireSame(expected, result, kind + ", " + workers + " workers, " + shards + " shards");
        }
      }
    }
  }

  /** Worker 0 alone has the folder; the others get from it what they go on from. */
  @Test
  void aStoppedTrainingGoesOnFromTheCheckpointOfWorker0() throws Exception {
    Kind kind = Kind.BATCH_NORM;
    Result expected = alone(kind, 4);
    Path checkpoints = folder.resolve("checkpoints");
    for (int round = 0; round < 2; round++) {
      boolean stops = round == 0;
      List<Future<Result>> results =
          ThreadExchange.run(
              3,
              exchange -> {
                Network network = kind.network();
                Trainer trainer = kind.trainer(network, 4).exchange(exchange).resume(!stops);
                if (exchange.rank() == 0) {
                  trainer.checkpoint(checkpoints, 2);
                } else {
                  trainer.checkpoint(folder.resolve("of " + exchange.rank()));
                }
                if (stops && exchange.rank() == 1) {
                  trainer.listener(
                      new Training.Listener() {
                        @Override
                        public void onBatch(Training training) {
                          if (training.step() == 6) {
                            training.stop();
                          }
                        }
                      });
                }
                return new Result(network, trainer.fit(kind.data()));
              });
      List<String> reasons = new ArrayList<>();
      for (Future<Result> result : results) {
        reasons.add(result.get().history.stopReason());
        if (!stops) {
          requireSame(expected, result, "resumed");
        }
      }
      String other = "another worker was told to stop";
      assertEquals(
          stops
              ? List.of(other, "it was told to stop", other)
              : List.of("all epochs are done", "all epochs are done", "all epochs are done"),
          reasons);
    }
    try (Stream<Path> folders = Files.list(folder)) {
      assertEquals(List.of(checkpoints), folders.toList());
    }
  }

  /** Of a multiple of the shards; the last batch may have fewer rows than there are shards. */
  private static Trainer ofOwnRows(Kind kind, Network network) {
    Trainer trainer = kind.trainer(network, 4).shardRows(true);
    return switch (kind) {
      case EMPTY_SHARDS, ACCUMULATED -> trainer.batchSize(12);
      default -> trainer.batchSize(24);
    };
  }

  /** A stream of a kind's rows, which notes those that were read since the training began. */
  private static final class Noted implements RowSource, Training.Listener {
    private final Dataset rows;
    private final BitSet read = new BitSet();

    Noted(Dataset rows) {
      this.rows = rows;
    }

    @Override
    public void onBegin(Training training) {
      read.clear();
    }

    @Override
    public long rowCount() {
      return rows.rowCount();
    }

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
      return rows.hasLabels();
    }

    @Override
    public boolean hasWeights() {
      return rows.hasWeights();
    }

    @Override
    public Reader open(long row) {
      Reader reader = rows.open(row);
      return new Reader() {
        private long next = row;

        @Override
        public int read(Rows into, int at, int max) throws IOException {
          int count = reader.read(into, at, max);
          read.set((int) next, (int) next + count);
          next += count;
          return count;
        }

        @Override
        public void close() throws IOException {
          reader.close();
        }
      };
    }
  }

  /** In memory as from a stream, which have orders of their own. */
  @ParameterizedTest
  @EnumSource
  void soItIsWhereEachShardHasRowsOfItsOwn(Kind kind) throws Exception {
    for (boolean inMemory : new boolean[] {true, false}) {
      if (!inMemory && kind == Kind.EARLY_STOPPING) {
        continue; // It holds rows back.
      }
      Network alone = kind.network();
      RowSource all = inMemory ? kind.data() : new Noted(kind.data());
      Result expected = new Result(alone, ofOwnRows(kind, alone).fit(all));
      assertFalse(Arrays.equals(alone(kind, 4).network.parameters(), alone.parameters()));
      for (int workers = 1; workers <= 4; workers++) {
        List<Future<Result>> results =
            ThreadExchange.run(
                workers,
                exchange -> {
                  Network network = kind.network();
                  Noted noted = new Noted(kind.data());
                  Trainer trainer = ofOwnRows(kind, network).exchange(exchange).listener(noted);
                  History history = trainer.fit(inMemory ? kind.data() : noted);
                  if (!inMemory && kind != Kind.RECOVERY) {
                    requireOwn(noted, exchange, kind == Kind.NO_SHUFFLE_DROP_LAST ? 2 : 0);
                  }
                  return new Result(network, history);
                });
        for (Future<Result> result : results) {
          requireSame(expected, result, kind + ", " + workers + " workers");
        }
      }
    }
  }

  /** All rows of its runs but those that are dropped of each, and none of others. */
  private static void requireOwn(Noted noted, Training.Exchange exchange, int dropped) {
    int rows = noted.rows.rows();
    int firstShard = UpdateGradient.firstRow(4, exchange.workers(), exchange.rank());
    int endShard = UpdateGradient.firstRow(4, exchange.workers(), exchange.rank() + 1);
    int first = UpdateGradient.firstRow(rows, 4, firstShard);
    int end = UpdateGradient.firstRow(rows, 4, endShard);
    assertEquals(first, noted.read.nextSetBit(0));
    assertTrue(noted.read.length() <= end, noted.read + " of " + first + ".." + end);
    assertEquals(end - first - dropped * (endShard - firstShard), noted.read.cardinality());
  }

  @Test
  void aStoppedTrainingOfOwnRowsGoesOnWithAnotherNumberOfWorkers() throws Exception {
    Kind kind = Kind.DROPOUT;
    Network alone = kind.network();
    Result expected = new Result(alone, ofOwnRows(kind, alone).fit(new Noted(kind.data())));
    Path checkpoints = folder.resolve("own");
    for (int workers : new int[] {3, 2}) {
      List<Future<Result>> results =
          ThreadExchange.run(
              workers,
              exchange -> {
                Network network = kind.network();
                Trainer trainer =
                    ofOwnRows(kind, network)
                        .exchange(exchange)
                        .checkpoint(checkpoints, 2)
                        .resume(workers == 2)
                        .listener(
                            new Training.Listener() {
                              @Override
                              public void onBatch(Training training) {
                                if (workers == 3 && training.step() == 7) {
                                  training.stop();
                                }
                              }
                            });
                return new Result(network, trainer.fit(new Noted(kind.data())));
              });
      for (Future<Result> result : results) {
        if (workers == 2) {
          requireSame(expected, result, "resumed");
        } else {
          assertTrue(result.get().history.stopReason().contains("told to stop"));
        }
      }
    }
    Trainer others = kind.trainer(kind.network(), 4).batchSize(24).checkpoint(checkpoints);
    String message =
        assertThrows(
                IllegalStateException.class, () -> others.resume(true).fit(new Noted(kind.data())))
            .getMessage();
    assertTrue(message.endsWith("its shuffle is true in each shard, here it is true"), message);
  }

  @Test
  void aBatchThatShardsOfOwnRowsCannotShareIsRefused() {
    Trainer trainer = Kind.PLAIN.trainer(Clouds.network(), 4).shardRows(true);
    String message =
        assertThrows(IllegalArgumentException.class, () -> trainer.fit(Clouds.rows(104)))
            .getMessage();
    assertEquals(
        "batchSize: 26, wanted a multiple of the 4 shards, as each has rows of its own", message);
    assertEquals(4, trainer.fit(Clouds.rows(26)).epochs().size());
    assertEquals(4, trainer.fit(Clouds.rows(3)).epochs().size());
  }

  private static List<String> failures(ThreadExchange.Work<Result> work) throws Exception {
    List<String> messages = new ArrayList<>();
    for (Future<Result> result : ThreadExchange.run(3, work)) {
      Throwable cause = assertThrows(ExecutionException.class, result::get).getCause();
      messages.add(cause.getMessage());
    }
    return messages;
  }

  @Test
  void anotherTrainingIsRefused() throws Exception {
    for (int kind = 0; kind < 3; kind++) {
      int what = kind;
      List<String> messages =
          failures(
              exchange -> {
                Network network = Clouds.network();
                Trainer trainer = Kind.PLAIN.trainer(network, 4).exchange(exchange);
                if (exchange.rank() == 1) {
                  switch (what) {
                    case 0 -> trainer.batchSize(20);
                    case 1 -> trainer.epochs(5);
                    default -> network.parameters()[3] = -network.parameters()[3];
                  }
                }
                return new Result(network, trainer.fit(Clouds.rows(104)));
              });
      assertEquals("rank 1 is of another training", messages.get(1));
      assertTrue(messages.get(2).contains(messages.get(1)), messages.get(2));
    }
  }

  @Test
  void weightsThatGoApartAreFound() throws Exception {
    List<String> messages =
        failures(
            exchange -> {
              Network network = Clouds.network();
              Trainer trainer = Kind.PLAIN.trainer(network, 4).exchange(exchange).epochs(30);
              trainer.listener(
                  new Training.Listener() {
                    @Override
                    public void onBatch(Training training) {
                      if (exchange.rank() == 1 && training.step() == 50) {
                        network.parameters()[0] = Math.nextUp(network.parameters()[0]);
                      }
                    }
                  });
              return new Result(network, trainer.fit(Clouds.rows(104)));
            });
    assertTrue(messages.get(1).contains("rank 1 is elsewhere, at step 51"), messages.get(1));
  }
}
