package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds kernels to the specification: runs seeded batteries of every operation on them and on
 * {@link ScalarKernels}, and compares the bits of every float of every array that was passed, so
 * also of the inputs and of what lies round an output's window.
 *
 * <p>Who writes a provider should run {@link #full}; it wants a minute. There is no tolerance: NaNs
 * are equal to NaNs, signed zeros are told apart, and an exception is a difference.
 */
public final class KernelConformance {
  private static final long SEED = 20260401;

  /**
   * What a battery found.
   *
   * @param calls the operations compared, up to the first that differed
   * @param products how many of them were matrix products
   * @param floats the floats compared
   * @param difference the first difference in one line, or null
   * @param sha256 of all floats that the candidate left in the arrays, every NaN as 0x7fc00000
   */
  public record Result(
      long calls, long products, long floats, @Nullable String difference, String sha256) {
    /** Returns whether no bit differed. */
    public boolean identical() {
      return difference == null;
    }

    @Override
    public String toString() {
      String counts = calls + " calls, " + products + " of them products, " + floats + " floats";
      return (identical() ? "identical: " : difference + "; after ") + counts;
    }
  }

  private KernelConformance() {}

  /**
   * Every operation at every length from 0 to 67 (4 x 16 lanes + 3), a grid of small products and
   * thin ones that cross the usual block sizes: 2 million multiply-adds in all, for a JVM in which
   * each of them is emulated.
   */
  public static Result quick(Kernels candidate) {
    return run(candidate, SEED, KernelConformance::quick);
  }

  /** All batteries at the sizes of the test suite: 35,000 products and every other operation. */
  public static Result full(Kernels candidate) {
    return run(
        candidate,
        SEED,
        trial -> {
          quick(trial);
          MatmulBattery.grid(trial);
          MatmulBattery.random(trial, 5_000, 200);
          MatmulBattery.large(trial, 50);
          MatmulBattery.fused(trial, 8);
          MatmulBattery.scaled(trial, 2_000, 100);
          MatmulBattery.packed(trial, 2_000, 150);
          MatmulBattery.packedLarge(trial);
          ElementBattery.values(trial, 64);
          UpdateBattery.values(trial, 16);
          RowBattery.rows(trial, 2_000);
          LayerBattery.random(trial, 1_000);
        });
  }

  private static void quick(Trial trial) {
    MatmulBattery.sample(trial);
    ElementBattery.lengths(trial);
    UpdateBattery.lengths(trial);
    RowBattery.lengths(trial);
    MatmulBattery.scaledSample(trial);
    MatmulBattery.packedSample(trial);
    LayerBattery.lengths(trial);
  }

  /**
   * Products with m, n and k in {0, 1, 2, 3, 5, 7, 9, 31, 63}, the sizes of the reference BLAS's
   * sblat3, in every form, from every start, each with nothing, an activation and a derivative
   * after it: 26,244.
   */
  public static Result matmulGrid(Kernels candidate) {
    return run(candidate, SEED, MatmulBattery::grid);
  }

  /** Products of random shape, form and fusion, m, n and k in 0..max. */
  public static Result matmulRandom(Kernels candidate, long seed, int count, int max) {
    return run(candidate, seed, trial -> MatmulBattery.random(trial, count, max));
  }

  /** Products up to 1,100 whose sizes are one less, equal or one more than usual block sizes. */
  public static Result matmulLarge(Kernels candidate, long seed, int count) {
    return run(candidate, seed, trial -> MatmulBattery.large(trial, count));
  }

  /** Every activation and every derivative after a product, {@code shapes} random shapes each. */
  public static Result matmulFused(Kernels candidate, long seed, int shapes) {
    return run(candidate, seed, trial -> MatmulBattery.fused(trial, shapes));
  }

  /** Products scaled by random factors, special ones among them, m, n and k in 0..max. */
  public static Result matmulScaled(Kernels candidate, long seed, int count, int max) {
    return run(candidate, seed, trial -> MatmulBattery.scaled(trial, count, max));
  }

  /**
   * Products with a packed B: {@code count} of random shape and fusion, m, n and k in 0..max, as
   * many sparse rows, and 39 larger ones that cross its cuts.
   */
  public static Result matmulPacked(Kernels candidate, long seed, int count, int max) {
    return run(
        candidate,
        seed,
        trial -> {
          MatmulBattery.packed(trial, count, max);
          MatmulBattery.packedRows(trial, count);
          MatmulBattery.packedLarge(trial);
        });
  }

  /** The elementwise operations at every length from 0 to 67. */
  public static Result elementLengths(Kernels candidate) {
    return run(candidate, SEED, ElementBattery::lengths);
  }

  /** Every function, activation and derivative on {@code blocks} blocks of 4,099 random floats. */
  public static Result elementValues(Kernels candidate, long seed, int blocks) {
    return run(candidate, seed, trial -> ElementBattery.values(trial, blocks));
  }

  /** The updates of every optimizer and the sum of squares at every length from 0 to 67. */
  public static Result updateLengths(Kernels candidate) {
    return run(candidate, SEED, UpdateBattery::lengths);
  }

  /** The updates of every optimizer on {@code blocks} blocks of 4,099 random floats each. */
  public static Result updateValues(Kernels candidate, long seed, int blocks) {
    return run(candidate, seed, trial -> UpdateBattery.values(trial, blocks));
  }

  /** Softmax, the losses and the column sums on rows of every length from 0 to 67. */
  public static Result rowLengths(Kernels candidate) {
    return run(candidate, SEED, RowBattery::lengths);
  }

  /** Softmax, the losses and the column sums on {@code count} random shapes each. */
  public static Result rows(Kernels candidate, long seed, int count) {
    return run(candidate, seed, trial -> RowBattery.rows(trial, count));
  }

  /** The operations of the layers on rows of every length from 0 to 67, and some longer ones. */
  public static Result layerLengths(Kernels candidate) {
    return run(candidate, SEED, LayerBattery::lengths);
  }

  /** The operations of the layers on {@code count} random shapes each. */
  public static Result layers(Kernels candidate, long seed, int count) {
    return run(candidate, seed, trial -> LayerBattery.random(trial, count));
  }

  private static Result run(Kernels candidate, long seed, Consumer<Trial> battery) {
    Trial trial = new Trial(candidate, seed);
    String difference = null;
    try {
      battery.accept(trial);
    } catch (Trial.Difference e) {
      difference = e.getMessage();
    }
    return trial.result(difference);
  }
}
