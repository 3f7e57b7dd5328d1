package io.lanewise.cli;

import io.lanewise.data.DataFormat;
import io.lanewise.data.Encoding;
import io.lanewise.data.IdxReader;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.Table;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.model.Safetensors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Says what is in files of weights and of rows. */
final class Contents {
  private static final int CHUNK = 1 << 16;
  private static final int MOST_COLUMNS = 1000;
  private static final int SHOWN = 60;

  private final PrintWriter out;

  Contents(PrintWriter out) {
    this.out = out;
  }

  void header() {
    out.println(
        Text.format(
            "%n%-24s %-5s %-15s %11s %11s %11s %11s %11s %5s",
            "tensor", "type", "shape", "values", "min", "max", "mean", "deviation", "NaN"));
  }

  void row(String name, String type, String shape, long count, Statistics of) {
    out.println(
        Text.format("%-24s %-5s %-15s %,11d", plain(name), type, shape, count)
            + (of == null
                ? ""
                : Text.format(
                    " %11.4g %11.4g %11.4g %11.4g %5d",
                    of.min(), of.max(), of.mean(), of.deviation(), of.nans())));
  }

  void metadata(Map<String, String> metadata) {
    new TreeMap<>(metadata)
        .forEach(
            (name, value) ->
                out.println(
                    Text.format("%-11s", plain(name))
                        + " "
                        + value
                            .strip()
                            .replaceAll("[\\p{Cntrl}&&[^\n]]", "?")
                            .replace("\n", "\n            ")));
  }

  private static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private static String shape(long[] shape) {
    return Arrays.toString(shape).replaceAll("[\\[\\]]", "").replace(", ", " x ");
  }

  /** Tensors without layers: a state_dict. */
  void safetensors(Path file) throws IOException {
    try (Safetensors tensors = Safetensors.open(file)) {
      out.println("safetensors " + tensors.entries().size() + " tensors, without layers of ours");
      header();
      for (Safetensors.Entry entry : tensors.entries()) {
        Statistics of = null;
        if (entry.type().isRead()) {
          float[] values = tensors.floats(entry.name());
          of = Statistics.of(values, 0, values.length);
        }
        row(entry.name(), entry.type().name(), shape(entry.shape()), entry.count(), of);
      }
      out.println();
      metadata(tensors.metadata());
      out.println(
          "next        lanewise import "
              + file
              + " model.safetensors --activation relu --output softmax (or --layers)");
    }
  }

  void npz(Path file) throws IOException {
    try (Npz arrays = Npz.open(file)) {
      out.println("npz         " + arrays.names().size() + " arrays");
      header();
      for (String name : arrays.names()) {
        try (Npy array = arrays.array(name)) {
          array(name, array);
        }
      }
    }
  }

  /** Rows, of whatever format. */
  void data(Path file, DataOptions options) throws IOException {
    DataFormat format = options.of(file);
    switch (format) {
      case NPY -> {
        try (Npy array = Npy.open(file)) {
          out.println("npy         " + (array.fortranOrder() ? "Fortran order" : "C order"));
          header();
          array("", array);
        }
      }
      case NPZ -> npz(file);
      case IDX -> out.println("IDX         " + IdxReader.describe(file));
      case LIBSVM -> libsvm(file, options);
      case CSV -> csv(options.csv().summary(file));
    }
  }

  private void array(String name, Npy array) throws IOException {
    Statistics of = array.isText() ? null : statistics(array);
    String type = array.isText() ? "text" : array.type().name();
    row(name, type, shape(array.shape()), array.count(), of);
  }

  private static Statistics statistics(Npy array) throws IOException {
    Statistics all = new Statistics();
    long[] shape = array.shape();
    if (shape.length == 0) {
      all.add(array.floats(), 0, 1);
    } else if (array.count() > 0) {
      int width = Math.toIntExact(array.count() / shape[0]);
      int m = (int) Math.min(shape[0], Math.max(1, CHUNK / width));
      float[] chunk = new float[m * width];
      for (long row = 0; row < shape[0]; row += m) {
        int n = (int) Math.min(m, shape[0] - row);
        array.rows(row, n, chunk, 0);
        all.add(chunk, 0, n * width);
      }
    }
    return all;
  }

  private void libsvm(Path file, DataOptions options) throws IOException {
    LibsvmReader.Source rows = options.libsvm().targets(true).stream(file);
    Encoding encoding = rows.encoding();
    out.println(
        Text.format(
            "libsvm      %,d rows, %,d features, indices from %d",
            rows.rowCount(), encoding.nIn(), encoding.firstIndex()));
  }

  private void csv(Table.Summary csv) {
    out.println(
        Text.format(
            "CSV         %,d rows, %,d columns, %s",
            csv.rows(), csv.columns().size(), csv.header() ? "with a header" : "without a header"));
    out.println(
        Text.format(
            "%n%6s %-24s %11s %11s %11s %11s %11s %11s  %s",
            "column", "name", "numbers", "texts", "missing", "min", "max", "mean", "values"));
    int c = 0;
    for (Table.Summary.Column column : csv.columns()) {
      if (c++ == MOST_COLUMNS) {
        out.println("and " + (csv.columns().size() - MOST_COLUMNS) + " more");
        return;
      }
      String values = plain(String.join(", ", column.values()));
      boolean numbers = column.numbers() > 0;
      out.println(
          Text.format(
                  "%6d %-24s %,11d %,11d %,11d %11s %11s %11s  %s",
                  c,
                  plain(column.name()),
                  column.numbers(),
                  column.texts(),
                  column.missing(),
                  numbers ? Text.format("%.4g", column.min()) : "",
                  numbers ? Text.format("%.4g", column.max()) : "",
                  numbers ? Text.format("%.4g", column.mean()) : "",
                  values.length() > SHOWN ? values.substring(0, SHOWN) + "..." : values)
              .stripTrailing());
    }
  }
}
