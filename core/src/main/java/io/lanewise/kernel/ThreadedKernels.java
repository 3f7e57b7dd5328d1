package io.lanewise.kernel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Has {@link Threads} compute the pieces of each operation that is worth it. */
final class ThreadedKernels extends CutKernels {
  private final Threads threads;

  ThreadedKernels(Kernels kernels, Threads threads) {
    super(kernels, threads.count());
    this.threads = threads;
  }

  boolean on(Threads other) {
    return threads == other;
  }

  @Override
  public String describe() {
    return kernels.describe() + ", " + threads.count() + " threads";
  }

  @Override
  public Kernels direct() {
    Kernels direct = kernels.direct();
    return direct == kernels ? this : threads.kernels(direct);
  }

  @Override
  protected void doWarmUp(Duration most) {
    kernels.doWarmUp(most);
  }

  @Override
  @Nullable Cut begin(Op op, long nanos, @Nullable Object what) {
    return threads.worth(nanos) ? take().begin(nanos, what) : null;
  }

  @Override
  void run(Cut cut, int count, long nanos) {
    threads.run(cut, count, nanos);
  }
}
