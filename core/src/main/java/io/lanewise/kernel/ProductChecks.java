package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.vector;

/** The checks at the door of a product, beside those of B. */
final class ProductChecks {
  private ProductChecks() {}

  /** C, and that it overlaps neither A nor what it is fused with. */
  static void check(
      int m,
      int n,
      float[] a,
      int aOff,
      int lda,
      int aRows,
      int aColumns,
      float[] c,
      int cOff,
      int ldc,
      Fusion fusion) {
    matrix("a", a, aOff, lda, aRows, aColumns);
    matrix("c", c, cOff, ldc, m, n);
    disjoint("c", c, cOff, ldc, m, n, "a", a, aOff, lda, aRows, aColumns);
    if (fusion.start() == Fusion.Start.BIAS) {
      float[] bias = fusion.biasArray();
      vector("bias", bias, fusion.biasOff(), n);
      disjoint("c", c, cOff, ldc, m, n, "bias", bias, fusion.biasOff(), Math.max(1, n), 1, n);
    }
    if (fusion.derivative() != null) {
      float[] saved = fusion.saved();
      int savedOff = fusion.savedOff();
      int ldSaved = fusion.ldSaved();
      matrix("saved", saved, savedOff, ldSaved, m, n);
      disjoint("c", c, cOff, ldc, m, n, "saved", saved, savedOff, ldSaved, m, n);
    }
  }
}
