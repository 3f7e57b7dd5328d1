/** ONNX models in and out: a reader, an interpreter, folding into a network, and export. */
module io.lanewise.onnx {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.onnx;
}
