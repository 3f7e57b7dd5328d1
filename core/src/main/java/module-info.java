/** The network, data, optimizers, metrics, training, model files and the scalar kernels. */
module io.lanewise.core {
  exports io.lanewise.kernel;
  exports io.lanewise.nn;
  exports io.lanewise.dataset;
  exports io.lanewise.optim;
  exports io.lanewise.metrics;
  exports io.lanewise.train;
  exports io.lanewise.model;

  requires jdk.jfr;
  requires static org.jspecify;

  uses io.lanewise.kernel.KernelProvider;
}
