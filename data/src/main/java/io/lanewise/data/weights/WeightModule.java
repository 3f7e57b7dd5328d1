package io.lanewise.data.weights;

import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tensors of one module, {@code fc1} of {@code fc1.weight} and {@code fc1.bias}. */
final class WeightModule {
  /** What a module is, as far as names and shapes tell. */
  enum Kind {
    DENSE,
    BATCH_NORM,
    LAYER_NORM,
    NORMALIZATION,
    /** A vector alone: a layer norm without bias, an RMS norm or a PReLU. */
    VECTOR
  }

  /** What a tensor is of its module. */
  enum Part {
    /** Of a dense layer [out, in]; of a norm its gamma. */
    WEIGHT,
    /** [in, out]. */
    KERNEL,
    /** [out, in], or of a single output [in]. */
    COEFFICIENTS,
    BIAS,
    MEAN,
    VARIANCE,
    SHIFT,
    SCALE
  }

  /** Which module a tensor belongs to, by its name. */
  record Place(String module, Part part) {}

  private static final Map<String, Part> PARTS =
      Map.ofEntries(
          Map.entry("weight", Part.WEIGHT),
          Map.entry("bias", Part.BIAS),
          Map.entry("running_mean", Part.MEAN),
          Map.entry("running_var", Part.VARIANCE),
          Map.entry("kernel", Part.KERNEL),
          Map.entry("gamma", Part.WEIGHT),
          Map.entry("beta", Part.BIAS),
          Map.entry("moving_mean", Part.MEAN),
          Map.entry("moving_variance", Part.VARIANCE),
          Map.entry("coef_", Part.COEFFICIENTS),
          Map.entry("intercept_", Part.BIAS),
          Map.entry("shift", Part.SHIFT),
          Map.entry("scale", Part.SCALE));

  private static final Pattern SCIKIT_LEARN =
      Pattern.compile("(.*[./])?(coefs|intercepts)_?[._\\[]?(\\d{1,9})\\]?");

  private final NamedTensors file;
  private final String name;
  private final Map<Part, String> tensors = new EnumMap<>(Part.class);
  private boolean kerasNames;
  private Kind kind = Kind.DENSE;
  private int nIn;
  private int nOut;

  WeightModule(NamedTensors file, String name) {
    this.file = file;
    this.name = name;
  }

  /** Returns where a tensor belongs, or null where its name is none of a layer's. */
  static @Nullable Place place(String tensor) {
    boolean listed = tensor.contains("coefs") || tensor.contains("intercepts");
    Matcher list = listed ? SCIKIT_LEARN.matcher(tensor) : null;
    if (list != null && list.matches()) {
      String before = list.group(1) == null ? "" : list.group(1);
      Part part = list.group(2).equals("coefs") ? Part.KERNEL : Part.BIAS;
      return new Place(before + "coefs_" + Integer.parseInt(list.group(3)), part);
    }
    // Keras 2 names variables as TensorFlow does.
    String plain = tensor.endsWith(":0") ? tensor.substring(0, tensor.length() - 2) : tensor;
    int cut = Math.max(plain.lastIndexOf('.'), plain.lastIndexOf('/'));
    Part part = PARTS.get(plain.substring(cut + 1));
    return part == null ? null : new Place(plain.substring(0, Math.max(0, cut)), part);
  }

  void add(Part part, String tensor) throws ModelFormatException {
    if (tensors.put(part, tensor) != null) {
      throw error("has two of " + part.name().toLowerCase(java.util.Locale.ROOT));
    }
    String plain = tensor.endsWith(":0") ? tensor.substring(0, tensor.length() - 2) : tensor;
    kerasNames |=
        plain.endsWith("kernel")
            || plain.endsWith("gamma")
            || plain.endsWith("beta")
            || plain.contains("moving_");
  }

  /** Tells the kind and the sizes, once all tensors are there. */
  void settle() throws IOException {
    String matrix = matrix();
    if (tensors.containsKey(Part.SHIFT) || tensors.containsKey(Part.SCALE)) {
      kind = Kind.NORMALIZATION;
      nIn = length(required(Part.SHIFT));
      require(required(Part.SCALE), nIn);
    } else if (tensors.containsKey(Part.MEAN) || tensors.containsKey(Part.VARIANCE)) {
      kind = Kind.BATCH_NORM;
      nIn = length(required(Part.MEAN));
      require(required(Part.VARIANCE), nIn);
    } else if (matrix != null) {
      settleMatrix(matrix);
      return;
    } else {
      nIn = length(required(Part.WEIGHT));
      kind = tensors.containsKey(Part.BIAS) ? Kind.LAYER_NORM : Kind.VECTOR;
    }
    nOut = nIn;
    for (Part part : new Part[] {Part.WEIGHT, Part.BIAS}) {
      if (tensors.containsKey(part)) {
        require(required(part), nIn);
      }
    }
  }

