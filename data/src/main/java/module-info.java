/** Readers of CSV, libsvm, IDX and NumPy files into a dataset, and NumPy arrays in and out. */
module io.lanewise.data {
  requires transitive io.lanewise.core;
  requires de.siegmar.fastcsv;
  requires static org.jspecify;

  exports io.lanewise.data;
  exports io.lanewise.data.numpy;
  exports io.lanewise.data.weights;

  uses io.lanewise.data.ModelFormat;
}
