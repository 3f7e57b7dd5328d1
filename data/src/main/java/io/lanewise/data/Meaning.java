package io.lanewise.data;

import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import io.lanewise.train.Classifier;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A model with what its outputs mean: the task, and the names of the classes. It is kept with the
 * model, whose metadata has it; where neither the metadata nor the network settles it, the caller
 * says it.
 *
 * <pre>{@code
 * Model logits = OnnxModel.load(Path.of("logits.onnx")).toModel();
 * Meaning meaning = Meaning.of(logits, Task.CLASSIFICATION, List.of("cat", "dog", "owl"));
 * meaning.model().save(Path.of("pets.safetensors"));
 * }</pre>
 *
 * <p>Of the network only its inputs, its outputs, its last activation and its loss are looked at.
 * So a graph that is run as it is has a meaning too: that of a network of one layer with the same.
 *
 * @param model the model; its metadata has what this says, its loss is one of the task
 * @param task what the outputs are for
 * @param encoding how rows become what the network takes, and what the classes are called
 */
public record Meaning(Model model, Task task, Encoding encoding) {
  /** The name in the metadata of what {@link Encoding#format} writes. */
  public static final String ENCODING = "encoding";

  /** The name in the metadata of the task. */
  public static final String TASK = "task";

  private static final String CLASSES = "classes";
  // Why it is open what they are called.
  private static final String OPEN = "classes-open";
  private static final String UNKNOWN = "unknown";

  /** Checks that all are there. */
  public Meaning {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(task, "task");
    Objects.requireNonNull(encoding, "encoding");
  }

  /**
   * Returns the task that a model says itself: by its metadata, else by softmax or a single
   * sigmoid, else, if it is one of ours, by its loss; null if nothing settles it.
   *
   * @throws DataException if its metadata does not fit the network
   */
  public static @Nullable Task known(Model model) throws DataException {
    Map<String, String> metadata = model.metadata();
    Network network = model.network();
    Task said = null;
    for (Task task : Task.values()) {
      said = Names.of(task).equals(metadata.get(TASK)) ? task : said;
    }
    if (metadata.containsKey(ENCODING)) {
      boolean labels = encoding(model).hasLabels();
      return labels ? Task.CLASSIFICATION : said == Task.MULTILABEL ? said : Task.REGRESSION;
    }
    if (said != null) {
      return said;
    }
    Activation last = network.outputLayer().activation();
    boolean one = network.nOut() == 1;
    boolean ours = !UNKNOWN.equals(metadata.get(TASK));
    Loss loss = network.loss();
    if (metadata.containsKey(OPEN)
        || !names(model).isEmpty()
        || !last.elementwise()
        || one && last == Activation.SIGMOID
        || ours && (loss == Loss.CROSS_ENTROPY || one && loss.ofProbabilities())) {
      return Task.CLASSIFICATION;
    }
    return ours && !loss.ofProbabilities() ? Task.REGRESSION : null;
  }

  /**
   * Returns what a model says itself, as {@link #known}.
   *
   * @throws DataException if nothing settles the task, naming the choices; or if the metadata does
   *     not fit the network
   */
  public static Meaning of(Model model) throws DataException {
    Task task = known(model);
    if (task == null) {
      Network network = model.network();
      throw new DataException(
          "nothing in it says what its "
              + (network.nOut() == 1 ? "output is" : network.nOut() + " outputs are")
              + " (the last activation is "
              + network.outputLayer().activation()
              + "): add --task classification, --task regression or --task multilabel, and"
              + " --classes A,B,... for names; in Java Meaning.of(model, task, classes)");
    }
    return model.metadata().containsKey(ENCODING)
        ? new Meaning(model, task, encoding(model))
        : of(model, task, List.of());
  }

  /**
   * Returns a network with how the rows were encoded that it was trained on, so that its file takes
   * raw rows: of labels a classification; of targets a regression, or several labels where the loss
   * of more than one is the binary cross-entropy.
   *
   * <pre>{@code
   * Encoding.Encoded table = new CsvReader().label("species").read(file);
   * Classifier classifier = new Classifier().fit(table.dataset());
   * Meaning.of(classifier.network(), table.encoding()).model().save(out);
   * }</pre>
   *
   * @throws DataException if the network is not as wide as the encoding says
   */
  public static Meaning of(Network network, Encoding encoding) throws DataException {
    Task task =
        encoding.hasLabels()
            ? Task.CLASSIFICATION
            : network.loss() == Loss.BINARY_CROSS_ENTROPY && network.nOut() > 1
                ? Task.MULTILABEL
                : Task.REGRESSION;
    return of(new Model(network, Map.of(ENCODING, encoding.format(), TASK, Names.of(task))));
  }

