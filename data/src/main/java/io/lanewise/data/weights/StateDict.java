package io.lanewise.data.weights;

import io.lanewise.data.DataException;
import io.lanewise.data.Encoding;
import io.lanewise.data.internal.FileKind;
import io.lanewise.data.numpy.Npz;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.Safetensors;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Weights that PyTorch, Keras or scikit-learn made and a safetensors or .npz file keeps, without a
 * word on the architecture: {@code net.0.weight} and {@code net.0.bias} are those of the module
 * {@code net.0}. Linear layers, batch norms and layer norms that run one after the other make a
 * network.
 *
 * <ul>
 *   <li>{@code weight} of two dimensions is [out, in], as in PyTorch; {@code kernel} of Keras and
 *       {@code coefs_0} of scikit-learn are [in, out]; {@code coef_} is [out, in].
 *   <li>{@code gamma}, {@code beta}, {@code moving_mean} and {@code moving_variance} are Keras'
 *       names of {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}.
 *   <li>A vector with running statistics is a batch norm, one with a bias a layer norm.
 *   <li>F16, BF16 and F64 become F32. A bias that is missing is 0, the gamma of a batch norm 1.
 *   <li>Tensors of integers and of types that are not read, and whose names are none of a layer's,
 *       are left out; {@link #remarks()} names them.
 * </ul>
 *
 * <p><b>The forward order.</b> Each module takes as many values as the one before it makes. Where
 * several orders fit, the names settle it: numbers of the same word or container by their value,
 * bn1 behind fc1, first before last, encoder before decoder; never the alphabet. Where they are
 * silent, an .npz file's own order, unless it is sorted; that of a safetensors file says nothing,
 * as its writers sort. Otherwise, or if names and file disagree, loading fails and lists the
 * orders: {@link #order} names one. What adds or branches is in no such file: name the layers then,
 * and the order.
 *
 * <pre>{@code
 * try (StateDict file = StateDict.open(Path.of("torch.safetensors"))) {
 *   Model model = file.load(Activation.RELU, Activation.SOFTMAX); // sizes from the file
 *   Model same = file.load("64 128 batchnorm relu 10:softmax");   // or all of it
 *   Model other = file.prefix("encoder").order("fc1", "bn1", "fc2").load(...);
 * }
 * }</pre>
 *
 * <p>Not for several threads at a time.
 */
public final class StateDict implements Closeable {
  private static final String ENCODING = "encoding";

  private static final System.Logger LOG = System.getLogger("io.lanewise");

  private final NamedTensors tensors;
  private final @Nullable Closeable owned;
  private @Nullable String prefix;
  private List<String> ignored = List.of();
  private List<String> order = List.of();
  private double epsilon = Double.NaN;
  private final Set<String> remarks = new LinkedHashSet<>();

  private StateDict(NamedTensors tensors, @Nullable Closeable owned) {
    this.tensors = Objects.requireNonNull(tensors, "tensors");
    this.owned = owned;
  }

  /**
   * Opens a safetensors or .npz file; which of them it is, its first bytes say.
   *
   * @throws ModelFormatException if it is neither, or damaged; the message says what it is, and for
   *     files of PyTorch, Keras and scikit-learn how Python converts them
   * @throws IOException if it cannot be read
   */
  public static StateDict open(Path file) throws IOException {
    FileKind kind = FileKind.of(file);
    if (kind == FileKind.NPZ) {
      Npz npz = Npz.open(file);
      return new StateDict(npz, npz);
    }
    if (kind != FileKind.SAFETENSORS) {
      throw new ModelFormatException(
          file + ": " + kind.wanted(file, "weights: safetensors or .npz"));
    }
    Safetensors safetensors = Safetensors.open(file);
    return new StateDict(safetensors, safetensors);
  }

  /** Takes tensors from elsewhere, whose order says nothing. */
  public static StateDict of(NamedTensors tensors) {
    return new StateDict(tensors, null);
  }

  /**
   * Takes only what is below a name: of {@code encoder.0.weight} and {@code decoder.0.weight} the
   * first with "encoder". Default: all.
   */
  public StateDict prefix(@Nullable String prefix) {
    this.prefix = prefix == null || prefix.isEmpty() ? null : prefix.replaceFirst("[./]$", "");
    return this;
  }

  /** Leaves out tensors and modules by their names. Default: none. */
  public StateDict ignore(String... names) {
    ignored = List.of(names);
    return this;
  }

  /**
   * Names the forward order: all modules, each by its name, with or without the prefix. Without
   * names, or by default: what shapes and names settle.
   */
  public StateDict order(String... modules) {
    order = List.of(modules);
    return this;
  }

  /**
   * Sets what norms add to the variance, which no file says. Default: 1e-5 as PyTorch has, 1e-3 for
   * the names of Keras.
   *
   * @param epsilon above 0; NaN for the default
   */
  public StateDict epsilon(double epsilon) {
    if (epsilon <= 0 || Double.isInfinite(epsilon)) {
      throw new IllegalArgumentException("epsilon must be finite and > 0, got " + epsilon);
    }
    this.epsilon = epsilon;
    return this;
  }

  /** Returns what the last load left out or took for granted, a line each. */
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  /**
   * Loads a network of the sizes that the file has: an activation comes after each linear layer, or
   * after the norm that follows it; where the modules are numbered as in a Sequential and a number
   * is missing, there.
   *
   * @param hidden the activation of all linear layers but the last
   * @param output the activation of the last
   * @throws ModelFormatException if the file is damaged, no order of the modules fits, or several
   *     do; or if it is open where an activation stood
   */
  public Model load(Activation hidden, Activation output) throws IOException {
    Objects.requireNonNull(hidden, "hidden");
    Objects.requireNonNull(output, "output");
    remarks.clear();
    List<WeightModule> modules = new ModuleFinder(tensors, prefix, ignored, remarks).find();
    ChainNames chain = new ChainNames(modules);
    if (order.isEmpty()) {
      chain.require();
    }
    NameOrder names = new NameOrder(modules);
    int[] found = settle(new ModuleOrder(tensors, chain, names, null));
    LayersText text = new LayersText(modules, names, found, epsilon);
    String layers = text.format(hidden, output);
    if (!text.open().isEmpty()) {
      throw error(
          "it is open " + text.open() + ": name all layers, such as --layers \"" + layers + "\"");
    }
    remark(modules);
    try {
      return read(Architecture.parse(layers).zeros().build(), modules, found);
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw error(e.getMessage());
    }
  }

  /**
   * Loads a network of layers that are named.
   *
   * @param architecture see {@link Architecture}
   * @throws ModelFormatException if the file is damaged, its modules are not those of the
   *     architecture, or fit in several orders
   * @throws IllegalArgumentException if the architecture is none
   */
  public Model load(String architecture) throws IOException {
    NetworkBuilder builder = Architecture.parse(architecture).zeros();
    if (!Double.isNaN(epsilon)) {
      throw new IllegalArgumentException("epsilon: the layers name it, batchnorm:0.1:1e-5");
    }
    remarks.clear();
    List<WeightModule> modules = new ModuleFinder(tensors, prefix, ignored, remarks).find();
    Network network = builder.build();
    List<ForwardOrder.Need> needs = ForwardOrder.Need.of(network);
    if (needs.size() != modules.size()) {
      throw error("has " + modules.size() + " modules, the architecture has " + needs.size());
    }
    ModuleOrder run =
        new ModuleOrder(tensors, new ChainNames(modules), new NameOrder(modules), needs);
    return read(network, modules, settle(run));
  }

  private int[] settle(ModuleOrder run) throws IOException {
    return order.isEmpty() ? run.settle(remarks) : run.named(order, prefix);
  }

  private ModelFormatException error(String message) {
    return new ModelFormatException(tensors + ": " + message);
  }

  private void remark(List<WeightModule> modules) {
    boolean keras = modules.stream().anyMatch(WeightModule::hasKerasNames);
    boolean norms =
        modules.stream().anyMatch(m -> !m.isDense() && m.kind() != WeightModule.Kind.NORMALIZATION);
    if (norms && Double.isNaN(epsilon)) {
      remarks.add(
          "norms have the epsilon that "
              + (keras ? "Keras has by default, 0.001" : "PyTorch has by default, 1e-5")
              + ": the file does not say it, --epsilon sets another");
    }
    for (WeightModule module : modules) {
      if (module.kind() == WeightModule.Kind.LAYER_NORM) {
        remarks.add(
            "module " + Names.shown(module.name()) + " has no statistics: taken as a layer norm");
      }
    }
  }

  private Model read(Network network, List<WeightModule> modules, int[] order) throws IOException {
    int at = -1;
    int layer = -1;
    for (NamedTensors.Slot slot : NamedTensors.Slot.of(network)) {
      at += slot.tensor().layer() == layer ? 0 : 1;
      layer = slot.tensor().layer();
      modules.get(order[at]).read(slot);
      warnIfNotFinite(slot);
    }
    Map<String, String> metadata = new TreeMap<>(tensors.metadata());
    metadata.keySet().removeIf(name -> name.startsWith("lanewise."));
    if (!fits(metadata.get(ENCODING), network)) {
      metadata.remove(ENCODING);
      // Weights alone: a network of logits looks like a regression.
      metadata.put("task", "unknown");
    }
    return new Model(network, metadata);
  }

  /**
   * Whether the file has what its own writer said of the columns, and the network is still that.
   */
  private boolean fits(@Nullable String text, Network network) {
    if (text == null) {
      return false;
    }
    try {
      Encoding encoding = Encoding.parse(text);
      boolean two = encoding.hasLabels() && network.nOut() == 1;
      if (encoding.nIn() == network.nIn() && encoding.nOut() == (two ? 2 : network.nOut())) {
        return true;
      }
      remarks.add("left out: what the file says of its columns, " + encoding);
    } catch (DataException e) {
      remarks.add("left out: what the file says of its columns: " + e.getMessage());
    }
    return false;
  }

  private void warnIfNotFinite(NamedTensors.Slot slot) {
    int count = 0;
    for (int i = slot.off(); i < slot.off() + slot.count(); i++) {
      count += Float.isFinite(slot.array()[i]) ? 0 : 1;
    }
    if (count > 0) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: tensor \"{1}\" has {2} values that are NaN or infinite",
          tensors,
          slot.name(),
          count);
    }
  }

  /** Returns the file and its modules' names. */
  @Override
  public String toString() {
    return "StateDict[" + tensors + "]";
  }

  @Override
  public void close() throws IOException {
    if (owned != null) {
      owned.close();
    }
  }
}
