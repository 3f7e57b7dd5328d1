package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Update;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Plain methods on native memory, for {@link Conformance}: sizes first, then each segment, which
 * begins with the first element and goes on to the end of the memory around the window, aligned to
 * 4 bytes. A matrix has its leading dimension, in elements, and is row-major. The segments are gone
 * after the call.
 */
public final class OnSegments {
  private OnSegments() {}

  /** y = f(x), elementwise; y may be x at the same place. */
  @FunctionalInterface
  public interface Function {
    /** Computes n elements, n &gt; 0. */
    void apply(int n, MemorySegment x, MemorySegment y);
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
        MemorySegment a,
        int lda,
        MemorySegment b,
        int ldb,
        MemorySegment c,
        int ldc);
  }

  /** y = f(x) of each row, such as softmax; y may be x at the same place. */
  @FunctionalInterface
  public interface Rows {
    /** Computes m rows of n elements, m &gt;= 0, n &gt; 0. */
    void apply(int m, int n, MemorySegment x, int ldx, MemorySegment y, int ldy);
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
        MemorySegment p,
        MemorySegment g,
        @Nullable MemorySegment s1,
        @Nullable MemorySegment s2);
  }
}
