/**
 * Dense networks trained and run on the JVM, with the same bits everywhere: networks, training,
 * model files, and the scalar kernels, which are the specification of the arithmetic.
 *
 * <pre>{@code
 * Network network =
 *     Network.builder(4).dense(16, Activation.RELU).dense(3, Activation.SOFTMAX).seed(1).build();
 * new Trainer(network).optimizer(new Adam(1e-3)).epochs(20).fit(data);
 * Model.save(network, Path.of("model.safetensors"));
 * Predictor predictor = new Predictor(network); // for any number of threads
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.train} (one call: {@link io.lanewise.train.Classifier} and
 * {@link io.lanewise.train.Regressor}), {@link io.lanewise.nn}, {@link io.lanewise.model}. {@code
 * float[]} and matrices are row-major; what is trained is not changed by who shares it.
 *
 * <p>Fast kernels are in {@code lanewise-simd}, which core finds at run time, on the class path
 * with {@code --add-modules=jdk.incubator.vector}.
 */
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
