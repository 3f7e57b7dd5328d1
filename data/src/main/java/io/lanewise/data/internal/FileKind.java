package io.lanewise.data.internal;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** What a file of weights is, told by its first bytes, and how Python makes of it one we read. */
public enum FileKind {
  /** Tensors by name, {@link io.lanewise.model.Safetensors}. */
  SAFETENSORS("a safetensors file", ""),
  /** Arrays by name, {@link io.lanewise.data.numpy.Npz}. */
  NPZ("an .npz file", ""),
  /** A graph, {@code io.lanewise.onnx.OnnxModel}. */
  ONNX("an ONNX file", ""),
  /** Anything, compressed. */
  GZIP("a gzip file, to be unpacked with gunzip", ""),
  /** What {@code torch.save} writes. */
  PYTORCH(
      "a PyTorch file (.pt, .pth)",
      "import numpy, torch; d = torch.load('IN', map_location='cpu'); d = d if isinstance(d, dict)"
          + " else d.state_dict(); d = d.get('state_dict', d); numpy.savez('OUT', **{k:"
          + " v.float().numpy() for k, v in d.items()})"),
  /** A model of Keras 3. */
  KERAS(
      "a Keras file (.keras)",
      "import keras, numpy; numpy.savez('OUT', **{w.path: w.numpy() for w in"
          + " keras.models.load_model('IN').weights})"),
  /** HDF5, as older versions of Keras write. */
  HDF5(
      "an HDF5 file (.h5, Keras)",
      "import keras, numpy; numpy.savez('OUT', **{getattr(w, 'path', w.name): w.numpy() for w in"
          + " keras.models.load_model('IN').weights})"),
  /** Objects of Python: what joblib and pickle write. */
  PICKLE(
      "a Python pickle (.pkl, .joblib: scikit-learn)",
      "import joblib, numpy; m = joblib.load('IN'); numpy.savez('OUT', **{f'coefs_{i}': w for i, w"
          + " in enumerate(m.coefs_)}, **{f'intercepts_{i}': b for i, b in"
          + " enumerate(m.intercepts_)})"),
  /** A table of Apache Parquet. */
  PARQUET("a Parquet file", "", "pandas.read_parquet('IN')"),
  /** A table of Apache Arrow. */
  ARROW("an Arrow or Feather file", "", "pandas.read_feather('IN')"),
  /** A table of Excel or another office program. */
  EXCEL("a spreadsheet (.xlsx, .xls, .ods)", "", "pandas.read_excel('IN')"),
  /** Arrays of MATLAB. */
  MATLAB(
      "a MATLAB file (.mat)",
      "import numpy, scipy.io; numpy.savez('OUT', **{k: v for k, v in"
          + " scipy.io.loadmat('IN').items() if k[0] != '_'})"),
  /** A text or slides of an office program. */
  DOCUMENT("a document (.docx, .pptx, .odt), which has no table", ""),
  /** Classes of Java. */
  JAR("a Java archive (.jar)", ""),
  /** What gzip did not compress. */
  COMPRESSED("a file compressed by bzip2, xz or zstd, to be unpacked first", ""),
  /** Files without one of ours. */
  ZIP("a zip file, to be unpacked with unzip", ""),
  /** None of these. */
  OTHER("none of the formats that are known", "");

  private static final int LOOK = 16;
  private static final int MOST_IR = 64;
  // The names of a zip file are at its end.
  private static final int MOST_NAMES = 1 << 16;
  private static final String KERAS_WEIGHTS = "model.weights.h5";
  private static final int MOST_ENTRIES = 1000;
  // The name of the first file comes after so many bytes.
  private static final int FIRST_NAME = 30;

  private final String text;
  private final String python;

  FileKind(String text, String python) {
    this(text, python, "");
  }

  /**
   * Makes it.
   *
   * @param python what converts it; empty where nothing has to
   * @param table what makes a table of pandas of it; empty if it is none
   */
  FileKind(String text, String python, String table) {
    this.text = text;
    this.python =
        table.isEmpty() ? python : "import pandas; " + table + ".to_csv('CSV', index=False)";
  }

  /**
   * Looks at a file.
   *
   * @throws IOException if it cannot be read
   */
  public static FileKind of(Path file) throws IOException {
    byte[] first;
    try (InputStream in = Files.newInputStream(file)) {
      first = in.readNBytes(LOOK);
    }
    FileKind kind = ofFirst(first);
    return kind == NPZ ? ofZip(file) : kind;
  }

  /** Looks at the bytes of a file. */
  public static FileKind of(byte[] file) {
    FileKind kind = ofFirst(Arrays.copyOf(file, Math.min(LOOK, file.length)));
    if (kind != NPZ) {
      return kind;
    }
    int end = Math.max(0, file.length - MOST_NAMES);
    String names = new String(file, end, file.length - end, StandardCharsets.ISO_8859_1);
    return ofNames(names::contains, names.contains(".npy") || file.length < FIRST_NAME);
  }

