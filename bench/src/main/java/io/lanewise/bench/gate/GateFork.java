package io.lanewise.bench.gate;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.lanewise.bench.Bootstrap;
import io.lanewise.kernel.KernelLookup;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A process that measures one case: warm-up, then short slices of the kernel and of its reference
 * in turn. What slows the machine for longer than a slice slows both, and leaves their ratio.
 *
 * <p>Run with {@code -Xbatch}: a method is compiled when it asks for it, not in a thread that takes
 * time from the slices.
 */
final class GateFork {
  /** Slows a kernel by a tenth, by waiting: the proof that the gate sees it. */
  static final String SLOW = "lanewise.bench.slow";

  private static final long SLICE_NANOS = 1_500_000;
  private static final int WARM_UP_RUNS = 50;
  private static final int SLICES = 80;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported();

  private final Job kernel;
  private final Job reference;
  private final boolean slow;
  private int kernelRuns = 1;
  private int referenceRuns = 1;
  // Read by nobody, but the JIT does not know that.
  private static volatile float sink;

  GateFork(Job kernel, Job reference, boolean slow) {
    this.kernel = kernel;
    this.reference = reference;
    this.slow = slow;
  }

  /**
   * What was measured.
   *
   * @param ratios of each slice, the time of a run of the reference over that of a run of the
   *     kernel
   * @param referenceNanos the median time of a run of the reference
   * @param bytes allocated in a run of the kernel, the median of the slices
   * @param warm whether the JIT had come to rest before
   */
  record Measured(double[] ratios, double referenceNanos, double bytes, boolean warm) {}

  /** Measures the case that is named, and prints four lines. */
  public static void main(String[] args) {
    GateCase gateCase = GateCases.named(args[0]);
    Job kernel = gateCase.make().apply(KernelLookup.best());
    Job reference = gateCase.reference().job(gateCase.bytes());
    String slow = System.getProperty(SLOW);
    Measured measured =
        new GateFork(kernel, reference, slow != null && gateCase.name().matches(slow)).measure();
    double scale = gateCase.amount() / gateCase.reference().amount(gateCase.bytes());
    System.out.println(
        "figures "
            + Arrays.stream(measured.ratios())
                .mapToObj(ratio -> String.format(Locale.ROOT, "%.6g", ratio * scale))
                .collect(Collectors.joining(" ")));
    double rate = gateCase.reference().amount(gateCase.bytes()) / measured.referenceNanos();
    System.out.println("reference " + rate);
    System.out.println("bytes " + measured.bytes());
    System.out.println("warm " + (measured.warm() ? 1 : 0));
  }

  Measured measure() {
    boolean warm = warmUp();
    double[] ratios = new double[SLICES];
    double[] referenceTimes = new double[SLICES + 1];
    double[] bytes = new double[SLICES];
    referenceTimes[0] = slice(reference, referenceRuns, false);
    for (int s = 0; s < SLICES; s++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      double time = slice(kernel, kernelRuns, slow);
      bytes[s] = (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / kernelRuns;
      referenceTimes[s + 1] = slice(reference, referenceRuns, false);
      ratios[s] = (referenceTimes[s] + referenceTimes[s + 1]) / 2 / time;
    }
    return new Measured(ratios, Bootstrap.median(referenceTimes), Bootstrap.median(bytes), warm);
  }

  /** Counts that do not depend on the time: the JIT, asked at the same points, compiles alike. */
  private boolean warmUp() {
    CompilationMXBean compilation = ManagementFactory.getCompilationMXBean();
    return new WarmUp(GateFork::processTime, compilation::getTotalCompilationTime)
        .run(
            () -> {
              kernelRuns = runs(slice(kernel, WARM_UP_RUNS, false));
              referenceRuns = runs(slice(reference, WARM_UP_RUNS, false));
            });
  }

  /** Returns how many runs fill a slice. */
  private static int runs(double nanos) {
    return (int) Math.max(1, Math.min(1e6, Math.round(SLICE_NANOS / nanos)));
  }

  /** Returns the ns of a run. */
  private static double slice(Job job, int runs, boolean slow) {
    long start = clock();
    float sum = 0;
    for (int i = 0; i < runs; i++) {
      sum += job.run();
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
  private static long clock() {
    return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }

  /** The time of all threads of this process, the compilers' too. */
  private static long processTime() {
    long time = PROCESS.getProcessCpuTime();
    return time >= 0 ? time : System.nanoTime();
  }
}
