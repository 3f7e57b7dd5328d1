package io.lanewise.cluster;

import io.lanewise.nn.Network;
import io.lanewise.train.Training;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process of its own: prints the hash of each training that it takes part in. */
public final class Worker {
  private Worker() {}

  /**
   * Trains with 1 to so many workers and with 4 and 12 shards; or once, slowly, with checkpoints.
   *
   * @param args the rank, the list of workers, and "all"; or "slow" and the folder of checkpoints
   */
  public static void main(String[] args) throws Exception {
    int rank = Integer.parseInt(args[0]);
    List<InetSocketAddress> all = Chain.workers(args[1]);
    if (args[2].equals("slow")) {
      slow(rank, all, Path.of(args[3]));
      return;
    }
    for (int workers = 1; workers <= all.size(); workers++) {
      for (int shards : new int[] {4, 12}) {
        if (rank < workers) {
          try (Chain chain = open(all.subList(0, workers), rank, 60)) {
            Network network = Trainings.network();
            Trainings.trainer(network, shards).exchange(chain).fit(Trainings.rows());
            System.out.println(workers + " " + shards + " " + Trainings.hash(network));
          }
        }
      }
    }
  }

  private static Chain open(List<InetSocketAddress> workers, int rank, int seconds)
      throws Exception {
    return Chain.builder(workers, rank)
        .secret(Rings.SECRET)
        .timeout(Duration.ofSeconds(seconds))
        .open();
  }

  /** Says each step, so that somebody can end it in the middle. */
  private static void slow(int rank, List<InetSocketAddress> workers, Path folder)
      throws Exception {
    Training.Listener slow =
        new Training.Listener() {
          @Override
          public void onBatch(Training training) {
            System.out.println("step " + training.step());
            try {
              Thread.sleep(20);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (Chain chain = open(workers, rank, 5)) {
      Network network = Trainings.network();
      Trainings.trainer(network, 4)
          .epochs(8)
          .exchange(chain)
          .checkpoint(folder, 1)
          .resume(true)
          .listener(slow)
          .fit(Trainings.rows());
      System.out.println("hash " + Trainings.hash(network));
    } catch (Exception e) {
      System.out.println("failed " + e.getMessage());
      System.exit(1);
    }
  }
}
