/**
 * Files into rows of a network, and a saved model that takes raw rows by name.
 *
 * <p>Where to begin: {@link io.lanewise.data.CsvReader} for a table, {@link
 * io.lanewise.data.RowPredictor} for a model, {@link io.lanewise.data.numpy} for arrays, {@link
 * io.lanewise.data.weights} for weights of PyTorch, Keras and scikit-learn.
 */
@SuppressWarnings("module") // The module that brings ONNX is built after this one.
module io.lanewise.data {
  requires transitive io.lanewise.core;
  requires de.siegmar.fastcsv;
  requires static org.jspecify;

  exports io.lanewise.data;
  exports io.lanewise.data.numpy;
  exports io.lanewise.data.weights;
  exports io.lanewise.data.internal to
      io.lanewise.onnx;

  uses io.lanewise.data.internal.ModelFormat;
}
