/** The network, data, optimizers, metrics, training, model files and the scalar kernels. */
@SuppressWarnings("module") // The modules that see what is internal are built after this one.
module io.lanewise.core {
  exports io.lanewise.kernel;
  exports io.lanewise.nn;
  exports io.lanewise.dataset;
  exports io.lanewise.optim;
  exports io.lanewise.metrics;
  exports io.lanewise.train;
  exports io.lanewise.model;
  exports io.lanewise.math to
      io.lanewise.check,
      io.lanewise.data,
      io.lanewise.onnx,
      io.lanewise.simd;
  exports io.lanewise.internal to
      io.lanewise.check,
      io.lanewise.data,
      io.lanewise.onnx;

  requires jdk.jfr;
  requires static org.jspecify;

  uses io.lanewise.kernel.KernelProvider;
}
