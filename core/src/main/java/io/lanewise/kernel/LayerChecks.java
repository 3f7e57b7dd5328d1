package io.lanewise.kernel;

import static io.lanewise.kernel.Check.disjoint;
import static io.lanewise.kernel.Check.matrix;
import static io.lanewise.kernel.Check.sameOrDisjoint;
import static io.lanewise.kernel.Check.size;
import static io.lanewise.kernel.Check.vector;

import java.util.Objects;

/** The checks at the door of {@link LayerKernels}: those of matrices beside vectors. */
final class LayerChecks {
  private LayerChecks() {}

  /** The vectors of a norm, whose statistics have so many elements, lie inside their arrays. */
  static void norm(Norm norm, int n, int statistics) {
    Objects.requireNonNull(norm, "norm");
    vector("gamma", norm.gamma(), norm.gammaOff(), n);
    vector("beta", norm.beta(), norm.betaOff(), n);
    vector("mean", norm.mean(), norm.meanOff(), statistics);
    vector("rstd", norm.rstd(), norm.rstdOff(), statistics);
  }

  static void backward(
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      int statistics,
      float[] dy,
      int dyOff,
      int lddy,
      float[] dx,
      int dxOff,
      int lddx,
      float[] dgamma,
      int dgammaOff,
      float[] dbeta,
      int dbetaOff) {
    size("m", m);
    size("n", n);
    matrix("x", x, xOff, ldx, m, n);
    norm(norm, n, statistics);
    matrix("dy", dy, dyOff, lddy, m, n);
    vector("dgamma", dgamma, dgammaOff, n);
    vector("dbeta", dbeta, dbetaOff, n);
    if (dx != null) {
      matrix("dx", dx, dxOff, lddx, m, n);
      sameOrDisjoint("dx", dx, dxOff, lddx, "dy", dy, dyOff, lddy, m, n);
      disjoint("dx", dx, dxOff, lddx, m, n, "x", x, xOff, ldx, m, n);
      apart(norm, n, statistics, "dx", dx, dxOff, lddx, m, n);
      apart("dgamma", dgamma, dgammaOff, n, "dx", dx, dxOff, lddx, m, n);
      apart("dbeta", dbeta, dbetaOff, n, "dx", dx, dxOff, lddx, m, n);
    }
    gradient("dgamma", dgamma, dgammaOff, m, n, x, xOff, ldx, norm, statistics, dy, dyOff, lddy);
    gradient("dbeta", dbeta, dbetaOff, m, n, x, xOff, ldx, norm, statistics, dy, dyOff, lddy);
    disjoint("dbeta", dbeta, dbetaOff, "dgamma", dgamma, dgammaOff, n);
  }

  /** The gradient of gamma or beta overlaps no input. */
  static void gradient(
      String name,
      float[] g,
      int gOff,
      int m,
      int n,
      float[] x,
      int xOff,
      int ldx,
      Norm norm,
      int statistics,
      float[] dy,
      int dyOff,
      int lddy) {
    apart(name, g, gOff, n, "x", x, xOff, ldx, m, n);
    apart(name, g, gOff, n, "dy", dy, dyOff, lddy, m, n);
    apart(norm, n, statistics, name, g, gOff, Math.max(1, n), 1, n);
  }

  /** A matrix that is written overlaps no vector of the norm. */
  static void apart(
      Norm norm,
      int n,
      int statistics,
      String name,
      float[] y,
      int yOff,
      int ldy,
      int m,
      int columns) {
    apart(name, y, yOff, ldy, m, columns, "gamma", norm.gamma(), norm.gammaOff(), n);
    apart(name, y, yOff, ldy, m, columns, "beta", norm.beta(), norm.betaOff(), n);
    apart(name, y, yOff, ldy, m, columns, "mean", norm.mean(), norm.meanOff(), statistics);
    apart(name, y, yOff, ldy, m, columns, "rstd", norm.rstd(), norm.rstdOff(), statistics);
  }

  static void statisticsApart(Norm norm, String name, float[] v, int vOff, int m, int n) {
    apart("mean", norm.mean(), norm.meanOff(), m, name, v, vOff, Math.max(1, n), 1, n);
    apart("rstd", norm.rstd(), norm.rstdOff(), m, name, v, vOff, Math.max(1, n), 1, n);
  }

  static void apart(
      String output,
      float[] y,
      int yOff,
      int ldy,
      int m,
      int n,
      String input,
      float[] v,
      int vOff,
      int length) {
    disjoint(output, y, yOff, ldy, m, n, input, v, vOff, Math.max(1, length), 1, length);
  }

  static void apart(
      String output,
      float[] v,
      int vOff,
      int length,
      String input,
      float[] x,
      int xOff,
      int ldx,
      int m,
      int n) {
    disjoint(output, v, vOff, Math.max(1, length), 1, length, input, x, xOff, ldx, m, n);
  }
}
