package io.lanewise.nn;

import io.lanewise.event.PredictionEvent;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.nn.Layer.Dense;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jdk.jfr.FlightRecorder;

/**
 * A network to predict with: immutable, for any number of threads at once, without locks. It keeps
 * a copy of the network, so training the one it was made of changes nothing here, and the weights a
 * second time in the order in which the kernels read them, packed once ({@link Kernels#pack}). The
 * bits are those of {@link Network#predict}, whatever the threads and whichever rows come together.
 *
 * <pre>{@code
 * Predictor predictor = new Predictor(network); // once
 * predictor.predict(x, y); // x has nIn values, y receives nOut
 * }</pre>
 *
 * <p>A call takes the buffers that it needs from a pool and puts them back, by one atomic operation
 * each; they are made when more calls than ever before run at the same time, and then no call
 * allocates, up to {@value #POOLED} at the same time. Nothing belongs to a thread, so nothing is
 * left behind by those that end, and a million virtual threads hold no more than what runs. A
 * thread that is to do without the pool has a {@link Session} of its own.
 */
public final class Predictor {
  private static final int POOLED = 64;
  // Two places of the pool never share a cache line.
  private static final int SPREAD = 16;
  private static final int DEFAULT_ROWS = 64;
  // So many calls that are no faster than those before, and it is as fast as it becomes.
  private static final int STEADY = 30;

  private final Network network;
  private final Kernels kernels;
  private final int rows;
  private final PackedMatrix[] packed;
  private final AtomicReferenceArray<Session> pool = new AtomicReferenceArray<>(POOLED * SPREAD);

  /** Takes the best kernels there are, and 64 rows at a time. */
  public Predictor(Network network) {
    this(network, KernelLookup.best(), DEFAULT_ROWS);
  }

  /**
   * Takes a copy of the network.
   *
   * @param kernels the kernels; those of {@link io.lanewise.kernel.Threads} let calls take turns
   * @param rows how many rows go through the layers together, at least 1: what the buffers are made
   *     for. A batch may have more
   */
  public Predictor(Network network, Kernels kernels, int rows) {
    this.network = Objects.requireNonNull(network, "network").copy();
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    if (rows < 1) {
      throw new IllegalArgumentException("rows must be >= 1, got " + rows);
    }
    this.rows = rows;
    packed = packed(this.network, kernels);
  }

  private static PackedMatrix[] packed(Network network, Kernels kernels) {
    PackedMatrix[] packed = new PackedMatrix[network.layers().size()];
    for (Layer layer : network.layers()) {
      if (layer instanceof Dense dense) {
        packed[dense.index()] = kernels.pack(DensePass.weights(network.parameters(), dense));
      }
    }
    return packed;
  }

  /** Says the network's shape and the kernels. */
  @Override
  public String toString() {
    return "predictor " + nIn() + " -> " + nOut() + ", " + kernels.describe();
  }

  /** Returns the number of inputs. */
  public int nIn() {
    return network.nIn();
  }

  /** Returns the number of outputs. */
  public int nOut() {
    return network.nOut();
  }

  /**
   * Computes the outputs of one row.
   *
   * @param x nIn values
   * @param y receives nOut values
   */
  public void predict(float[] x, float[] y) {
    requireRow(x);
    predict(1, x, 0, nIn(), y, 0, nOut());
  }

  /** Throws unless that is one row. */
  void requireRow(float[] x) {
    if (Objects.requireNonNull(x, "x").length != nIn()) {
      throw new IllegalArgumentException("x must have " + nIn() + " values, got " + x.length);
    }
  }

  /**
   * Computes the outputs of a batch.
   *
   * @param m rows, at least 1
   * @param x (m, nIn)
   * @param y receives (m, nOut); must not overlap x
   * @throws IllegalArgumentException if a size is out of range; nothing is written then
   */
  public void predict(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    check(m, x, xOff, ldx, y, yOff, ldy);
    Session session = take();
    session.run(m, x, xOff, ldx, y, yOff, ldy);
    // Not after an exception: its buffers may then be anything but harmful, and are just dropped.
    give(session);
  }

  /** Makes buffers for one thread at a time, to be kept by the caller. */
  public Session session() {
    return new Session();
  }

  /** {@link #warmUp(Duration)} of at most ten seconds. */
  public void warmUp() {
    warmUp(Duration.ofSeconds(10));
  }

