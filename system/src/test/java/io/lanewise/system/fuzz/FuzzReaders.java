package io.lanewise.system.fuzz;

import io.lanewise.data.CsvReader;
import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.data.IdxReader;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.Meaning;
import io.lanewise.data.Meaning.Task;
import io.lanewise.data.NumpyReader;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.data.weights.StateDict;
import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import io.lanewise.onnx.OnnxRows;
import io.lanewise.onnx.OnnxTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The readers that {@link Fuzz} gives damaged files to: each reads as much of one as it can. */
final class FuzzReaders {
  private FuzzReaders() {}

  static void readSafetensors(Path path) throws IOException {
    try (Safetensors file = Safetensors.open(path)) {
      file.verify();
      for (Safetensors.Entry entry : file.entries()) {
        file.floats(entry.name());
      }
    }
  }

  static void readCsv(Path path) throws IOException {
    new CsvReader().label(CsvReader.LAST).read(path);
  }

  /** With other options for every second length, which is read by the stream. */
  static void readCsvOptions(Path path) throws IOException {
    boolean odd = Files.size(path) % 2 != 0;
    CsvReader csv = new CsvReader().decimal(',').missingValues(List.of("NULL", "?"));
    csv.comments(odd ? CsvReader.Comments.YES : CsvReader.Comments.AUTO);
    csv.missing(odd ? CsvReader.Missing.MEDIAN : CsvReader.Missing.constant(1));
    csv.targets(odd ? List.of("x") : List.of()).unknownAsZeros(true);
    csv.label(odd ? null : CsvReader.LAST);
    if (odd) {
      Encoding.parse(csv.read(path).encoding().format());
    } else {
      lastRow(csv.stream(path));
    }
  }

  private static void lastRow(RowSource source) throws IOException {
    try (RowSource.Reader reader = source.open(Math.max(0, source.rowCount() - 1))) {
      reader.read(new Rows(source, 1), 0, 1);
    }
  }

  /** In memory, and its last row by the stream; every second length as targets. */
  static void readLibsvm(Path path) throws IOException {
    boolean targets = Files.size(path) % 2 == 0;
    Encoding encoding = new LibsvmReader().targets(targets).read(path).encoding();
    Encoding kept = Encoding.parse(encoding.format());
    LibsvmReader reader = new LibsvmReader();
    lastRow(targets ? reader.stream(path, kept) : reader.streamFeatures(path, kept));
  }

  static void readStateDict(Path path) throws IOException {
    try (StateDict file = StateDict.open(path)) {
      file.load(Activation.RELU, Activation.SOFTMAX);
    }
  }

  static void readNpy(Path path) throws IOException {
    try (Npy array = Npy.open(path)) {
      if (array.isText()) {
        array.strings();
        return;
      }
      array.floats();
      if (array.shape().length > 0 && array.shape()[0] > 0) {
        array.rows(array.shape()[0] - 1, 0, new float[0], 0);
      }
    }
  }

  /** Features, and the labels beside them; which of both is damaged changes with the length. */
  static void readNpyRows(Path path) throws IOException {
    Path other = path.resolveSibling("other.npy");
    boolean odd = Files.size(path) % 2 != 0;
    rows(NumpyReader.npy(odd ? path : other, odd ? other : path));
  }

  static void readNpzRows(Path path) throws IOException {
    boolean odd = Files.size(path) % 2 != 0;
    rows(NumpyReader.npz(path).targets(odd));
  }

  private static void rows(NumpyReader reader) throws IOException {
    try {
      reader.encoding(Encoding.parse(reader.read().encoding().format()));
      lastRow(reader.stream());
    } catch (ModelFormatException e) {
      throw from(e, new DataException(e.getMessage()));
    }
  }

  /** As if it had been thrown where the other was, so that the places are told apart. */
  private static <E extends Exception> E from(Exception cause, E e) {
    e.setStackTrace(cause.getStackTrace());
    return e;
  }

  /** The labels of three images of one pixel, or the images of three labels. */
  static void readIdxRows(Path path) throws IOException {
    Path labels = path.resolveSibling("labels.idx");
    Path images = path.resolveSibling("images.idx");
    IdxReader.looksLikeIdx(path);
    boolean odd = Files.size(path) % 2 != 0;
    IdxReader.read(odd ? path : images, odd ? labels : path);
  }

  /** Rows through the graph, and what its outputs are for. */
  static void rowsOfOnnx(Path path) throws IOException {
    OnnxModel model = OnnxModel.parse(Files.readAllBytes(path));
    OnnxRows rows = model.rows(1 << 16);
    if (rows.nIn() + rows.nOut() > 256) {
      // Its width, not its bytes, would be what it costs.
      return;
    }
    Meaning meaning;
    try {
      Model said = rows.model();
      boolean open = Meaning.known(said) == null;
      meaning = open ? Meaning.of(said, Task.REGRESSION, List.of()) : Meaning.of(said);
    } catch (DataException e) {
      throw from(e, new ModelFormatException(e.getMessage()));
    }
    float[] z = new float[3 * rows.nOut()];
    rows.run(3, new float[3 * rows.nIn()], z, ScalarKernels.INSTANCE);
    rows.after(meaning.model().network()).predict(z, 3);
  }

  static void readNpz(Path path) throws IOException {
    try (Npz file = Npz.open(path)) {
      for (String name : file.names()) {
        try (Npy array = file.array(name)) {
          array.floats();
        }
      }
    }
  }

  static void foldOnnx(Path path) throws IOException {
    OnnxModel model = OnnxModel.parse(Files.readAllBytes(path));
    model.remarks();
    model.toModel();
  }

  /** On zeros, two where a dimension is open. */
  static void runOnnx(Path path) throws IOException {
    OnnxModel model = OnnxModel.parse(Files.readAllBytes(path));
    Map<String, OnnxTensor> inputs = zeros(model);
    if (inputs != null) {
      model.run(inputs, ScalarKernels.INSTANCE, 1 << 18);
    }
  }

  static void compileOnnx(Path path) throws IOException {
    OnnxModel model = OnnxModel.parse(Files.readAllBytes(path));
    Map<String, OnnxTensor> inputs = zeros(model);
    if (inputs != null) {
      model.compile(ScalarKernels.INSTANCE, 1 << 18).run(inputs);
    }
  }

  /** Zeros for each input; null where it takes others. */
  private static Map<String, OnnxTensor> zeros(OnnxModel model) {
    Map<String, OnnxTensor> inputs = new HashMap<>();
    for (ValueInfo input : model.inputs()) {
      int[] dims = input.dims() == null ? new int[] {2, 3} : input.dims();
      long count = 1;
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] < 0 ? 2 : dims[i];
        count = Math.min(1 << 14, count) * dims[i];
      }
      if (count > 1 << 14) {
        return null;
      }
      int n = (int) count;
      switch (input.type()) {
        case FLOAT -> inputs.put(input.name(), OnnxTensor.of(new float[n], dims));
        case DOUBLE -> inputs.put(input.name(), OnnxTensor.of(new double[n], dims));
        case FLOAT16, BFLOAT16, STRING -> {
          return null;
        }
        default -> inputs.put(input.name(), OnnxTensor.of(input.type(), new long[n], dims));
      }
    }
    return inputs;
  }
}
