/** The network, training, model files, the scalar reference and the gradient checker. */
module io.lanewise.core {
  exports io.lanewise.kernel;
  exports io.lanewise.nn;
  exports io.lanewise.train;
  exports io.lanewise.model;
  exports io.lanewise.check;

  requires jdk.jfr;

  uses io.lanewise.kernel.KernelProvider;
}
