/**
 * ONNX models in and out: a reader, an interpreter, folding into a network, and export.
 *
 * <p>Where to begin: {@link io.lanewise.onnx.OnnxModel}.
 */
module io.lanewise.onnx {
  requires transitive io.lanewise.core;
  requires static io.lanewise.data;
  requires static org.jspecify;

  exports io.lanewise.onnx;

  provides io.lanewise.data.internal.ModelFormat with
      io.lanewise.onnx.internal.OnnxFormat;
}
