package io.lanewise.nn;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Puts rows together that many threads ask for one by one, as in a service: a thread of its own
 * computes them as a batch, which costs less for each than alone. A row's bits are the same with
 * any others or none.
 *
 * <p>What came while a batch was computed makes the next one. With a delay the first row of a batch
 * waits for others so long at most, or until there are enough: that makes larger batches, and no
 * answer comes sooner. With a delay of zero a row that comes alone is computed at once.
 *
 * <pre>{@code
 * try (Batcher batcher = new Batcher(predictor, 64, Duration.ZERO)) {
 *   float[] y = batcher.predict(x); // from any thread
 * }
 * }</pre>
 */
public final class Batcher implements AutoCloseable {
  private final Predictor predictor;
  private final int maxBatch;
  private final long maxDelayNanos;
  private final Request[] batch;
  private final float[] x;
  private final float[] y;
  private final Predictor.Session session;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private boolean closed;
  // What ended the thread before it was closed.
  private Throwable ended;

  /** A row and, when it is done, its outputs or why there are none; guarded by the lock. */
  private final class Request {
    private final float[] x;
    private final long time = System.nanoTime();
    private final Condition done = lock.newCondition();
    private final float[] y;
    private boolean isDone;
    private Throwable failure;

    Request(float[] x, int nOut) {
      this.x = x;
      y = new float[nOut];
    }
  }

  /**
   * Starts the thread.
   *
   * @param maxBatch the most rows of a batch, at least 1; the room for them is taken now
   * @param maxDelay how long a row may wait for others, at least 0
   */
  public Batcher(Predictor predictor, int maxBatch, Duration maxDelay) {
    this.predictor = Objects.requireNonNull(predictor, "predictor");
    int most = Integer.MAX_VALUE / Math.max(predictor.nIn(), predictor.nOut());
    if (maxBatch < 1 || maxBatch > most) {
      throw new IllegalArgumentException(
          "maxBatch must be >= 1 and <= " + most + ", got " + maxBatch);
    }
    if (Objects.requireNonNull(maxDelay, "maxDelay").isNegative()) {
      throw new IllegalArgumentException("maxDelay must be >= 0, got " + maxDelay);
    }
    this.maxBatch = maxBatch;
    // At most 292 years.
    this.maxDelayNanos = TimeUnit.NANOSECONDS.convert(maxDelay);
    // Here, where the caller sees it if there is no room.
    batch = new Request[maxBatch];
    x = new float[maxBatch * predictor.nIn()];
    y = new float[maxBatch * predictor.nOut()];
    session = predictor.session();
    thread = Thread.ofPlatform().name("lanewise-batcher").daemon().start(this::run);
  }

  /**
   * Computes the outputs of one row, together with those that other threads ask for.
   *
   * @param x nIn values; must not be changed before this returns
   * @return nOut values
   * @throws InterruptedException if this thread is interrupted while it waits; the other rows are
   *     computed all the same
   * @throws IllegalStateException if it is closed
   * @throws CancellationException if computing the batch failed; the cause says why
   */
  public float[] predict(float[] x) throws InterruptedException {
    predictor.requireRow(x);
    Request request = new Request(x, predictor.nOut());
    lock.lockInterruptibly();
    try {
      if (closed) {
        throw new IllegalStateException("the batcher is closed", ended);
      }
      waiting.add(request);
      arrived.signal();
      while (!request.isDone) {
        request.done.await();
      }
    } finally {
      if (!request.isDone) {
        waiting.remove(request);
      }
      lock.unlock();
    }
    if (request.failure != null) {
      CancellationException failed = new CancellationException("the batch failed");
      failed.initCause(request.failure);
      throw failed;
    }
    return request.y;
  }

  private void run() {
    int m = 0;
    try {
      while ((m = collect()) > 0) {
        finish(m, computed(m));
      }
    } catch (Throwable e) {
      // Whoever waits would wait for ever.
      lock.lock();
      closed = true;
      ended = e;
      lock.unlock();
      finish(maxBatch, e);
      while ((m = collect()) > 0) {
        finish(m, e);
      }
    }
  }

  /** Returns why the rows could not be computed, or null. */
  private Throwable computed(int m) {
    int nIn = predictor.nIn();
    try {
      for (int i = 0; i < m; i++) {
        System.arraycopy(batch[i].x, 0, x, i * nIn, nIn);
      }
      session.predict(m, x, 0, nIn, y, 0, predictor.nOut());
      return null;
    } catch (RuntimeException | Error e) {
      return e;
    }
  }

  /** Waits for rows. Returns how many: 0 if it is closed and none is left. */
  private int collect() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        arrived.awaitUninterruptibly();
      }
      while (!waiting.isEmpty() && waiting.size() < maxBatch && !closed) {
        long left = maxDelayNanos - (System.nanoTime() - waiting.peek().time);
        if (left <= 0) {
          break;
        }
        arrived.awaitNanos(left);
      }
      int m = 0;
      while (m < maxBatch && !waiting.isEmpty()) {
        batch[m++] = waiting.poll();
      }
      return m;
    } catch (InterruptedException e) {
      // Nobody has this thread to interrupt it.
      throw new IllegalStateException(e);
    } finally {
      lock.unlock();
    }
  }

  private void finish(int m, Throwable failure) {
    int nOut = predictor.nOut();
    lock.lock();
    try {
      for (int i = 0; i < m; i++) {
        Request request = batch[i];
        // Null where the thread ended while it gave out what it had computed.
        if (request != null) {
          batch[i] = null;
          System.arraycopy(y, i * nOut, request.y, 0, nOut);
          request.failure = failure;
          request.isDone = true;
          request.done.signal();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more rows, computes those that wait, and ends the thread: none is left when this
   * returns. Waits even when interrupted, and leaves the interrupt for the caller to see.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "Batcher[up to " + maxBatch + " rows, delay " + maxDelayNanos + " ns]";
  }
}
