package io.lanewise.system.fuzz;

import com.sun.management.ThreadMXBean;
import io.lanewise.data.DataException;
import io.lanewise.data.IdxReader;
import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.zip.GZIPOutputStream;

/**
 * Damaged files for every reader there is: {@code java -Xmx64m -Xss256k -cp ...
 * io.lanewise.system.fuzz.Fuzz FORMAT SECONDS SEED FOLDER}. The exit code is 1 if there was a find.
 */
final class Fuzz {
  static final List<String> FORMATS =
      List.of(
          "safetensors",
          "model",
          "state-dict",
          "npy",
          "npy-rows",
          "npz",
          "npz-rows",
          "csv",
          "csv-options",
          "libsvm",
          "idx",
          "idx-rows",
          "onnx",
          "onnx-external",
          "onnx-run",
          "onnx-rows",
          "onnx-compiled",
          "tokenizer",
          "vocabulary");
  private static final int STACK = 256 << 10;
  private static final Path RESOURCES = Path.of("../core/src/test/resources/io/lanewise/model");
  private static final Path NUMPY = Path.of("../data/src/test/resources/io/lanewise/data/numpy");
  private static final List<String> MODELS =
      List.of(
          "torch-norms",
          "torch-activations",
          "torch-layernorm-14",
          "sklearn-cancer",
          "view",
          "labels",
          "linear-softmax",
          "linear-logistic");
  private static final List<String> ENCODERS = List.of("encoder-11", "encoder-20", "encoder-q");
  private static final Path ONNX = Path.of("../onnx/src/test/resources/io/lanewise/onnx");
  private static final String[] ZIP = {"PK\001\002", "PK\003\004", "PK\005\006", ".npy"};
  private static final List<String> NONE = List.of();
  private static final long TWO_SECONDS = 2_000_000_000L;

  // Held, or it would be forgotten with its level.
  private static final Logger LOGGER = Logger.getLogger("io.lanewise");

  private Fuzz() {}

  /** Runs it; FORMAT may be "all". */
  public static void main(String[] args) throws Exception {
    List<String> formats = args[0].equals("all") ? FORMATS : List.of(args[0]);
    long nanos = (long) (Double.parseDouble(args[1]) * 1e9);
    AtomicInteger finds = new AtomicInteger();
    // Weights that are no numbers are worth a warning, but not here.
    LOGGER.setLevel(Level.OFF);
    for (String format : formats) {
      FileFuzz fuzz = of(format, Path.of(args[3])).seed(Long.parseLong(args[2]));
      // The stack of the main thread is not that of -Xss.
      Thread thread =
          new Thread(null, () -> finds.addAndGet(run(fuzz, format, nanos)), "fuzz", STACK);
      thread.start();
      thread.join();
    }
    System.exit(finds.get() == 0 ? 0 : 1);
  }

