package io.lanewise.kernel;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that belong to the caller: opened, sized and closed by him. {@link #kernels} gives
 * kernels that split each operation over them, rows or columns apart and never inside a chain, so
 * the bits are those of one thread; operations too small to gain stay on the calling thread.
 *
 * <p>Safe for use by several threads: they take turns. After {@link #close()} no thread is left,
 * and the kernels go on on the calling thread alone.
 */
public final class Threads implements AutoCloseable {
  /** A piece of work that can be cut into parts. */
  interface Task {
    void run(int part, int parts);
  }

  // A worker waits this long for the next operation of a step before it sleeps.
  private static final long SPIN_NANOS = 50_000;

  private final Thread[] workers;
  private final ReentrantLock turn = new ReentrantLock();
  private final AtomicInteger pending = new AtomicInteger();
  private volatile int round;
  private volatile boolean closed;
  private Task task;
  private volatile Throwable failure;
  private volatile Thread caller;

  /**
   * Starts the threads.
   *
   * @param count how many, the calling thread counted: 1 starts none
   * @throws IllegalArgumentException if count is less than 1
   */
  public Threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count must be >= 1, got " + count);
    }
    workers = new Thread[count - 1];
    for (int w = 0; w < workers.length; w++) {
      int part = w + 1;
      workers[w] = Thread.ofPlatform().daemon().name("lanewise-" + part).start(() -> work(part));
    }
  }

  /** As many as the JVM may use: the container's limit where there is one. */
  public static Threads all() {
    return new Threads(Runtime.getRuntime().availableProcessors());
  }

  /** Returns how many threads there are, the caller's counted. */
  public int count() {
    return workers.length + 1;
  }

  /** Returns kernels with the same bits that work on these threads. */
  public Kernels kernels(Kernels kernels) {
    Objects.requireNonNull(kernels, "kernels");
    // On themselves they would wait for each other for ever.
    boolean already = kernels instanceof ThreadedKernels threaded && threaded.on(this);
    return workers.length == 0 || already ? kernels : new ThreadedKernels(kernels, this);
  }

  /** Runs all parts of the work, one on this thread, and waits for them. */
  void run(Task work) {
    turn.lock();
    try {
      if (closed) {
        work.run(0, 1);
        return;
      }
      runTogether(work);
    } finally {
      turn.unlock();
    }
  }

  private void runTogether(Task work) {
    task = work;
    failure = null;
    caller = Thread.currentThread();
    pending.set(workers.length);
    round++;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    try {
      work.run(0, workers.length + 1);
    } finally {
      awaitWorkers();
      task = null;
    }
    Throwable thrown = failure;
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown instanceof Error e) {
      throw e;
    }
  }

  /** Waits whatever happens: parts write into the caller's arrays. An interrupt is kept. */
  private void awaitWorkers() {
    boolean interrupted = false;
    long deadline = System.nanoTime() + SPIN_NANOS;
    while (pending.get() != 0) {
      if (System.nanoTime() < deadline) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(int part) {
    int seen = 0;
    while (true) {
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (round == seen && !closed) {
        if (System.nanoTime() < deadline) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
        }
      }
      if (round == seen) {
        return;
      }
      seen = round;
      try {
        task.run(part, workers.length + 1);
      } catch (Throwable e) {
        failure = e;
      }
      if (pending.decrementAndGet() == 0) {
        LockSupport.unpark(caller);
      }
    }
  }

  /** Ends the threads and waits until they are gone. */
  @Override
  public void close() {
    turn.lock();
    try {
      closed = true;
      for (Thread worker : workers) {
        LockSupport.unpark(worker);
      }
    } finally {
      turn.unlock();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          worker.join();
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