  /** The matrix of a dense layer, or null. */
  private @Nullable String matrix() throws IOException {
    String kernel = tensors.get(Part.KERNEL);
    String coefficients = tensors.get(Part.COEFFICIENTS);
    String weight = tensors.get(Part.WEIGHT);
    if (kernel != null || coefficients != null) {
      if (weight != null || kernel != null && coefficients != null) {
        throw error("has two matrices of weights");
      }
      return kernel != null ? kernel : coefficients;
    }
    return weight != null && file.shape(weight).length != 1 ? weight : null;
  }

  private void settleMatrix(String matrix) throws IOException {
    long[] shape = file.shape(matrix);
    long[] sizes =
        shape.length == 1 && tensors.containsKey(Part.COEFFICIENTS)
            ? new long[] {1, shape[0]}
            : shape;
    if (sizes.length != 2 || !isSize(sizes[0]) || !isSize(sizes[1])) {
      throw tensorError(matrix, "has the shape " + Arrays.toString(shape) + ", wanted a matrix");
    }
    nOut = (int) sizes[isInOut() ? 1 : 0];
    nIn = (int) sizes[isInOut() ? 0 : 1];
    String bias = tensors.get(Part.BIAS);
    if (bias == null) {
      return;
    }
    long[] length = file.shape(bias);
    boolean one = length.length == 0 && nOut == 1;
    if (!one && (length.length != 1 || length[0] != nOut)) {
      String layout = isInOut() ? "[in, out]" : "[out, in]";
      throw tensorError(
          matrix,
          "is "
              + Arrays.toString(shape)
              + " and its bias "
              + Arrays.toString(length)
              + ": wanted "
              + layout
              + ", as \"weight\" is [out, in] and \"kernel\" and \"coefs_\" are [in, out]");
    }
  }

  private static boolean isSize(long n) {
    return n >= 1 && n <= Integer.MAX_VALUE;
  }

  private String required(Part part) throws ModelFormatException {
    String tensor = tensors.get(part);
    if (tensor == null) {
      throw error(
          "has no "
              + switch (part) {
                case MEAN -> "running_mean";
                case VARIANCE -> "running_var";
                case SHIFT -> "shift";
                default -> part.name().toLowerCase(java.util.Locale.ROOT);
              });
    }
    return tensor;
  }

  private int length(String tensor) throws IOException {
    long[] shape = file.shape(tensor);
    if (shape.length != 1 || !isSize(shape[0])) {
      throw tensorError(tensor, "has the shape " + Arrays.toString(shape) + ", wanted a vector");
    }
    return (int) shape[0];
  }

  private void require(String tensor, int n) throws IOException {
    if (length(tensor) != n) {
      throw tensorError(tensor, "must be [" + n + "], got " + Arrays.toString(file.shape(tensor)));
    }
  }

  ModelFormatException error(String message) {
    return new ModelFormatException(file + ": module " + Names.shown(name) + " " + message);
  }

  private ModelFormatException tensorError(String tensor, String message) {
    return new ModelFormatException(file + ": tensor " + Names.shown(tensor) + " " + message);
  }

  String name() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  boolean isDense() {
    return kind == Kind.DENSE;
  }

  boolean hasBias() {
    return tensors.containsKey(Part.BIAS);
  }

  /** Whether the matrix is [in, out], as its name says. */
  private boolean isInOut() {
    return tensors.containsKey(Part.KERNEL);
  }

  /** Whether its tensors have the names of Keras' variables. */
  boolean hasKerasNames() {
    return kerasNames;
  }

  int nIn() {
    return nIn;
  }

  int nOut() {
    return nOut;
  }

  /**
   * Reads what a tensor of a layer is here; a bias that is missing is 0, a gamma 1.
   *
   * @param slot the tensor of a layer of the same kind and size
   */
  void read(NamedTensors.Slot slot) throws IOException {
    String part = slot.name().substring(slot.name().lastIndexOf('.') + 1);
    String tensor =
        part.equals("weight") && isDense() ? matrix() : tensors.get(PARTS.getOrDefault(part, null));
    if (tensor == null) {
      float missing = part.equals("weight") ? 1 : 0;
      Arrays.fill(slot.array(), slot.off(), slot.off() + slot.count(), missing);
      return;
    }
    boolean turned = part.equals("weight") && isInOut();
    file.read(
        tensor,
        slot.array(),
        slot.off(),
        turned ? slot.columnStride() : slot.rowStride(),
        turned ? slot.rowStride() : slot.columnStride());
  }
}
