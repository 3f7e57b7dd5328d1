package io.lanewise.gate;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * Measures one case in this process: warm-up, then short slices of the work and of its ruler in
 * turn. What slows the machine for longer than a slice slows both, and leaves their ratio.
 *
 * <p>The process runs with {@code -Xbatch}: a method is compiled when it asks for it, not in a
 * thread that takes time from the slices.
 */
final class Measurement {
  /** Slows the cases that match by a tenth, by waiting: the proof that the gate sees it. */
  static final String SLOW = "lanewise.bench.slow";

  private static final long SLICE_NANOS = 1_500_000;
  private static final int WARM_UP_RUNS = 50;
  private static final long WARM_UP_SLICE_NANOS = 200_000_000;
  private static final int SLICES = 80;
  private static final int LEAST_SLICES = 9;
  // Work that takes longer than a slice gets fewer of them.
  private static final long ENOUGH_NANOS = 4_000_000_000L;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported();

  private final Work work;
  private final Work ruler;
  private final boolean slow;
  private int workRuns = 1;
  private int rulerRuns = 1;
  // Read by nobody, but the JIT does not know that.
  private static volatile double sink;

  Measurement(Work work, Work ruler, boolean slow) {
    this.work = work;
    this.ruler = ruler;
    this.slow = slow;
  }

  /**
   * What was measured.
   *
   * @param ratios of each slice, the time of a run of the ruler over that of a run of the work
   * @param bytes allocated in a run of the work, of each slice
   * @param warm whether the JIT had come to rest before
   */
  record Measured(double[] ratios, double[] bytes, boolean warm) {}

  Measured measure() throws Exception {
    boolean warm = warmUp();
    double[] ratios = new double[SLICES];
    double[] bytes = new double[SLICES];
    double before = slice(ruler, rulerRuns, false);
    long start = clock();
    int s = 0;
    while (s < SLICES && (s < LEAST_SLICES || clock() - start < ENOUGH_NANOS)) {
      long allocated = THREADS.getCurrentThreadAllocatedBytes();
      double time = slice(work, workRuns, slow);
      bytes[s] = (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / workRuns;
      double behind = slice(ruler, rulerRuns, false);
      ratios[s++] = (before + behind) / 2 / time;
      before = behind;
    }
    return new Measured(Arrays.copyOf(ratios, s), Arrays.copyOf(bytes, s), warm);
  }

  /** Counts that do not depend on the time: the JIT, asked at the same points, compiles alike. */
  private boolean warmUp() throws Exception {
    CompilationMXBean compilation = ManagementFactory.getCompilationMXBean();
    return new WarmUp(Measurement::processTime, compilation::getTotalCompilationTime)
        .run(
            () -> {
              double nanos = some(work);
              workRuns = runs(SLICE_NANOS, nanos);
              // As long as a slice of the work: what disturbs that disturbs both.
              rulerRuns = runs(Math.max(SLICE_NANOS, nanos), some(ruler));
            });
  }

  /** Fewer runs only where so many would take the whole warm-up. */
  private static double some(Work work) throws Exception {
    double once = slice(work, 1, false);
    int more = (int) Math.min(WARM_UP_RUNS - 1, WARM_UP_SLICE_NANOS / Math.max(1, once));
    return more == 0 ? once : slice(work, more, false);
  }

  /** Returns how many runs fill a slice. */
  private static int runs(double slice, double nanos) {
    return (int) Math.max(1, Math.min(1e6, Math.round(slice / Math.max(1, nanos))));
  }

  /** Returns the ns of a run. */
  private static double slice(Work work, int runs, boolean slow) throws Exception {
    long start = clock();
    double sum = 0;
    for (int i = 0; i < runs; i++) {
      sum += work.run();
    }
    sink = sum;
    if (slow) {
      long end = start + (clock() - start) * 11 / 10;
      while (clock() < end) {
        Thread.onSpinWait();
      }
    }
    return (double) (clock() - start) / runs;
  }

  /**
   * The time of this thread, where the system has it: what others took of the core is not in it.
   */
  static long clock() {
    return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }

  /** The time of all threads of this process, the compilers' too. */
  private static long processTime() {
    long time = PROCESS.getProcessCpuTime();
    return time >= 0 ? time : System.nanoTime();
  }
}
