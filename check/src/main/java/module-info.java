/**
 * What judges kernels and networks: a reference in double, gradients, bits and conformance.
 *
 * <p>Where to begin: {@link io.lanewise.check.GradientCheck} for a network, {@link
 * io.lanewise.check.Conformance} for kernels of your own.
 */
module io.lanewise.check {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.check;
}
