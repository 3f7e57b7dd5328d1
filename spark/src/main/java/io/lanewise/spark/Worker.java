package io.lanewise.spark;

import io.lanewise.cluster.Chain;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Threads;
import io.lanewise.nn.Network;
import io.lanewise.train.History;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * A task of the barrier stage: one worker for the whole training. The partition is its rank. It
 * says what went wrong by what it returns, so that the driver sees all of them.
 */
final class Worker extends AbstractFunction1<Iterator<Integer>, Iterator<Outcome>>
    implements Serializable {
  private static final long serialVersionUID = 1;
  private static final String FAILED = "!";

  private final FitSettings settings;
  private final TrainingData data;
  private final Broadcast<byte[]> network;
  private final float @Nullable [][] targetScaling;
  private final byte[] secret;
  private final int workers;
  private final boolean resume;
  private final @Nullable SerializableConfiguration hadoop;
  private final CollectionAccumulator<String> epochs;

  Worker(
      FitSettings settings,
      TrainingData data,
      Broadcast<byte[]> network,
      float @Nullable [][] targetScaling,
      byte[] secret,
      int workers,
      boolean resume,
      @Nullable SerializableConfiguration hadoop,
      CollectionAccumulator<String> epochs) {
    this.settings = settings;
    this.data = data;
    this.network = network;
    this.targetScaling = targetScaling;
    this.secret = secret;
    this.workers = workers;
    this.resume = resume;
    this.hadoop = hadoop;
    this.epochs = epochs;
  }

  @Override
  public Iterator<Outcome> apply(Iterator<Integer> none) {
    return Iterator.single(outcome(BarrierTaskContext.get()));
  }

  private Outcome outcome(BarrierTaskContext context) {
    int rank = context.partitionId();
    try {
      return run(context, rank);
    } catch (TaskKilledException e) {
      throw e;
    } catch (PeerException | IOException | UncheckedIOException e) {
      return Outcome.failed(rank, e instanceof UncheckedIOException io ? io.getCause() : e, true);
    } catch (Exception e) {
      return Outcome.failed(rank, e, false);
    }
  }

  private Outcome run(BarrierTaskContext context, int rank) throws Exception {
    @Nullable Exception wrong = null;
    String said;
    // Closed where it was opened, whatever becomes of the others.
    try (Ready ready = new Ready()) {
      try {
        said = prepare(ready, context, rank);
      } catch (Exception e) {
        wrong = e;
        said = FAILED + e;
      }
      // Takes a second: once, and for nothing but this.
      String[] all = context.allGather(said);
      if (wrong != null) {
        throw wrong;
      }
      for (int r = 0; r < workers; r++) {
        if (all[r].startsWith(FAILED)) {
          throw new PeerException("worker " + r + " failed: " + all[r].substring(FAILED.length()));
        }
      }
      return train(context, rank, ready, all);
    }
  }

  /** All that may fail or take long comes before the others are met; returns where it listens. */
  private String prepare(Ready ready, BarrierTaskContext context, int rank) throws Exception {
    ready.rows = data.training(rank, workers);
    ready.held = data.validation();
    ready.network = ModelBytes.network(network.value());
    if (rank == 0 && settings.checkpoint != null && hadoop != null) {
      Path local = Files.createTempDirectory("lanewise-checkpoints-");
      ready.mirror = new CheckpointMirror(settings.checkpoint, hadoop.value(), local, resume);
    }
    if (workers == 1) {
      return "";
    }
    ready.tls = tls();
    String address = context.getTaskInfos()[rank].address();
    int colon = address.lastIndexOf(':');
    String host = colon > 0 ? address.substring(0, colon) : address;
    ready.socket = listen(host);
    return host + ":" + ready.socket.getLocalPort();
  }

  /** Another try would do no better. */
  private @Nullable SSLContext tls() {
    try {
      return settings.tls == null ? null : settings.tls.create();
    } catch (Exception e) {
      throw new IllegalStateException("tls(...) failed: " + e.getMessage(), e);
    }
  }

  private ServerSocket listen(String host) throws IOException {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress here = InetAddress.getByName(bare);
    for (int port = settings.firstPort; port <= settings.lastPort; port++) {
      ServerSocket socket = new ServerSocket();
      try {
        socket.bind(new InetSocketAddress(here, port), workers + 256);
        return socket;
      } catch (BindException e) {
        socket.close();
        if (port == settings.lastPort) {
          throw new IOException(
              "no port to listen on at "
                  + host
                  + (port == 0 ? "" : ", " + settings.firstPort + " to " + port + " are taken")
                  + ": "
                  + e.getMessage(),
              e);
        }
      }
    }
    throw new IllegalStateException("no port is tried");
  }

  private Outcome train(BarrierTaskContext context, int rank, Ready ready, String[] addresses)
      throws Exception {
    try (Chain chain = workers == 1 ? null : chain(rank, ready, addresses);
        Threads threads = new Threads(Math.max(1, context.cpus()))) {
      Scaling.Fit targets =
          targetScaling == null ? null : new Scaling.Fit(targetScaling[0], targetScaling[1]);
      Trainer trainer =
          settings.trainer(ready.network, ready.held, targets).listener(new Watch(context, rank));
      if (threads.count() > 1) {
        trainer.kernels(threads.kernels(KernelLookup.best()));
      }
      if (chain != null) {
        trainer.exchange(chain);
      }
      if (ready.mirror != null) {
        ready.mirror.applyTo(trainer, settings.every, resume);
      }
      History history = trainer.fit(ready.rows);
      requireWhole(context, history);
      byte[] model = rank == 0 ? ModelBytes.of(ready.network) : null;
      String csv = rank == 0 ? history.toCsv() : "";
      return new Outcome(rank, model, csv, history.bestEpoch(), history.stopReason(), null, false);
    }
  }

  private static void requireWhole(BarrierTaskContext context, History history) {
    if (context.isInterrupted() || Thread.currentThread().isInterrupted()) {
      throw new TaskKilledException(history.stopReason());
    }
    if (history.stopReason().startsWith("another worker")) {
      throw new PeerException(history.stopReason());
    }
  }

  private Chain chain(int rank, Ready ready, String[] addresses) throws Exception {
    List<InetSocketAddress> all = Chain.workers(String.join(",", addresses));
    Chain.Builder builder =
        Chain.builder(all, rank)
            .secret(secret)
            .timeout(Duration.ofMillis(settings.timeoutMillis))
            .socket(ready.socket);
    if (ready.tls != null) {
      builder.tls(ready.tls);
    }
    return builder.open();
  }

  /** What a worker has before it meets the others; null is what it has not, or not yet. */
  private static final class Ready implements AutoCloseable {
    @Nullable RowSource rows;
    io.lanewise.dataset.@Nullable Dataset held;
    @Nullable Network network;
    @Nullable CheckpointMirror mirror;
    @Nullable SSLContext tls;
    @Nullable ServerSocket socket;

    @Override
    public void close() throws IOException {
      if (mirror != null) {
        mirror.close();
      }
      if (socket != null) {
        socket.close();
      }
      if (rows instanceof Closeable file) {
        file.close();
      }
    }
  }

  /** Another worker failed: not this one's affair. */
  private static final class PeerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PeerException(String message) {
      super(message);
    }
  }

  /** Tells the driver of epochs, and ends where Spark wants the task to end. */
  private final class Watch implements Training.Listener {
    private final BarrierTaskContext context;
    private final int rank;

    Watch(BarrierTaskContext context, int rank) {
      this.context = context;
      this.rank = rank;
    }

    @Override
    public void onBatch(Training training) {
      if (context.isInterrupted()) {
        throw new TaskKilledException("the task was killed");
      }
    }

    @Override
    public void onEpoch(Training training, History.Epoch epoch) {
      if (rank == 0) {
        epochs.add(new History(List.of(epoch), 0, "").toCsv());
      }
    }
  }
}
