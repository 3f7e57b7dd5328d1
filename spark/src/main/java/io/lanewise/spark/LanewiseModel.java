package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.data.Meaning;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import io.lanewise.train.History;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A trained network with the columns that it takes and gives.
 *
 * <p>{@link #write} makes a folder of two files: {@code model.safetensors}, which {@link
 * io.lanewise.data.RowPredictor} and the command line take without Spark, and {@code history.csv}.
 */
public final class LanewiseModel {
  private static final String FILE = "model.safetensors";
  private static final String HISTORY = "history.csv";
  private static final String PREFIX = "spark.";
  private static final String FEATURES = PREFIX + "features";
  private static final String PREDICTION = PREFIX + "prediction";
  private static final String PROBABILITY = PREFIX + "probability";
  private static final String LABEL_TYPE = PREFIX + "label-type";
  private static final String BEST_EPOCH = PREFIX + "best-epoch";
  private static final String STOP_REASON = PREFIX + "stop-reason";

  private final Meaning meaning;
  private final History history;
  private final List<String> features;
  private final DataType labelType;
  private final String prediction;
  private final String probability;

  private LanewiseModel(
      Meaning meaning,
      History history,
      List<String> features,
      String prediction,
      String probability,
      DataType labelType) {
    this.meaning = meaning;
    this.history = history;
    this.features = features;
    this.prediction = prediction;
    this.probability = probability;
    this.labelType = labelType;
  }

  static LanewiseModel of(
      Meaning meaning, History history, FitSettings settings, StructType schema) {
    DataType label = DataTypes.DoubleType;
    if (settings.classification) {
      label = Columns.type(schema, settings.targets.get(0));
    }
    return new LanewiseModel(
        meaning, history, settings.features, settings.prediction, settings.probability, label);
  }

  /** Returns the network. */
  public Network network() {
    return meaning.model().network();
  }

  /** Returns the network with how rows are encoded, and what its classes are called. */
  public Meaning meaning() {
    return meaning;
  }

  /** Returns what the fit did. */
  public History history() {
    return history;
  }

  /** Returns the SHA-256 of the parameters and the state, as the command line prints it. */
  public String sha256() {
    return ModelBytes.sha256(network());
  }

  /** Returns the columns that {@link #transform} reads. */
  public List<String> features() {
    return features;
  }

  /** Returns the same that writes its predictions to that column. */
  public LanewiseModel prediction(String column) {
    Objects.requireNonNull(column, "column");
    return new LanewiseModel(meaning, history, features, column, probability, labelType);
  }

  /** Returns the same that writes the probabilities of the classes to that column. */
  public LanewiseModel probability(String column) {
    Objects.requireNonNull(column, "column");
    return new LanewiseModel(meaning, history, features, prediction, column, labelType);
  }

  /**
   * Returns the rows with a prediction: of a classifier the class, of the type of the label it was
   * trained on, and the probabilities of the classes in their order (array of double); else a
   * double, or an array of double for several targets. A row has the same bits in any partition.
   *
   * @throws IllegalArgumentException if a column is missing, or one of the predictions is there
   *     already
   */
  public Dataset<Row> transform(Dataset<?> rows) {
    return Scoring.transform(this, rows.toDF());
  }

  /**
   * Returns the schema of what {@link #transform} gives for such a table.
   *
   * @throws IllegalArgumentException as there
   */
  public StructType transformSchema(StructType schema) {
    features.forEach(name -> Values.index(schema, name));
    return outputs(schema);
  }

  /** The schema of a table with the columns that it adds. */
  StructType outputs(StructType schema) {
    return Outputs.schema(
        schema, hasClasses() ? labelType : null, network().nOut(), prediction, probability);
  }

  String prediction() {
    return prediction;
  }

  String probability() {
    return probability;
  }

  /** What a prediction is, of a classifier. */
  DataType labelType() {
    return labelType;
  }

  /** Whether there are classes. */
  boolean hasClasses() {
    return meaning.encoding().hasLabels();
  }

  /** The bytes of the model's file. */
  byte[] bytes() {
    return ModelBytes.of(meaning.model());
  }