  /** What the first bytes say; NPZ for any zip file. */
  private static FileKind ofFirst(byte[] first) {
    String text = new String(first, StandardCharsets.ISO_8859_1);
    // First of all, since the length of a header may begin like a pickle: 640 is 80 02.
    if (text.startsWith("\0\0\0\0{", 4)) {
      return SAFETENSORS;
    }
    if (text.startsWith("PK")) {
      return NPZ;
    }
    if (text.startsWith("\u001f\u008b")) {
      return GZIP;
    }
    if (isOnnx(first)) {
      return ONNX;
    }
    if (text.startsWith("\u0089HDF\r\n")) {
      return HDF5;
    }
    if (text.startsWith("\u0080\2\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\31")) {
      return PYTORCH;
    }
    boolean pickle = first.length > 1 && text.charAt(0) == 0x80 && first[1] >= 2 && first[1] <= 5;
    // Joblib compresses with zlib.
    boolean zlib =
        text.startsWith("x\u009c") || text.startsWith("x\u00da") || text.startsWith("x^");
    if (pickle || zlib && !isText(text)) {
      return PICKLE;
    }
    FileKind table = ofTable(text);
    if (table != OTHER) {
      return table;
    }
    return first.length < 9 || first[8] == '{' ? SAFETENSORS : OTHER;
  }

  /** The version of the representation, field 1, then one of the other fields of a model. */
  private static boolean isOnnx(byte[] first) {
    boolean version = first.length > 2 && first[0] == 8 && first[1] > 0 && first[1] < MOST_IR;
    return version && "\u0012\u001a\"(2:Br".indexOf(first[2]) >= 0;
  }

  private static boolean isText(String text) {
    return text.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t' || c == '\r' || c == '\n');
  }

  private static FileKind ofTable(String text) {
    // The names of a table's columns may be so too.
    boolean binary = !isText(text);
    if (binary && text.startsWith("PAR1")) {
      return PARQUET;
    }
    if (binary && (text.startsWith("ARROW1") || text.startsWith("FEA1"))) {
      return ARROW;
    }
    if (text.startsWith("\u00d0\u00cf\u0011\u00e0")) {
      return EXCEL;
    }
    if (text.startsWith("MATLAB 5.0 MAT")) {
      return MATLAB;
    }
    boolean compressed =
        text.startsWith("1AY&SY", 4) && text.startsWith("BZh")
            || text.startsWith("\u00fd7zXZ\0")
            || text.startsWith("(\u00b5/\u00fd");
    return compressed ? COMPRESSED : OTHER;
  }

  private static FileKind ofZip(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Set<String> names =
          zip.stream().limit(MOST_ENTRIES).map(ZipEntry::getName).collect(Collectors.toSet());
      boolean pickle = names.stream().anyMatch(name -> name.endsWith("data.pkl"));
      boolean arrays = zip.size() == 0 || names.stream().anyMatch(name -> name.endsWith(".npy"));
      return pickle ? PYTORCH : ofNames(name -> zip.getEntry(name) != null, arrays);
    } catch (ZipException | IllegalArgumentException | EOFException e) {
      // Cut or damaged: its names are lost, but for that of the first file.
      try (InputStream in = Files.newInputStream(file)) {
        return of(in.readNBytes(FIRST_NAME + MOST_NAMES / 2));
      }
    }
  }

  /**
   * Tells it by the files in it.
   *
   * @param arrays whether there are some of NumPy, or none at all
   */
  private static FileKind ofNames(Predicate<String> has, boolean arrays) {
    if (has.test("data.pkl")) {
      return PYTORCH;
    }
    if (has.test(KERAS_WEIGHTS)) {
      return KERAS;
    }
    boolean slides = has.test("word/document.xml") || has.test("ppt/presentation.xml");
    if (slides || has.test("content.xml") && has.test("layout-cache")) {
      return DOCUMENT;
    }
    if (has.test("xl/workbook.xml") || has.test("content.xml")) {
      return EXCEL;
    }
    return arrays ? NPZ : has.test("META-INF/MANIFEST.MF") ? JAR : ZIP;
  }

  /** Returns whether it is a file that nothing here reads. */
  public boolean isForeign() {
    return compareTo(PYTORCH) >= 0 && this != OTHER;
  }

  /** Returns what the file is, such as "an ONNX file". */
  @Override
  public String toString() {
    return text;
  }

  /**
   * Returns a line that says what the file is, and what to do.
   *
   * @param wanted what the caller reads
   */
  public String wanted(Path file, String wanted) {
    return wanted(file, wanted, python);
  }

  /** {@link #wanted(Path, String)} of one who reads rows. */
  public String wantedRows(Path file) {
    String rows = "rows: CSV, libsvm, IDX, .npy or .npz";
    return wanted(
        file,
        rows,
        this == PICKLE
            ? "import pandas; pandas.read_pickle('IN').to_csv('CSV', index=False)"
            : this == HDF5
                ? "import h5py, numpy; numpy.savez('OUT', **{k: v[()] for k, v in"
                    + " h5py.File('IN').items()})"
                : this == KERAS ? "" : python);
  }

  private String wanted(Path file, String wanted, String python) {
    if (python.isEmpty()) {
      return text + ", wanted " + wanted;
    }
    String name = file.toString().replace("\\", "\\\\").replace("'", "\\'");
    int dot = name.lastIndexOf('.');
    String out = dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    return text
        + ", wanted "
        + wanted
        + "; convert it with: python3 -c \""
        + python
            .replace("'IN'", "'" + name + "'")
            .replace("'OUT'", "'" + out + ".npz'")
            .replace("'CSV'", "'" + out + ".csv'")
        + "\"";
  }
}