  /**
   * Predicts rows that it makes up until that gets no faster, so that whoever comes first does not
   * wait for the JVM to compile the kernels. For a service, before it says that it is ready, and on
   * the kernels that it will use: what is compiled serves every predictor of the JVM that has the
   * same kinds of layers. There are single rows and batches, full and not, with zeros among the
   * inputs and without. No result changes, and others may predict at the same time. The calling
   * thread sleeps in between, for the compiler to have a processor. The products come first, by
   * {@link Kernels#warmUp}: of every shape, not of this network's alone.
   *
   * @param most how long at most; it ends behind the call at hand. Zero does nothing
   * @throws IllegalArgumentException if that is negative
   */
  public void warmUp(Duration most) {
    long start = System.nanoTime();
    kernels.warmUp(most);
    long nanos = TimeUnit.NANOSECONDS.convert(most);
    int all = Math.min(rows, 256) + 1;
    float[] x = new float[Math.multiplyExact(all, nIn())];
    float[] y = new float[Math.multiplyExact(all, nOut())];
    for (int i = 0; i < x.length; i++) {
      // Every second row has zeros, which single rows leave out.
      x[i] = i / nIn() % 2 == 1 && i % 5 != 0 ? 0f : (i * 7 % 31 - 15) / 8f;
    }
    // Few rows come first: what follows products is not compiled yet.
    // And again at the end: what a later size needed may have thrown compiled code away.
    for (int m : new int[] {1, 2, 3, 5, 8, all / 2 + 1, all - 1, all, 3, 1}) {
      if (!untilSteady(Math.min(m, all), x, y, start, nanos)) {
        return;
      }
    }
  }

  /** Returns whether there is time left. */
  private boolean untilSteady(int m, float[] x, float[] y, long start, long most) {
    long best = Long.MAX_VALUE;
    for (int calls = 0; calls < STEADY; calls++) {
      long before = System.nanoTime();
      if (before - start >= most) {
        return false;
      }
      predict(m, x, 0, nIn(), y, 0, nOut());
      predict(1, x, nIn(), nIn(), y, 0, nOut());
      long took = System.nanoTime() - before;
      if (took < 0.9 * best) {
        best = took;
        calls = 0;
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(took, most / 100));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  private static int firstPlace() {
    long id = Thread.currentThread().threadId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 58);
  }

  private Session take() {
    int first = firstPlace();
    for (int i = 0; i < POOLED; i++) {
      int place = ((first + i) % POOLED) * SPREAD;
      Session session = pool.getOpaque(place);
      if (session != null && pool.compareAndSet(place, session, null)) {
        return session;
      }
    }
    return new Session();
  }

  private void give(Session session) {
    int first = firstPlace();
    for (int i = 0; i < POOLED; i++) {
      int place = ((first + i) % POOLED) * SPREAD;
      if (pool.getOpaque(place) == null && pool.compareAndSet(place, null, session)) {
        return;
      }
    }
  }

  private void check(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
    if (m < 1) {
      throw new IllegalArgumentException("m must be >= 1, got " + m);
    }
    Matrix.requireInside("x", x, xOff, ldx, m, nIn());
    Matrix.requireInside("y", y, yOff, ldy, m, nOut());
    long xEnd = xOff + (m - 1L) * ldx + nIn();
    long yEnd = yOff + (m - 1L) * ldy + nOut();
    if (x == y && xOff < yEnd && yOff < xEnd) {
      throw new IllegalArgumentException("y overlaps x: both are in one array");
    }
  }

  /** The buffers of a prediction; for one thread at a time. */
  public final class Session {
    private final Workspace workspace = new Workspace(network, kernels, rows, false, packed);

    private Session() {}

    /** See {@link Predictor#predict(float[], float[])}. */
    public void predict(float[] x, float[] y) {
      requireRow(x);
      predict(1, x, 0, nIn(), y, 0, nOut());
    }

    /** See {@link Predictor#predict(int, float[], int, int, float[], int, int)}. */
    public void predict(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
      check(m, x, xOff, ldx, y, yOff, ldy);
      run(m, x, xOff, ldx, y, yOff, ldy);
    }

    /**
     * Returns what the last layer left of the rows that went through it last: see {@link
     * Workspace#scores()}.
     */
    public float[] scores() {
      return workspace.scores();
    }

    private void run(int m, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
      PredictionEvent event = FlightRecorder.isInitialized() ? PredictionEvent.begun() : null;
      for (int i = 0; i < m; i += rows) {
        int some = Math.min(rows, m - i);
        workspace.predict(some, x, xOff + i * ldx, ldx, y, yOff + i * ldy, ldy);
      }
      if (event != null) {
        PredictionEvent.commit(event, m);
      }
    }

    @Override
    public String toString() {
      return "session of a " + Predictor.this;
    }
  }
}