  /**
   * Returns a model with a meaning that the caller knows. Its loss becomes one of the task, where
   * it is none: cross-entropy, binary cross-entropy, or the squared error.
   *
   * @param classes the names of the classes, or of the outputs of {@link Task#MULTILABEL}; empty
   *     for those that the model has, else 0, 1, 2, ..., and for {@link Task#REGRESSION}
   * @throws DataException if the model has rows of columns and another task, which would be lost,
   *     or if the network cannot be of the task, or has not as many outputs as there are names, or
   *     if a name is empty or there twice
   */
  public static Meaning of(Model model, Task task, List<String> classes) throws DataException {
    Network network = model.network();
    Activation last = network.outputLayer().activation();
    if (task != Task.CLASSIFICATION && !last.elementwise()) {
      throw new DataException(
          "the outputs of " + last + " are one class of several: wanted --task classification");
    }
    if (task == Task.REGRESSION && !classes.isEmpty()) {
      throw new DataException(
          "a regression has no classes: leave out --classes, or say --task classification");
    }
    Encoding encoding = encoding(model, task, classes);
    Map<String, String> metadata = new TreeMap<>(model.metadata());
    metadata.keySet().removeAll(Set.of(CLASSES, OPEN));
    metadata.put(ENCODING, encoding.format());
    metadata.put(TASK, Names.of(task));
    Network with = withLoss(network, loss(network, task));
    return new Meaning(new Model(with, metadata), task, encoding);
  }

  /** Returns the network of a classifier that was fitted, with its classes by name. */
  public static Meaning of(Classifier classifier) {
    Network network = classifier.network();
    int[] classes = classifier.classes();
    List<String> names = Arrays.stream(classes).mapToObj(Integer::toString).toList();
    boolean plain = Arrays.equals(classes, IntStream.range(0, classes.length).toArray());
    Encoding encoding = Encoding.ofLabels(network.nIn(), plain ? List.of() : names, classes.length);
    Map<String, String> metadata =
        Map.of(ENCODING, encoding.format(), TASK, Names.of(Task.CLASSIFICATION));
    return new Meaning(new Model(network, metadata), Task.CLASSIFICATION, encoding);
  }

  /**
   * Returns the classifier that the model is, the other way of {@link #of(Classifier)}.
   *
   * @throws DataException if it has no classes, or they have names that are no integers
   */
  public Classifier classifier() throws DataException {
    List<String> names = encoding.classes();
    try {
      IntStream classes =
          names.isEmpty()
              ? IntStream.range(0, encoding.hasLabels() ? encoding.nOut() : 0)
              : names.stream().mapToInt(Integer::parseInt);
      return Classifier.of(model.network(), classes.toArray());
    } catch (IllegalArgumentException e) {
      throw new DataException("its classes must be integers, ascending, got " + encoding);
    }
  }

  /**
   * Returns what makes probabilities of the network's outputs where they are others of classes or
   * labels: softmax of logits, or a sigmoid. The identity where they are probabilities, or none can
   * be made of them.
   */
  public Activation link() {
    Network network = model.network();
    Activation last = network.outputLayer().activation();
    boolean are = last == Activation.SOFTMAX || last == Activation.SIGMOID;
    if (are || task == Task.REGRESSION) {
      return Activation.IDENTITY;
    }
    return last.elementwise() ? network.loss().link() : Activation.SOFTMAX;
  }

  /**
   * Returns a model with an activation after its last layer, which has none: the softmax of logits.
   *
   * @throws DataException if the last layer has another activation, or if it is the softmax of one
   *     output
   */
  public static Model withOutput(Model model, Activation f) throws DataException {
    Network network = model.network();
    Activation last = network.outputLayer().activation();
    boolean logs = last == Activation.LOG_SOFTMAX && f == Activation.IDENTITY;
    if (last.equals(f) || logs) {
      return model;
    }
    if (last != Activation.IDENTITY) {
      throw new DataException(
          "its outputs come out of " + last + " already: --output " + f + " cannot follow it");
    }
    if (network.nOut() == 1 && !f.elementwise()) {
      throw new DataException(
          "it has one output, of which " + f + " is always the same: wanted --output sigmoid");
    }
    NetworkBuilder builder = Architecture.parse(Architecture.format(network) + " " + f).zeros();
    if (network.loss().ofProbabilities()) {
      builder.loss(network.loss()).lossOptions(network.lossOptions());
    }
    return new Model(copy(network, builder), model.metadata());
  }