  /**
   * Writes it to a folder on any file system of Hadoop.
   *
   * @throws IllegalStateException if it is there already
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(String folder) {
    write(folder, SaveMode.ErrorIfExists);
  }

  /**
   * The same. {@link SaveMode#Overwrite} replaces a model that is there already, once the new one
   * is written whole; a folder of anything else is left alone.
   *
   * @throws IllegalStateException if it is there already, and no model or not to be replaced
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(String folder, SaveMode mode) {
    Objects.requireNonNull(mode, "mode");
    Path path = new Path(folder);
    try {
      FileSystem files = fileSystem(path);
      path = files.makeQualified(path);
      boolean there = files.exists(path);
      if (there && mode == SaveMode.Ignore) {
        return;
      }
      if (there && mode != SaveMode.Overwrite) {
        throw new IllegalStateException(
            folder + " is there already: take another, or SaveMode.Overwrite");
      }
      if (there && !files.exists(new Path(path, FILE))) {
        throw new IllegalStateException(
            folder + " is there already and has no " + FILE + ": it is not overwritten");
      }
      Path whole = new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
      try {
        put(files, new Path(whole, HISTORY), history.toCsv().getBytes(StandardCharsets.UTF_8));
        put(files, new Path(whole, FILE), ModelBytes.of(new Model(network(), metadata())));
        if (there) {
          files.delete(path, true);
        }
        if (!files.rename(whole, path)) {
          throw new IOException("it is in " + whole + ", which cannot be renamed");
        }
      } catch (IOException e) {
        if (files.exists(path)) {
          files.delete(whole, true);
        }
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder + ": " + e.getMessage(), e);
    }
  }

  private Map<String, String> metadata() {
    Map<String, String> metadata = new TreeMap<>(meaning.model().metadata());
    metadata.put(FEATURES, String.join("\n", features));
    metadata.put(PREDICTION, prediction);
    metadata.put(PROBABILITY, probability);
    metadata.put(LABEL_TYPE, labelType.json());
    metadata.put(BEST_EPOCH, Integer.toString(history.bestEpoch()));
    metadata.put(STOP_REASON, history.stopReason());
    return metadata;
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws UncheckedIOException if it cannot be read, or is none
   */
  public static LanewiseModel load(String folder) {
    Path path = new Path(folder);
    try {
      FileSystem files = fileSystem(path);
      Model model = ModelBytes.model(get(files, new Path(path, FILE)));
      Map<String, String> metadata = model.metadata();
      if (!metadata
          .keySet()
          .containsAll(
              List.of(FEATURES, PREDICTION, PROBABILITY, LABEL_TYPE, BEST_EPOCH, STOP_REASON))) {
        throw new IOException("its " + FILE + " was not written by LanewiseModel");
      }
      String csv = new String(get(files, new Path(path, HISTORY)), StandardCharsets.UTF_8);
      return new LanewiseModel(
          Meaning.of(model),
          HistoryText.parse(
              csv, Integer.parseInt(metadata.get(BEST_EPOCH)), metadata.get(STOP_REASON)),
          Arrays.asList(metadata.get(FEATURES).split("\n", -1)),
          metadata.get(PREDICTION),
          metadata.get(PROBABILITY),
          DataType.fromJson(metadata.get(LABEL_TYPE)));
    } catch (FileNotFoundException e) {
      throw new UncheckedIOException("no model in " + folder + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      // Of Spark's and our own readers, whose exceptions for a damaged text are many.
      throw new UncheckedIOException(folder + ": is damaged: " + e, new IOException(e));
    }
  }

  private static FileSystem fileSystem(Path path) throws IOException {
    return path.getFileSystem(SparkSession.active().sparkContext().hadoopConfiguration());
  }

  private static void put(FileSystem files, Path path, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = files.create(path, true)) {
      out.write(bytes);
      out.hsync();
    }
  }

  private static byte[] get(FileSystem files, Path path) throws IOException {
    try (InputStream in = files.open(path)) {
      return in.readAllBytes();
    }
  }

  @Override
  public String toString() {
    Encoding encoding = meaning.encoding();
    return "model of " + features + ", " + encoding + ", " + network();
  }
}
