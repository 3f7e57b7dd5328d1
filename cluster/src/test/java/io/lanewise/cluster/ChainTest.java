package io.lanewise.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.metrics.Figure;
import io.lanewise.nn.Network;
import io.lanewise.train.EarlyStopping;
import io.lanewise.train.Training;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ChainTest {
  @TempDir private Path folder;

  private static String train(Chain chain, int shards) {
    Network network = Trainings.network();
    Trainings.trainer(network, shards).exchange(chain).fit(Trainings.rows());
    return Trainings.hash(network);
  }

  @Test
  void anyNumberOfWorkersHasTheHashOfOneProcess() throws Exception {
    for (int shards : new int[] {4, 12}) {
      String expected = Trainings.alone(shards);
      for (int workers = 1; workers <= 4; workers++) {
        for (Future<String> hash : Rings.run(workers, chain -> train(chain, shards))) {
          assertEquals(expected, hash.get(), workers + " workers, " + shards + " shards");
        }
      }
    }
  }

  @Test
  void soHaveWorkersThatReadTheRowsOfTheirShardsAlone() throws Exception {
    for (int shards : new int[] {4, 12}) {
      Network alone = Trainings.network();
      Trainings.trainer(alone, shards).shardRows(true).batchSize(24).fit(Trainings.rows());
      String expected = Trainings.hash(alone);
      for (int workers = 2; workers <= 4; workers++) {
        List<Future<String>> hashes =
            Rings.run(
                workers,
                chain -> {
                  Network network = Trainings.network();
                  Trainings.trainer(network, shards)
                      .shardRows(true)
                      .batchSize(24)
                      .exchange(chain)
                      .fit(Trainings.rows());
                  return Trainings.hash(network);
                });
        for (Future<String> hash : hashes) {
          assertEquals(expected, hash.get(), workers + " workers, " + shards + " shards");
        }
      }
    }
  }

  @Test
  void soHasOneThatWentOnFromTheCheckpointOfWorker0() throws Exception {
    String expected = Trainings.alone(4);
    for (boolean resumes : new boolean[] {false, true}) {
      List<Future<String>> hashes =
          Rings.run(
              2,
              chain -> {
                Network network = Trainings.network();
                Training.Listener stopper =
                    new Training.Listener() {
                      @Override
                      public void onBatch(Training training) {
                        if (!resumes && chain.rank() == 1 && training.step() == 2) {
                          training.stop();
                        }
                      }
                    };
                String reason =
                    Trainings.trainer(network, 4)
                        .exchange(chain)
                        .checkpoint(folder.resolve("of " + chain.rank()), 1)
                        .resume(resumes)
                        .listener(stopper)
                        .fit(Trainings.rows())
                        .stopReason();
                return resumes ? Trainings.hash(network) : reason;
              });
      for (Future<String> hash : hashes) {
        String got = hash.get();
        assertTrue(resumes ? got.equals(expected) : got.contains("told to stop"), got);
      }
    }
    assertTrue(!Files.exists(folder.resolve("of 1")));
  }

  /** Sums of more than the sockets hold: on one thread each they would all wait to write. */
  @Test
  void aSumThatIsLargerThanAllBuffersDoesNotGetStuck() throws Exception {
    int length = 20_000_000;
    List<Future<Float>> results =
        Rings.run(
            3,
            chain -> {
              Ones part = new Ones(chain.rank(), length);
              chain.sum(part, true, false);
              chain.sum(part, false, true);
              float[] values = part.values()[0];
              for (float value : values) {
                assertEquals(values[0], value);
              }
              return values[0];
            });
    for (Future<Float> result : results) {
      assertEquals(6f, result.get());
    }
  }

  /** Each worker adds 1. */
  private static final class Ones implements Training.Exchange.Part {
    private final float[][] values;
    private final double[] figures = new double[2];

    Ones(int rank, int length) {
      values = new float[][] {new float[length]};
    }

    @Override
    public long step() {
      return 1;
    }

    @Override
    public float[][] learned() {
      return new float[0][];
    }

    @Override
    public double[] figures() {
      return figures;
    }

    @Override
    public float[][] values() {
      return values;
    }

    @Override
    public void add() {
      figures[0]++;
    }

    @Override
    public void add(int array, int from, int to) {
      for (int i = from; i < to; i++) {
        values[array][i]++;
      }
    }
  }

  private static List<Chain.WorkerException> failures(int workers, Rings.Work<String> work)
      throws Exception {
    List<Chain.WorkerException> failures = new ArrayList<>();
    List<Future<String>> all =
        Rings.run(workers, b -> b.timeout(Duration.ofSeconds(3)).checkEvery(2), work);
    for (Future<String> one : all) {
      Throwable cause = assertThrows(ExecutionException.class, one::get).getCause();
      for (; !(cause instanceof Chain.WorkerException) && cause.getCause() != null; ) {
        cause = cause.getCause();
      }
      failures.add(cause instanceof Chain.WorkerException chain ? chain : null);
    }
    return failures;
  }

  private static Training.Listener inStep(long step, Runnable what) {
    return new Training.Listener() {
      @Override
      public void onBatch(Training training) {
        if (training.step() == step) {
          what.run();
        }
      }
    };
  }

  @Test
  void aWorkerThatFailsIsNamedByAll() throws Exception {
    List<Chain.WorkerException> failures =
        failures(
            4,
            chain -> {
              Training.Listener fails =
                  inStep(
                      3,
                      () -> {
                        throw new IllegalArgumentException("no more of it");
                      });
              Network network = Trainings.network();
              var trainer = Trainings.trainer(network, 4).exchange(chain);
              (chain.rank() == 1 ? trainer.listener(fails) : trainer).fit(Trainings.rows());
              return "";
            });
    for (int rank : new int[] {0, 2, 3}) {
      assertEquals("rank 1 failed in step 3: no more of it", failures.get(rank).getMessage());
      assertEquals(1, failures.get(rank).rank());
      assertEquals(3, failures.get(rank).step());
    }
  }

  @Test
  void parametersThatGoApartAreFound() throws Exception {
    List<Chain.WorkerException> failures =
        failures(
            3,
            chain -> {
              Network network = Trainings.network();
              Training.Listener changes =
                  inStep(1, () -> network.parameters()[7] = -network.parameters()[7]);
              var trainer = Trainings.trainer(network, 4).exchange(chain);
              (chain.rank() == 1 ? trainer.listener(changes) : trainer).fit(Trainings.rows());
              return "";
            });
    for (Chain.WorkerException failure : failures) {
      assertTrue(
          failure
              .getMessage()
              .startsWith("the parameters of rank 1 are not those of rank 0 in step 3: "),
          failure.getMessage());
      assertEquals(1, failure.rank());
    }
  }

  @Test
  void settingsThatDifferAreNamed() throws Exception {
    List<Future<String>> all =
        Rings.run(
            3,
            chain -> {
              Network network = Trainings.network();
              var trainer = Trainings.trainer(network, 4).exchange(chain);
              trainer.batchSize(chain.rank() == 1 ? 32 : 30).fit(Trainings.rows());
              return "";
            });
    String wanted =
        "rank 1 trains something else than rank 0: its batch size is 32, that of rank 0 is 30: give"
            + " all workers the same data and settings";
    for (Future<String> one : all) {
      Throwable cause = assertThrows(ExecutionException.class, one::get).getCause();
      assertTrue(cause.getMessage().endsWith(wanted), cause.getMessage());
    }
  }

  @Test
  void whatDoesNotGoWithSeveralWorkersIsRefused() throws Exception {
    List<Future<String>> all =
        Rings.run(
            2,
            chain -> {
              Network network = Trainings.network();
              var trainer = Trainings.trainer(network, chain.rank() + 1).exchange(chain);
              trainer.earlyStopping(new EarlyStopping(Figure.ROWS_PER_SECOND, 1, 0, false));
              trainer.fit(Trainings.rows());
              return "";
            });
    String few = assertThrows(ExecutionException.class, all.get(0)::get).getCause().getMessage();
    assertEquals(
        "shards: 1 for 2 workers, wanted at least one for each, and the same number at all", few);
    String figure = assertThrows(ExecutionException.class, all.get(1)::get).getCause().getMessage();
    assertEquals(
        "early stopping: rows_per_second is another figure at each worker: watch another one",
        figure);
  }

  /** One that computes for longer than the others wait is heard; one that hangs is not. */
  @Test
  void aSlowWorkerIsWaitedFor() throws Exception {
    String expected = Trainings.alone(4);
    List<Future<String>> all =
        Rings.run(
            3,
            builder -> builder.timeout(Duration.ofSeconds(2)),
            chain -> {
              Network network = Trainings.network();
              Training.Listener slow =
                  inStep(
                      2,
                      () -> {
                        try {
                          Thread.sleep(3_000);
                        } catch (InterruptedException e) {
                          throw new IllegalStateException(e);
                        }
                      });
              var trainer = Trainings.trainer(network, 4).exchange(chain);
              (chain.rank() == 1 ? trainer.listener(slow) : trainer).fit(Trainings.rows());
              return Trainings.hash(network);
            });
    for (Future<String> one : all) {
      assertEquals(expected, one.get());
    }
  }

  @Test
  void whoIsNotThereIsNamed() throws Exception {
    List<ServerSocket> sockets = Rings.sockets(2);
    sockets.get(1).close();
    Chain.Builder builder = Rings.builder(sockets, 0).timeout(Duration.ofMillis(300));
    String message = assertThrows(Chain.WorkerException.class, builder::open).getMessage();
    String wanted = "rank 0: rank 1 at localhost:" + sockets.get(1).getLocalPort();
    assertTrue(message.startsWith(wanted + " was not there within 0.3 s; the last"), message);
    assertTrue(sockets.get(0).isClosed());
  }

  @Test
  void anAddressInUseIsNamed() throws Exception {
    List<ServerSocket> sockets = Rings.sockets(2);
    Chain.Builder builder = Chain.builder(Rings.addresses(sockets), 1).secret(Rings.SECRET);
    String message = assertThrows(BindException.class, builder::open).getMessage();
    assertTrue(message.contains("where rank 1 is to listen: Address already in use"), message);
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void wrongUseIsRefused() throws IOException {
    List<InetSocketAddress> two = Chain.workers("localhost:7001, [::1]:7002");
    assertEquals("::1", two.get(1).getHostString());
    refused("rank must be in 0..1 for 2 workers, got 2", () -> Chain.builder(two, 2));
    refused(
        "workers: localhost:1 is there twice, wanted a port of its own for each",
        () -> Chain.builder(Chain.workers("localhost:1,localhost:1"), 0));
    refused(
        "secret has 3 bytes, wanted 16 at least", () -> Chain.builder(two, 0).secret(new byte[3]));
    for (String bad : new String[] {"a", "a:", ":1", "a:0", "a:70000", "a:1,", "::1:4", "[::1]"}) {
      assertThrows(IllegalArgumentException.class, () -> Chain.workers(bad), bad);
    }
    assertThrows(IllegalStateException.class, () -> Chain.builder(two, 0).open());
  }

  private static void refused(String message, org.junit.jupiter.api.function.Executable use) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, use).getMessage());
  }
}
