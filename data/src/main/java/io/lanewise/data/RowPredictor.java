package io.lanewise.data;

import io.lanewise.data.Meaning.Task;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A saved model that takes raw rows, texts and numbers by the names of their columns, and answers
 * by names: for any number of threads at once.
 *
 * <pre>{@code
 * RowPredictor penguins = RowPredictor.load(Path.of("penguins.safetensors")); // once
 * Prediction p = penguins.predict(Map.of("island", "Biscoe", "mass", 3750)); // any thread
 * p.label(); // "Adelie"
 * p.probability("Adelie"); // 0.98
 * }</pre>
 *
 * <p>A number is a {@link Number}, or its text as in a CSV file. A category is a text, or an enum
 * constant, a number, a Boolean or a character that is called so. Missing is null, NaN, or one of
 * the texts "", "NA" and "?", or what {@link CsvReader#missingValues} named; it is an error where
 * the training had none ({@link CsvReader#missing}). Columns of labels, targets and weights may be
 * there and are left out; every other name must be one of {@link #columns()}, and all of these must
 * be there. The outputs are the bits that the command line's {@code predict} writes for the same
 * row.
 *
 * <p>A prediction allocates its answer. Without any allocation: {@link #encode} into an array of
 * the caller's, then {@link #predictor()}.
 */
public final class RowPredictor {
  private static final int POOLED = 64;
  // Of batches that the caller encodes.
  private static final int ROWS = 64;

  private final Meaning meaning;
  private final Kernels kernels;
  private final Predictor predictor;
  private final RowEncoder encoder;
  private final List<String> names;
  private final Activation link;
  private final ArrayBlockingQueue<Predictor.Session> sessions = new ArrayBlockingQueue<>(POOLED);

  /** Takes a model that says itself what it means, or {@link Meaning#of} says it. */
  public RowPredictor(Meaning meaning) {
    this(meaning, KernelLookup.best());
  }

  /** The same with kernels of the caller's choice. */
  public RowPredictor(Meaning meaning, Kernels kernels) {
    this.meaning = Objects.requireNonNull(meaning, "meaning");
    this.kernels = Objects.requireNonNull(kernels, "kernels");
    Encoding encoding = meaning.encoding();
    predictor = new Predictor(meaning.model().network(), kernels, ROWS);
    encoder = new RowEncoder(encoding);
    names =
        IntStream.range(0, encoding.nOut())
            .mapToObj(j -> encoding.hasLabels() ? encoding.className(j) : encoding.outputName(j))
            .toList();
    link = meaning.link();
  }

  /**
   * Loads a model: safetensors of ours, or ONNX where {@code lanewise-onnx} is on the class path or
   * module path; the first bytes tell which.
   *
   * @throws DataException if it is another file; or if it does not say what its outputs are for:
   *     then {@link Meaning#of(io.lanewise.model.Model, Task, List)} says it
   * @throws io.lanewise.model.ModelFormatException if it is no valid model; the message names the
   *     file
   * @throws IOException if it cannot be read
   */
  public static RowPredictor load(Path file) throws IOException {
    return new RowPredictor(ModelLoader.load(file));
  }

  /**
   * Loads a model from a stream, such as a resource of the class path, which is read to its end and
   * left open; see {@link #load(Path)}.
   */
  public static RowPredictor load(InputStream file) throws IOException {
    return load(Objects.requireNonNull(file, "file").readAllBytes());
  }

  /** Loads a model from the bytes of its file; see {@link #load(Path)}. */
  public static RowPredictor load(byte[] file) throws IOException {
    return new RowPredictor(ModelLoader.load(file));
  }

  /** Returns the model, what its outputs are for, and how rows are encoded. */
  public Meaning meaning() {
    return meaning;
  }

  /** Returns the columns that a row has, in the order of places; empty names where it has none. */
  public List<String> columns() {
    return encoder.features();
  }

  /** Returns what predicts encoded rows without allocation: outputs as the network gives them. */
  public Predictor predictor() {
    return predictor;
  }

  /**
   * Predicts a row by the names of its columns.
   *
   * @throws RowException if a value or a name is not what the model takes
   * @throws IllegalStateException if the outputs are NaN
   */
  public Prediction predict(Map<String, ?> row) {
    float[] x = new float[predictor.nIn()];
    encode(row, x, 0);
    return answer(x);
  }

  /**
   * Predicts a row whose columns are the components of a record.
   *
   * @throws RowException as {@link #predict(Map)}
   * @throws IllegalArgumentException if the record is not accessible
   */
  public Prediction predict(Record row) {
    return predict(components(row));
  }

  /**
   * Predicts a row by the places of its columns: the features alone, or all columns as they were in
   * the training, of which the others are left out.
   *
   * @throws RowException as {@link #predict(Map)}
   */
  public Prediction predict(List<?> row) {
    float[] x = new float[predictor.nIn()];
    encode(row, x, 0);
    return answer(x);
  }

  /**
   * Predicts a row by the places of its columns; see {@link #predict(List)}. An array of primitives
   * alone, such as a float[], is the row.
   */
  public Prediction predict(@Nullable Object... row) {
    Object first = Objects.requireNonNull(row, "row").length == 1 ? row[0] : null;
    if (first == null || !first.getClass().isArray()) {
      return predict(Arrays.asList(row));
    }
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < Array.getLength(first); i++) {
      values.add(Array.get(first, i));
    }
    return predict(values);
  }

  /**
   * Writes the features of a row, given by names. Nothing is allocated if numbers are Integer,
   * Long, Float or Double and categories texts without spaces around them.
   *
   * @param x receives nIn values from {@code off} on; what is there after an exception is undefined
   * @throws RowException as {@link #predict(Map)}
   */
  public void encode(Map<String, ?> row, float[] x, int off) {
    Objects.requireNonNull(row, "row");
    requireRoom(x, off);
    encoder.encode(row, x, off);
  }

  /** Writes the features of a row, given by places; see {@link #encode(Map, float[], int)}. */
  public void encode(List<?> row, float[] x, int off) {
    Objects.requireNonNull(row, "row");
    requireRoom(x, off);
    encoder.encode(row, x, off);
  }

  private void requireRoom(float[] x, int off) {
    Matrix.requireInside("x", x, off, predictor.nIn(), 1, predictor.nIn());
  }

  private Prediction answer(float[] x) {
    float[] y = new float[predictor.nOut()];
    Predictor.Session taken = sessions.poll();
    Predictor.Session session = taken == null ? predictor.session() : taken;
    session.predict(x, y);
    Prediction prediction = answer(y, session.scores());
    sessions.offer(session);
    return prediction;
  }

  private Prediction answer(float[] y, float[] scores) {
    for (float value : y) {
      if (Float.isNaN(value)) {
        throw new IllegalStateException(
            "the outputs of the row are NaN: a weight of the model is, or a sum overflows");
      }
    }
    float[] p = probabilities(y);
    List<String> yes = new ArrayList<>();
    switch (meaning.task()) {
      case REGRESSION -> {}
      case MULTILABEL -> {
        for (int j = 0; j < p.length; j++) {
          if (scores[j] > 0) {
            yes.add(names.get(j));
          }
        }
      }
      case CLASSIFICATION -> {
        int predicted = Evaluation.predictedClass(meaning.model().network(), scores, 0);
        if (predicted == Evaluation.NO_CLASS) {
          throw new IllegalStateException("the row has no class: an output is infinite");
        }
        yes.add(names.get(predicted));
        if (p.length == 1) {
          p = new float[] {1 - p[0], p[0]};
        }
      }
    }
    return new Prediction(meaning.task(), Prediction.labels(yes), names, p);
  }

  private float[] probabilities(float[] y) {
    if (link == Activation.IDENTITY) {
      return y;
    }
    Matrix z = new Matrix(y, 1, y.length);
    Matrix p = new Matrix(1, y.length);
    if (link == Activation.SOFTMAX) {
      kernels.softmax(z, p);
    } else {
      kernels.activate(link, z, p);
    }
    return p.array();
  }

  private static Map<String, Object> components(Record row) {
    Map<String, Object> values = new LinkedHashMap<>();
    Class<?> type = Objects.requireNonNull(row, "row").getClass();
    for (RecordComponent component : type.getRecordComponents()) {
      Method accessor = component.getAccessor();
      try {
        accessor.setAccessible(true);
        values.put(component.getName(), accessor.invoke(row));
      } catch (InvocationTargetException e) {
        throw new IllegalArgumentException("row: " + accessor + " failed: " + e.getCause(), e);
      } catch (IllegalAccessException | InaccessibleObjectException e) {
        throw new IllegalArgumentException(
            "row: the module of "
                + type.getName()
                + " must open its package to io.lanewise.data: "
                + e.getMessage(),
            e);
      }
    }
    return values;
  }

  /** The columns, the outputs and the network. */
  @Override
  public String toString() {
    return meaning.encoding() + ", " + predictor;
  }

  /**
   * The one exception for a row of values that a model cannot take: one clear line with the column,
   * what was got and what is wanted.
   */
  public static final class RowException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String column;

    RowException(String column, String message) {
      super(message);
      this.column = column;
    }

    /** Returns the name of the column, or its number from 1; empty if it is about the whole row. */
    public String column() {
      return column;
    }
  }
}
