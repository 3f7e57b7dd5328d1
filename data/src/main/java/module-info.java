/** Readers of CSV and IDX files into a dataset. */
module io.lanewise.data {
  requires transitive io.lanewise.core;
  requires de.siegmar.fastcsv;

  exports io.lanewise.data;
}
