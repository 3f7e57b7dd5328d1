/** What judges kernels and networks: a reference in double, gradients, bits and conformance. */
module io.lanewise.check {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.check;
}
