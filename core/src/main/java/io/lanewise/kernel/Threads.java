package io.lanewise.kernel;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that belong to the caller, who opens, sizes and closes them. {@link #kernels} gives
 * kernels that split each operation over them, rows or columns apart and never inside a chain, so
 * the bits are those of one thread; operations too small to gain stay on the calling thread.
 *
 * <p>Safe for use by several threads: they take turns. After {@link #close()} no thread is left,
 * and the kernels go on on the calling thread alone.
 */
public final class Threads implements AutoCloseable {
  /** The most pieces that {@link #run} takes from each thread. */
  static final int MOST_A_THREAD = 4;

  // A worker waits this long for the next operation before it sleeps, and the caller for the last
  // piece: longer than what lies between two steps of a training. Not at all if there are more
  // threads than processors: who waits awake would hold the one that the others need.
  private static final long SPIN_NANOS = 200_000;

  // What it takes to hand work to a worker that waits, and to wake one that sleeps, each with room
  // for what cutting costs: 0.4 and 40 us were measured in November 2026 on an Emerald Rapids.
  private static final long HAND_OVER_NANOS = 4_000;
  private static final long WAKE_NANOS = 100_000;

  private final Worker[] workers;
  private final long spinNanos;
  private final ReentrantLock turn = new ReentrantLock();

  // Which call the threads work on: a number that grows, and how many pieces it has. A piece is
  // taken by writing the call into its place, so one that comes late finds nothing left to take.
  private static final int PIECES_BITS = 16;
  private volatile long call;
  private final AtomicLongArray taken;
  private final AtomicInteger unfinished = new AtomicInteger();
  private Cut cut;

  private volatile Thread sleepingCaller;
  private volatile Throwable failure;
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param count how many, the calling thread counted, up to 4096: 1 starts none
   * @throws IllegalArgumentException if count is out of range
   */
  public Threads(int count) {
    if (count < 1 || count > 4096) {
      throw new IllegalArgumentException("count must be in 1..4096, got " + count);
    }
    spinNanos = spinNanos(count, Runtime.getRuntime().availableProcessors());
    taken = new AtomicLongArray(count * MOST_A_THREAD);
    workers = new Worker[count - 1];
    for (int w = 0; w < workers.length; w++) {
      workers[w] = new Worker(w + 1);
    }
    for (Worker worker : workers) {
      worker.thread.start();
    }
  }

  static long spinNanos(int count, int processors) {
    return count <= processors ? SPIN_NANOS : 0;
  }

  /** As many as the JVM may use: the container's limit where there is one. */
  public static Threads all() {
    return new Threads(Runtime.getRuntime().availableProcessors());
  }

  /** Returns how many threads there are, the caller's counted. */
  public int count() {
    return workers.length + 1;
  }

  /**
   * Returns kernels with the same bits that work on these threads.
   *
   * @throws IllegalArgumentException if they work on other threads already: whoever nests them the
   *     other way round at the same time would wait for ever
   */
  public Kernels kernels(Kernels kernels) {
    Objects.requireNonNull(kernels, "kernels");
    if (kernels instanceof ThreadedKernels threaded) {
      if (!threaded.on(this)) {
        throw new IllegalArgumentException(
            "kernels must not work on other Threads already, got " + kernels.describe());
      }
      return kernels;
    }
    return workers.length == 0 ? kernels : new ThreadedKernels(kernels, this);
  }

  /** Returns whether work that takes one thread about so long is worth cutting now. */
  boolean worth(long nanos) {
    return nanos >= HAND_OVER_NANOS && !closed && (nanos >= WAKE_NANOS || someoneWaits());
  }

  private boolean someoneWaits() {
    for (Worker worker : workers) {
      if (!worker.asleep) {
        return true;
      }
    }
    return false;
  }

  /**
   * Waits for this thread's turn, runs all pieces, each once, and waits for them. Each thread
   * begins with its own, in order, and goes on with those that the others have not begun, so one
   * that is held up does not hold up the rest. Its own lie between those of the others, so that
   * none of them updates nearly all of a layer, which the rest would then read from its cache.
   *
   * @param count how many, up to {@link #MOST_A_THREAD} a thread
   * @param nanos about how long they take one thread: sleepers are woken only for enough
   */
  void run(Cut work, int count, long nanos) {
    turn.lock();
    try {
      runInTurn(work, count, nanos);
    } finally {
      turn.unlock();
    }
  }

  private void runInTurn(Cut work, int count, long nanos) {
    cut = work;
    failure = null;
    unfinished.set(count);
    long now = ((call >>> PIECES_BITS) + 1) << PIECES_BITS | count;
    call = now;
    if (nanos >= WAKE_NANOS) {
      for (Worker worker : workers) {
        if (worker.asleep) {
          LockSupport.unpark(worker.thread);
        }
      }
    }
    takePieces(now, 0);
    awaitPieces();
    cut = null;
    Throwable thrown = failure;
    failure = null;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  private void takePieces(long now, int thread) {
    int count = (int) now & ((1 << PIECES_BITS) - 1);
    int threads = workers.length + 1;
    for (int t = 0; t < threads; t++) {
      for (int piece = (thread + t) % threads; piece < count; piece += threads) {
        takePiece(now, thread, piece);
      }
    }
  }

  private void takePiece(long now, int thread, int piece) {
    long last = taken.get(piece);
    if (last >= now || !taken.compareAndSet(piece, last, now)) {
      return;
    }
    try {
      cut.run(thread, piece);
    } catch (Throwable e) {
      failure = e;
    }
    if (unfinished.decrementAndGet() == 0 && sleepingCaller != null) {
      LockSupport.unpark(sleepingCaller);
    }
  }

  /** Waits whatever happens: pieces write into the caller's arrays. An interrupt is kept. */
  private void awaitPieces() {
    if (unfinished.get() == 0) {
      return;
    }
    boolean interrupted = false;
    long deadline = System.nanoTime() + spinNanos;
    while (unfinished.get() != 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    sleepingCaller = Thread.currentThread();
    while (unfinished.get() != 0) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    sleepingCaller = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker implements Runnable {
    private final int index;
    private final Thread thread;
    private volatile boolean asleep;

    Worker(int index) {
      this.index = index;
      thread = Thread.ofPlatform().daemon().name("lanewise-" + index).unstarted(this);
    }

    @Override
    public void run() {
      long seen = 0;
      while (true) {
        awaitCall(seen);
        long now = call;
        if (now == seen) {
          return;
        }
        seen = now;
        takePieces(now, index);
      }
    }

    /** Returns at the next call, or when closed. */
    private void awaitCall(long seen) {
      long deadline = System.nanoTime() + spinNanos;
      while (call == seen && !closed && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      if (call == seen && !closed) {
        asleep = true;
        while (call == seen && !closed) {
          LockSupport.park(Threads.this);
        }
        asleep = false;
      }
    }
  }

  @Override
  public String toString() {
    return count() + " threads" + (closed ? ", closed" : "");
  }

  /** Ends the threads and waits until they are gone. */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      for (Worker worker : workers) {
        LockSupport.unpark(worker.thread);
      }
    } finally {
      turn.unlock();
    }
    boolean interrupted = false;
    for (Worker worker : workers) {
      while (worker.thread.isAlive()) {
        try {
          worker.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
