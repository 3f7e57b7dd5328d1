package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Update;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What plain methods take, for {@link Conformance}: sizes first, then the operands, all row-major.
 *
 * <p>On arrays: each with the index of its first element and, for a matrix, its leading dimension,
 * the distance of two rows.
 *
 * <p>On native memory: each a segment that begins with the first element and goes on to the end of
 * the memory around the window, aligned to 4 bytes; a matrix has its leading dimension, in
 * elements. The segments are gone after the call.
 */
public final class PlainMethods {
  private PlainMethods() {}

  /** A function of one float. */
  @FunctionalInterface
  public interface Element {
    /** Returns f(x). */
    float apply(float x);
  }

  /** y = f(x) on windows of arrays. */
  @FunctionalInterface
  public interface Windows {
    /**
     * Computes it.
     *
     * @param x (m, n)
     * @param y (m, n), which may be the same window as x
     */
    void apply(Matrix x, Matrix y);
  }

  /** y = f(x), elementwise; y may be x at the same place. */
  @FunctionalInterface
  public interface Function {
    /** Computes n elements, n &gt; 0. */
    void apply(int n, float[] x, int xOff, float[] y, int yOff);
  }

  /** C = op(A) op(B); the old C is not read. */
  @FunctionalInterface
  public interface Product {
    /**
     * Computes (m, n), m and n &gt; 0, k &gt;= 0.
     *
     * @param a (m, k), or (k, m) where transposed
     * @param b (k, n), or (n, k) where transposed
     * @param c (m, n), which overlaps neither
     */
    void apply(
        int m,
        int n,
        int k,
        float[] a,
        int aOff,
        int lda,
        float[] b,
        int bOff,
        int ldb,
        float[] c,
        int cOff,
        int ldc);
  }

  /** y = f(x) of each row, such as softmax; y may be x at the same place. */
  @FunctionalInterface
  public interface Rows {
    /** Computes m rows of n elements, m &gt;= 0, n &gt; 0. */
    void apply(int m, int n, float[] x, int xOff, int ldx, float[] y, int yOff, int ldy);
  }

  /** One step of an optimizer; see {@link Kernels#update}. */
  @FunctionalInterface
  public interface Step {
    /**
     * Updates n parameters, n &gt; 0, and their states.
     *
     * @param u the coefficients
     * @param g the gradients, which are only read
     * @param s1 the first state, or null where the rule has none
     * @param s2 the second state, or null where the rule has none
     */
    void apply(
        Update u,
        int n,
        float[] p,
        int pOff,
        float[] g,
        int gOff,
        float @Nullable [] s1,
        int s1Off,
        float @Nullable [] s2,
        int s2Off);
  }

  /** y = f(x), elementwise, on native memory; y may be x at the same place. */
  @FunctionalInterface
  public interface NativeFunction {
    /** Computes n elements, n &gt; 0. */
    void apply(int n, MemorySegment x, MemorySegment y);
  }

  /** C = op(A) op(B) on native memory; the old C is not read. */
  @FunctionalInterface
  public interface NativeProduct {
    /**
     * Computes (m, n), m and n &gt; 0, k &gt;= 0.
     *
     * @param a (m, k), or (k, m) where transposed
     * @param b (k, n), or (n, k) where transposed
     * @param c (m, n), which overlaps neither
     */
    void apply(
        int m,
        int n,
        int k,
        MemorySegment a,
        int lda,
        MemorySegment b,
        int ldb,
        MemorySegment c,
        int ldc);
  }

  /** y = f(x) of each row, such as softmax, on native memory; y may be x at the same place. */
  @FunctionalInterface
  public interface NativeRows {
    /** Computes m rows of n elements, m &gt;= 0, n &gt; 0. */
    void apply(int m, int n, MemorySegment x, int ldx, MemorySegment y, int ldy);
  }

  /** One step of an optimizer on native memory; see {@link Kernels#update}. */
  @FunctionalInterface
  public interface NativeStep {
    /**
     * Updates n parameters, n &gt; 0, and their states.
     *
     * @param u the coefficients
     * @param g the gradients, which are only read
     * @param s1 the first state, or null where the rule has none
     * @param s2 the second state, or null where the rule has none
     */
    void apply(
        Update u,
        int n,
        MemorySegment p,
        MemorySegment g,
        @Nullable MemorySegment s1,
        @Nullable MemorySegment s2);
  }
}
