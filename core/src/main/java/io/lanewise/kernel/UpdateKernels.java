package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.size;
import static io.lanewise.kernel.Check.vector;

import java.util.Objects;

/**
 * What optimizers do with parameters and gradients, on flat {@code float[]}; see {@link
 * Kernels#updates}. {@link ScalarUpdateKernels} is the specification, and what {@link Kernels} says
 * of bits, checks and exceptions holds here.
 */
public abstract class UpdateKernels {
  /** The elements of a block of {@link #sumOfSquares}; the last has what is left. */
  protected static final int BLOCK = 4096;

  /** For implementations. */
  protected UpdateKernels() {}

  /**
   * One step of an optimizer, in one pass over all arrays; see {@link Update} for the formulas.
   *
   * @param p {@code length} parameters, updated in place; as the states, overlaps nothing
   * @param g their gradients
   * @param s1 the first state of each, updated in place; not read where the rule has none, and then
   *     it may be null
   * @param s2 the second state, likewise
   */
  public final void update(
      Update update,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off) {
    int states = Objects.requireNonNull(update, "update").rule().states();
    size("length", length);
    vector("p", p, pOff, length);
    vector("g", g, gOff, length);
    disjoint("p", p, pOff, "g", g, gOff, length);
    if (states >= 1) {
      vector("s1", s1, s1Off, length);
      disjoint("p", p, pOff, "s1", s1, s1Off, length);
      disjoint("s1", s1, s1Off, "g", g, gOff, length);
    }
    if (states == 2) {
      vector("s2", s2, s2Off, length);
      disjoint("p", p, pOff, "s2", s2, s2Off, length);
      disjoint("s1", s1, s1Off, "s2", s2, s2Off, length);
      disjoint("s2", s2, s2Off, "g", g, gOff, length);
    }
    doUpdate(update, length, p, pOff, g, gOff, s1, s1Off, s2, s2Off);
  }

  /** {@link #update} with checked arguments. */
  protected abstract void doUpdate(
      Update update,
      int length,
      float[] p,
      int pOff,
      float[] g,
      int gOff,
      float[] s1,
      int s1Off,
      float[] s2,
      int s2Off);

  /**
   * The sum of the squares, for the norm of all gradients: blocks of 4096 elements, each summed in
   * floats as a row is (16 virtual lanes, each a chain of fma(g, g, lane) from +0, then folded),
   * the blocks added in double, in order. A block whose sum is no finite float is summed in double,
   * one element after another: so the result is finite whenever all elements are.
   *
   * <p>Squares of elements below 1e-19 lose digits, and those of elements below 1e-23 are 0.
   *
   * @param g {@code length} elements
   */
  public final double sumOfSquares(int length, float[] g, int gOff) {
    size("length", length);
    vector("g", g, gOff, length);
    return doSumOfSquares(length, g, gOff);
  }

  /** {@link #sumOfSquares} with checked arguments. */
  double doSumOfSquares(int length, float[] g, int gOff) {
    double sum = 0;
    for (int i = 0; i < length; i += BLOCK) {
      sum += blockSum(Math.min(BLOCK, length - i), g, gOff + i);
    }
    return sum;
  }

  /** The sum of one block as it is added to the others. */
  final double blockSum(int length, float[] g, int gOff) {
    float sum = doBlockSumOfSquares(length, g, gOff);
    if (Float.isFinite(sum)) {
      return sum;
    }
    double exact = 0;
    for (int i = 0; i < length; i++) {
      exact += (double) g[gOff + i] * g[gOff + i];
    }
    return exact;
  }

  /** The sum of the squares of at most {@link #BLOCK} elements, as that of a row. */
  protected abstract float doBlockSumOfSquares(int length, float[] g, int gOff);
}