  private static int run(FileFuzz fuzz, String format, long nanos) {
    try {
      FileFuzz.Report report = fuzz.run(Long.MAX_VALUE, nanos);
      System.out.println(format + ": " + report);
      report.finds().forEach(System.out::println);
      return report.finds().size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static FileFuzz of(String format, Path folder) throws IOException {
    Path file = folder.resolve("valid");
    FileFuzz fuzz;
    switch (format) {
      case "safetensors" -> {
        fuzz = new FileFuzz(FuzzReaders::readSafetensors, ModelFormatException.class, folder);
        Safetensors.writer()
            .metadata("note", "\u00e4\n\"")
            .add("a", new long[] {2, 3}, new float[6])
            .add("b", new long[0], new long[1])
            .add("c", new long[] {0, 4}, new double[0])
            .checksum()
            .save(file);
        fuzz.file(Files.readAllBytes(file));
        SafetensorsWriter many = Safetensors.writer();
        for (int i = 0; i < 300; i++) {
          many.add("\u00e4" + i, new long[] {1}, new float[1]);
        }
        many.save(file);
        fuzz.file(Files.readAllBytes(file));
        Safetensors.writer().add("a", new long[] {5}, new byte[5]).save(file);
        fuzz.file(Files.readAllBytes(file))
            .file(Files.readAllBytes(RESOURCES.resolve("golden-1.safetensors")))
            .repair(Fuzz::mendHeaderLength);
      }
      case "model" -> {
        fuzz = new FileFuzz(Model::load, ModelFormatException.class, folder);
        Network network =
            Network.builder(2).dense(3, Activation.RELU).dense(2, Activation.SOFTMAX).build();
        new Model(network, Map.of("classes", "a\nb")).save(file);
        fuzz.file(Files.readAllBytes(file));
        Loss.Options options =
            Loss.Options.DEFAULT.classWeights(1, 2.5f).labelSmoothing(0.1f).ignoredIndex(-1);
        Network weighted =
            Network.builder(2).dense(2, Activation.SOFTMAX).lossOptions(options).build();
        new Model(weighted, Map.of()).save(file);
        fuzz.file(Files.readAllBytes(file))
            .words("lanewise.loss.options", "class-weights=", "positive-weights=", "1,1,", "1e-9")
            .words(" label-smoothing=0.5", " huber-delta=2", " ignored-index=7", "0.33333334,")
            .file(Files.readAllBytes(RESOURCES.resolve("golden-1.safetensors")))
            .words("lanewise.layers", "lanewise.loss", "lanewise.reduction", "softmax", "relu")
            .words(
                " 2:relu", " 3", "2147483647", "cross-entropy", "sum", "[ ", " ]", " dropout:0.1")
            .words(" batchnorm", " layernorm:1", " normalization", " batchnorm:0.1:1e-5", " tanh")
            .repair(bytes -> dropChecksum(mendHeaderLength(bytes)));
      }
      case "state-dict" -> {
        fuzz = new FileFuzz(FuzzReaders::readStateDict, ModelFormatException.class, folder);
        fuzz.file(Files.readAllBytes(RESOURCES.resolve("torch-f16.safetensors")))
            .file(Files.readAllBytes(NUMPY.resolve("torch.npz")))
            .words("weight", "bias", "running_mean", "running_var", "num_batches_tracked", "net.0.")
            .repair(Fuzz::mendHeaderLength);
      }
      case "npy" -> {
        fuzz = new FileFuzz(FuzzReaders::readNpy, ModelFormatException.class, folder);
        fuzz.file(Files.readAllBytes(NUMPY.resolve("plain.npy")));
        Npy.save(file, new long[] {3, 2, 2}, new long[12]);
        fuzz.file(Files.readAllBytes(file)).repair(Fuzz::mendNpyLength);
        fuzz.file(npy("<U2", false, "(3,)", "a\0\0\0b\0\0\0c\0\0\0\0\0\0\0\u00e4\0\0\0\0\0\0\0"))
            .file(npy("|S3", false, "(2,)", "abc\0\0\0"))
            .file(npy("<f4", true, "(2, 3)", "\0".repeat(24)))
            .words("'<U2'", "'|S3'", "'>U1'", "'<f8'", "'|O'", "True");
      }
      case "npy-rows" -> {
        fuzz = new FileFuzz(FuzzReaders::readNpyRows, DataException.class, folder);
        Npy.save(folder.resolve("other.npy"), new long[] {3}, new long[] {3, 5, 9});
        fuzz.file(npy("<U1", false, "(3,)", "a\0\0\0b\0\0\0c\0\0\0"))
            .file(npy("<f4", true, "(3, 2)", "\0".repeat(24)))
            .file(npy("|i1", false, "(3,)", "\3\5\3"))
            .words("'<U2'", "'|S3'", "'<f8'", "'|b1'", "True", "(3, 1)", "(1, 3)")
            .repair(Fuzz::mendNpyLength);
      }
      case "npz" -> {
        fuzz = new FileFuzz(FuzzReaders::readNpz, ModelFormatException.class, folder);
        fuzz.file(Files.readAllBytes(NUMPY.resolve("deflated.npz")));
        Npz.writer()
            .add("x", new long[] {2, 2}, new float[4])
            .add("y", new long[] {3}, new int[3])
            .save(file);
        fuzz.file(Files.readAllBytes(file)).words(ZIP);
      }
      case "npz-rows" -> {
        fuzz = new FileFuzz(FuzzReaders::readNpzRows, DataException.class, folder);
        for (List<String> names : List.of(List.of("X", "y"), List.of("x_train", "y_train"))) {
          Npz.writer()
              .add(names.get(0), new long[] {3, 2}, new float[6])
              .add(names.get(1), new long[] {3}, new int[] {3, 5, 9})
              .metadata(Map.of("encoding", "x"))
              .save(file);
          fuzz.file(Files.readAllBytes(file));
        }
        fuzz.words(ZIP).words("x.npy", "y.npy", "arr_0.npy", "arr_1.npy", "data.npy");
      }
      case "onnx", "onnx-run", "onnx-rows", "onnx-compiled" -> {
        boolean run = !format.equals("onnx");
        FileFuzz.Reader reader = run ? FuzzReaders::runOnnx : FuzzReaders::foldOnnx;
        reader = format.equals("onnx-rows") ? FuzzReaders::rowsOfOnnx : reader;
        reader = format.equals("onnx-compiled") ? FuzzReaders::compileOnnx : reader;
        fuzz = new FileFuzz(reader, ModelFormatException.class, folder);
        String layers =
            "2 normalization 3 batchnorm gelu dropout:0.5 [ 3:gelu-tanh ] layernorm 2:silu 2:elu";
        OnnxModel.export(Architecture.parse(layers).build(), file);
        fuzz.file(Files.readAllBytes(file));
        for (String name : MODELS) {
          fuzz.file(Files.readAllBytes(ONNX.resolve(name + ".onnx")));
        }
        for (String name : run ? ENCODERS : NONE) {
          fuzz.file(Files.readAllBytes(ONNX.resolve(name + ".onnx")));
        }
        try (FileSystem tests = FileSystems.newFileSystem(ONNX.resolve("node-tests.zip"))) {
          for (String name : run ? Files.readAllLines(ONNX.resolve("node-tests.txt")) : NONE) {
            fuzz.file(Files.readAllBytes(tests.getPath(name, "model.onnx")));
          }
        }
      }
      case "onnx-external" -> {
        fuzz =
            new FileFuzz(
                path -> OnnxModel.load(path).toModel(), ModelFormatException.class, folder);
        Files.copy(
            ONNX.resolve("external.data"),
            folder.resolve("external.data"),
            StandardCopyOption.REPLACE_EXISTING);
        fuzz.file(Files.readAllBytes(ONNX.resolve("external.onnx")))
            .words("location", "offset", "length", "../", "/etc/passwd", "-1", "99999999999");
      }
      case "csv" -> {
        fuzz = new FileFuzz(FuzzReaders::readCsv, DataException.class, folder);
        fuzz.file(
                "x,y,kind\n1,2.5,a\n-3e4,\"4\",\"b \"\"c\"\"\"\n".getBytes(StandardCharsets.UTF_8))
            .file("0.5;1\n7;2\n".getBytes(StandardCharsets.UTF_8))
            .words("\"", "\"\"", ",", "\n", "\r\n", "NaN", "1e39", "-", "\u00ef\u00bb\u00bf", ";");
      }
      case "csv-options" -> {
        fuzz = new FileFuzz(FuzzReaders::readCsvOptions, DataException.class, folder);
        fuzz.file("sep=;\n# note\nx;y;z\n1,5;NULL;a\n2;3,25;b\n".getBytes(StandardCharsets.UTF_8))
            .file("x;x;z\n1.000,5;?;1\nx;x;z\n2;3;0\n".getBytes(StandardCharsets.UTF_16LE))
            .file("\ufeffx;y\n1;3\n-1;5\n".getBytes(StandardCharsets.UTF_16BE))
            .file("x\ty\n01\tK\u00f6ln\n1\tKln\n".getBytes(StandardCharsets.ISO_8859_1))
            .words(
                "\"",
                ",",
                "\n",
                "\r\n",
                "NULL",
                "?",
                "#",
                "sep=,",
                "\u00ff\u00fe",
                ";",
                "\t",
                "\0");
      }
      case "libsvm" -> {
        fuzz = new FileFuzz(FuzzReaders::readLibsvm, DataException.class, folder);
        byte[] lines =
            "+1 1:0.5 4:-2 # c\n\n-1 qid:7 2:1e-3\r\n1 3:1\n".getBytes(StandardCharsets.UTF_8);
        String wide = "1 1:1\n-1 4194304:1\n1 3:1\n" + " ".repeat((1 << 18) - 28);
        fuzz.file(lines)
            .file("0 1:1\n1.5\n2 2:7 3:9\n".getBytes(StandardCharsets.UTF_8))
            .file(zipped(lines))
            .file(
                "# Column indices are zero-based\n3\n5 0:1\n9 2:1\n"
                    .getBytes(StandardCharsets.UTF_8))
            // Few rows, the widest there are, in a file just large enough: 50 MB when dense.
            .file(wide.getBytes(StandardCharsets.UTF_8))
            .words(":", "1:", " 2:1", "qid:1 ", "#", "\n", "\r\n", "inf", "1e39", "4194304:1", "-");
      }
      case "idx" -> {
        fuzz = new FileFuzz(IdxReader::readFeatures, DataException.class, folder);
        byte[] images = {
          0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
        };
        fuzz.file(images).file(zipped(images));
      }
      case "idx-rows" -> {
        fuzz = new FileFuzz(FuzzReaders::readIdxRows, DataException.class, folder);
        byte[] labels = {0, 0, 8, 1, 0, 0, 0, 3, 3, 5, 9};
        byte[] images = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 1, 2, 3};
        Files.write(folder.resolve("labels.idx"), labels);
        Files.write(folder.resolve("images.idx"), images);
        fuzz.file(labels).file(images).file(zipped(images));
        for (int type : new int[] {9, 11, 12, 13, 14}) {
          byte[] other = Arrays.copyOf(images, 15 + 3 * 7);
          other[2] = (byte) type;
          fuzz.file(other);
        }
      }
      case "tokenizer", "vocabulary" -> fuzz = FuzzTexts.of(format, folder);
      default -> throw new IllegalArgumentException(format);
    }
    Files.deleteIfExists(file);
    fuzz.words("\"dtype\":\"F16\"", "\"shape\":[", "\"data_offsets\":[0,0]", "__metadata__", "[[")
        .words(
            "{\"\":{", "},", "\\ud83d", "'descr': '<f4'", "'fortran_order': True", "(3,)", "|b1");
    return fuzz.limits(METER, factor(format), TWO_SECONDS);
  }

  private static int factor(String format) {
    return switch (format) {
      // A zip's bytes may stand for many more: its own limit is the ratio. Deflate's is 1032.
      case "npz", "npz-rows", "state-dict" -> 4 * Npz.DEFAULT_RATIO;
      case "idx", "idx-rows" -> 4 * 1032;
      // A comma is a column, with a name and all that is kept of its values.
      case "csv" -> 400;
      // The same, and as UTF-16.
      case "csv-options" -> 800;
      // Rows may be 100 times the file; fields are strings, in each of two passes.
      case "libsvm" -> 400;
      // Nodes and names, of a few bytes each.
      case "onnx", "onnx-external", "onnx-run", "onnx-rows" -> 36;
      // The same, and the plan of a run: its limit is what is allowed.
      case "onnx-compiled" -> 48;
      // A value of JSON of two or three bytes is an object.
      case "tokenizer" -> 64;
      // Each letter is a node of the trie, whose tables grow.
      case "vocabulary" -> 160;
      default -> 4;
    };
  }

  static final FileFuzz.Meter METER =
      new FileFuzz.Meter() {
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        @Override
        public long bytes() {
          return threads.getCurrentThreadAllocatedBytes();
        }

        @Override
        public long nanos() {
          return threads.getCurrentThreadCpuTime();
        }
      };

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** The header ends with the last brace of it. */
  private static byte[] mendHeaderLength(byte[] bytes) {
    int brace = 8;
    for (int i = 8; i + 1 < bytes.length; i++) {
      if (bytes[i] == '}' && bytes[i + 1] == '}') {
        brace = i + 2;
      }
    }
    if (bytes.length >= 8) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, brace - 8);
    }
    return bytes;
  }

  private static byte[] dropChecksum(byte[] bytes) {
    byte[] name = Safetensors.CHECKSUM.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i + name.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + name.length, name, 0, name.length)) {
        bytes[i + name.length - 1] = '!';
      }
    }
    return bytes;
  }

  /** A file of version 1, with that header and data of one byte a character. */
  private static byte[] npy(String type, boolean fortran, String shape, String data) {
    String order = fortran ? "True" : "False";
    String header =
        "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }\n";
    String begin = "\u0093NUMPY\1\0" + (char) header.length() + "\0";
    return (begin + header + data).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] mendNpyLength(byte[] bytes) {
    int brace = -1;
    for (int i = 10; i < bytes.length; i++) {
      brace = bytes[i] == '}' ? i : brace;
    }
    if (brace > 0) {
      bytes[8] = (byte) (brace + 1 - 10);
      bytes[9] = (byte) (brace + 1 - 10 >> 8);
    }
    return bytes;
  }
}