  /** What the metadata has, if it fits. */
  private static Encoding encoding(Model model) throws DataException {
    Encoding encoding = Encoding.parse(model.metadata().get(ENCODING));
    Network network = model.network();
    boolean binary = encoding.hasLabels() && encoding.nOut() == 2 && network.nOut() == 1;
    if (encoding.nIn() != network.nIn() || encoding.nOut() != network.nOut() && !binary) {
      throw new DataException(
          "metadata: an encoding of "
              + encoding.nIn()
              + " features and "
              + encoding.nOut()
              + " outputs, but the network has "
              + network.nIn()
              + " and "
              + network.nOut());
    }
    return encoding;
  }

  private static Encoding encoding(Model model, Task task, List<String> classes)
      throws DataException {
    int nIn = model.network().nIn();
    int nOut = model.network().nOut();
    if (model.metadata().containsKey(ENCODING)) {
      Encoding known = encoding(model);
      if (classes.isEmpty() && known.hasLabels() == (task == Task.CLASSIFICATION)) {
        return known;
      }
      if (known.columns().stream().anyMatch(Encoding.Column::isFeature)) {
        throw new DataException(
            "it knows its columns and that it has " + known + ": leave out --task and --classes");
      }
    }
    boolean none = !classes.isEmpty() || task == Task.REGRESSION;
    List<String> names = none ? List.copyOf(classes) : names(model);
    return switch (task) {
      case REGRESSION -> Encoding.ofTargets(nIn, nOut);
      case MULTILABEL -> Encoding.ofTargets(nIn, nOut, checked(names, nOut));
      case CLASSIFICATION -> {
        int count = Math.max(2, nOut);
        yield Encoding.ofLabels(nIn, isRange(checked(names, count)) ? List.of() : names, count);
      }
    };
  }

  /** Throws unless they are none, or as many different names as there are classes. */
  private static List<String> checked(List<String> names, int wanted) throws DataException {
    String given = "classes: " + Place.list(names) + ": ";
    if (!names.isEmpty() && names.size() != wanted) {
      throw new DataException(
          given + names.size() + ", but the outputs tell " + wanted + ": --classes names as many");
    }
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isBlank() || !seen.add(name)) {
        throw new DataException(
            given
                + (name.isBlank() ? "one has no name" : Place.quote(name) + " is there twice")
                + ": --classes names them");
      }
    }
    return names;
  }

  private static Loss loss(Network network, Task task) {
    boolean probabilities = network.loss().ofProbabilities();
    Activation last = network.outputLayer().activation();
    return switch (task) {
      case REGRESSION -> probabilities ? Loss.MEAN_SQUARED_ERROR : network.loss();
      case MULTILABEL -> Loss.BINARY_CROSS_ENTROPY;
      case CLASSIFICATION -> {
        boolean fits = probabilities || !last.elementwise() || last == Activation.SIGMOID;
        yield fits
            ? network.loss()
            : network.nOut() == 1 ? Loss.BINARY_CROSS_ENTROPY : Loss.CROSS_ENTROPY;
      }
    };
  }

  private static Network withLoss(Network network, Loss loss) {
    return loss == network.loss()
        ? network
        : copy(network, Architecture.parse(Architecture.format(network)).zeros().loss(loss));
  }

  private static Network copy(Network from, NetworkBuilder builder) {
    Network to = builder.reduction(from.reduction()).build();
    System.arraycopy(from.parameters(), 0, to.parameters(), 0, from.parameters().length);
    System.arraycopy(from.state(), 0, to.state(), 0, from.state().length);
    return to;
  }

  /** Classes that are called 0, 1, 2, ... need no names. */
  private static boolean isRange(List<String> names) {
    return IntStream.range(0, names.size()).allMatch(i -> names.get(i).equals("" + i));
  }

  /** Those of the metadata: a line of CSV, not the list of another language; empty if none. */
  private static List<String> names(Model model) throws DataException {
    String open = model.metadata().get(OPEN);
    if (open != null) {
      throw new DataException(open + ": --classes A,B,... says what they are called");
    }
    String line = model.metadata().getOrDefault(CLASSES, "");
    if (line.isEmpty() || line.startsWith("[") || line.startsWith("{")) {
      return List.of();
    }
    Place place = new Place("metadata: classes");
    int most = Math.max(1 << 13, line.length() + 1);
    try (CsvCursor csv =
        new CsvCursor(new StringReader(line + "\n"), place, CsvSyntax.PLAIN, 0, most)) {
      return csv.next() ? csv.fields() : List.of();
    } catch (DataException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the outputs of a network are for. */
  public enum Task {
    /** One class of several for each row: the largest output, or one output of two classes. */
    CLASSIFICATION,
    /** Quantities. */
    REGRESSION,
    /** A yes or no for each output: any number of labels for each row. */
    MULTILABEL
  }
}
