package io.lanewise.text;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.onnx.OnnxTensor;
import io.lanewise.tokenizer.Tokenizer;
import io.lanewise.tokenizer.Tokenizer.Encoding;
import io.lanewise.tokenizer.Tokenizer.Side;
import io.lanewise.tokenizer.Tokenizer.Truncation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Texts into vectors, by an encoder as sentence-transformers has them (MiniLM, E5, BGE): its graph
 * in ONNX and its tokenizer.json.
 *
 * <pre>{@code
 * TextEncoder encoder = TextEncoder.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
 * float[] vector = encoder.encode("Where is the nearest station?");
 * }</pre>
 *
 * <p>A vector is the {@link Pooling#MEAN} of those of the text's tokens, of length 1; a graph that
 * pools by itself gives its own. As many tokens count as the tokenizer's file says. The bits of a
 * vector are those of its text alone, whatever texts it is encoded with.
 *
 * <p>Immutable; for any number of threads.
 */
public final class TextEncoder {
  /** How the vectors of a text's tokens become one. */
  public enum Pooling {
    /**
     * Their mean, without padding: MiniLM, E5, GTE, and what sentence-transformers does if not
     * told.
     */
    MEAN,
    /** That of the first token, [CLS]: BGE, Snowflake's Arctic. */
    CLS,
    /** The greatest of each number, without padding. */
    MAX
  }

  /** The texts that are run at once, at most. */
  private static final int BATCH = 32;

  /** The tokens that are run at once, at most, unless one text has more. */
  private static final int TOKENS = 4096;

  private final EncoderGraph graph;
  private final Tokenizer tokenizer;
  private final Pooling pooling;
  private final boolean normalized;
  private final int padding;

  private TextEncoder(
      EncoderGraph graph, Tokenizer tokenizer, Pooling pooling, boolean normalized) {
    this.graph = graph;
    this.tokenizer = tokenizer;
    this.pooling = pooling;
    this.normalized = normalized;
    this.padding =
        tokenizer.padding().map(p -> p.id()).orElseGet(() -> tokenizer.id("[PAD]").orElse(0));
  }

  /**
   * Makes one of a graph and a tokenizer.
   *
   * @param output which of the graph's outputs counts: (batch, tokens, width), or (batch, width) if
   *     it is pooled; null for "sentence_embedding", "last_hidden_state" or "token_embeddings", or
   *     else the only one that is of tokens
   * @param kernels what computes
   * @throws ModelFormatException if the graph is no encoder of texts; the message says why
   */
  public static TextEncoder of(
      OnnxModel model, Tokenizer tokenizer, @Nullable String output, Kernels kernels)
      throws ModelFormatException {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(kernels, "kernels");
    EncoderGraph graph = new EncoderGraph(model, output, kernels);
    Tokenizer unpadded = Objects.requireNonNull(tokenizer, "tokenizer");
    int most = unpadded.truncation().map(Truncation::maxLength).orElse(Integer.MAX_VALUE);
    if (graph.tokens() > 0 && graph.tokens() < most) {
      unpadded = unpadded.withTruncation(Truncation.to(graph.tokens()));
    }
    return new TextEncoder(graph, unpadded, Pooling.MEAN, true);
  }

  /**
   * Loads one, with the best kernels there are. Files of sentence-transformers beside the model say
   * how it pools, as {@link #withFilesBeside}.
   *
   * @param model an ONNX file
   * @param tokenizer a tokenizer.json
   * @throws ModelFormatException if one of them is not what it should be; the message names it
   * @throws IOException if they cannot be read
   */
  public static TextEncoder load(Path model, Path tokenizer) throws IOException {
    Tokenizer tokens = Tokenizer.load(tokenizer);
    OnnxModel graph = OnnxModel.load(model);
    TextEncoder encoder;
    try {
      encoder = of(graph, tokens, null, KernelLookup.best());
    } catch (ModelFormatException e) {
      throw new ModelFormatException(model + ": " + e.getMessage());
    }
    return encoder.withFilesBeside(model, null);
  }

  /**
   * Returns one that pools, normalizes and cuts texts as the files of sentence-transformers say
   * that lie beside a model, or above it if its folder is "onnx": {@code 1_Pooling/config.json},
   * {@code modules.json}, {@code sentence_bert_config.json}. Where there are none it is as it was.
   *
   * @param pooling what counts whatever they say; null for what they say. A graph that has pooled
   *     its output leaves neither a choice
   * @throws ModelFormatException if they ask for what there is not; the message names the file
   * @throws IllegalArgumentException if there is a pooling and the graph's output is pooled
   * @throws IOException if they cannot be read
   */
  public TextEncoder withFilesBeside(Path model, @Nullable Pooling pooling) throws IOException {
    boolean open = pooling == null && !Boolean.TRUE.equals(graph.pooled());
    SentenceFolder.Settings said = SentenceFolder.beside(model, open);
    boolean same = Arrays.equals(tokenizer.encode("A").ids(), tokenizer.encode("a").ids());
    if (said.lowered() != null && !same) {
      throw new ModelFormatException(
          said.lowered() + ": do_lower_case is not supported where the tokenizer keeps capitals");
    }
    TextEncoder encoder = pooling == null ? this : withPooling(pooling);
    encoder = said.pooling() == null ? encoder : encoder.withPooling(said.pooling());
    encoder = said.normalized() == null ? encoder : encoder.withNormalization(said.normalized());
    Integer most = said.maxTokens();
    boolean cut = most != null && (graph.tokens() <= 0 || most < graph.tokens());
    return cut ? encoder.withMaxTokens(most) : encoder;
  }

  /** {@link #load(Path, Path)} of streams, which it reads to their end and leaves open. */
  public static TextEncoder load(InputStream model, InputStream tokenizer) throws IOException {
    return load(model.readAllBytes(), tokenizer.readAllBytes());
  }

  /** {@link #load(Path, Path)} of the bytes of the files. */
  public static TextEncoder load(byte[] model, byte[] tokenizer) throws ModelFormatException {
    Tokenizer tokens = Tokenizer.parse(tokenizer);
    return of(OnnxModel.parse(model), tokens, null, KernelLookup.best());
  }

  /**
   * Returns one that pools in that way.
   *
   * @throws IllegalArgumentException if the graph's output is pooled
   */
  public TextEncoder withPooling(Pooling pooling) {
    Objects.requireNonNull(pooling, "pooling");
    if (Boolean.TRUE.equals(graph.pooled())) {
      throw new IllegalArgumentException(
          "pooling: the graph has pooled its output \"" + graph.outputName() + "\" already");
    }
    return new TextEncoder(graph, tokenizer, pooling, normalized);
  }

  /** Returns one whose vectors have length 1, or are as they come. Default: true. */
  public TextEncoder withNormalization(boolean normalized) {
    return new TextEncoder(graph, tokenizer, pooling, normalized);
  }

  /**
   * Returns one that takes so many tokens of a text, [CLS] and [SEP] among them, at most; what is
   * beyond is left out. Default: what the tokenizer's file says.
   *
   * @throws IllegalArgumentException if there is no room for a token, or the graph takes fewer
   */
  public TextEncoder withMaxTokens(int maxTokens) {
    if (graph.tokens() > 0 && maxTokens > graph.tokens()) {
      throw new IllegalArgumentException(
          "maxTokens: the graph takes " + graph.tokens() + " tokens, got " + maxTokens);
    }
    Truncation.Strategy strategy =
        tokenizer.truncation().map(Truncation::strategy).orElse(Truncation.Strategy.LONGEST_FIRST);
    Side side = tokenizer.truncation().map(Truncation::side).orElse(Side.RIGHT);
    int specials = tokenizer.withoutPadding().encode("").length();
    if (maxTokens <= specials) {
      throw new IllegalArgumentException(
          "maxTokens: wanted more than the "
              + specials
              + " that the tokenizer adds to a text, got "
              + maxTokens);
    }
    Truncation truncation = new Truncation(maxTokens, strategy, side);
    return new TextEncoder(graph, tokenizer.withTruncation(truncation), pooling, normalized);
  }

  /** Returns the tokenizer; it does not pad. */
  public Tokenizer tokenizer() {
    return tokenizer.withoutPadding();
  }

  /**
   * Encodes a text.
   *
   * @throws IllegalArgumentException if the graph cannot be run on it; the message says why
   */
  public float[] encode(String text) {
    return encode(List.of(Objects.requireNonNull(text, "text"))).getFirst();
  }

  /**
   * Encodes texts, those of about the same length at once; each alone where the graph {@link
   * OnnxModel#quantizesByRange}.
   *
   * @return their vectors, in the order of the texts
   * @throws IllegalArgumentException if the graph cannot be run on one; the message says why
   */
  public List<float[]> encode(List<String> texts) {
    List<Encoding> encodings = tokenizer.withoutPadding().encode(texts);
    Integer[] order = new Integer[encodings.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingInt(i -> encodings.get(i).length()));
    float[][] vectors = new float[order.length][];
    for (int from = 0; from < order.length; ) {
      int to = end(encodings, order, from);
      List<Encoding> batch = new ArrayList<>(to - from);
      for (int i = from; i < to; i++) {
        batch.add(encodings.get(order[i]));
      }
      float[][] some = vectors(batch);
      for (int i = from; i < to; i++) {
        vectors[order[i]] = some[i - from];
      }
      from = to;
    }
    return List.of(vectors);
  }

  /** Where a batch ends that begins there: those after it are as long or longer. */
  private int end(List<Encoding> encodings, Integer[] order, int from) {
    int most = graph.alone() ? 1 : graph.batch() > 0 ? graph.batch() : BATCH;
    int to = from + 1;
    while (to < order.length && to - from < most) {
      int length = encodings.get(order[to]).length();
      boolean fits = graph.masked() || length == encodings.get(order[from]).length();
      if (!fits || (long) (to + 1 - from) * length > TOKENS) {
        break;
      }
      to++;
    }
    return to;
  }

  private float[][] vectors(List<Encoding> batch) {
    int longest = batch.getLast().length();
    int length = graph.tokens() > 0 ? graph.tokens() : longest;
    if (batch.getFirst().length() == 0) {
      throw new IllegalArgumentException("text: it has no token, and the tokenizer adds none");
    }
    OnnxTensor output;
    try {
      output = graph.run(batch, length, padding);
    } catch (ModelFormatException e) {
      String hint = tokenizer.truncation().isEmpty() ? ", and no limit is set: maxTokens does" : "";
      throw new IllegalArgumentException(
          "texts: one of " + longest + " tokens" + hint + ": " + e.getMessage(), e);
    }
    float[] values = output.floats();
    int rank = output.rank();
    int width = output.dims()[rank - 1];
    float[][] vectors = new float[batch.size()][];
    for (int i = 0; i < vectors.length; i++) {
      int count = rank == 2 ? 1 : pooling == Pooling.CLS ? 1 : batch.get(i).length();
      int start = i * width * (rank == 2 ? 1 : length);
      vectors[i] =
          pooling == Pooling.MAX && rank != 2
              ? scaled(greatest(values, start, count, width))
              : scaled(mean(values, start, count, width));
    }
    return vectors;
  }

  /** The mean of so many vectors; sums in double, of which the order is that of the tokens. */
  private static double[] mean(float[] values, int start, int count, int width) {
    double[] sums = new double[width];
    for (int t = 0; t < count; t++) {
      for (int j = 0; j < width; j++) {
        sums[j] += values[start + t * width + j];
      }
    }
    for (int j = 0; j < width; j++) {
      sums[j] /= count;
    }
    return sums;
  }

  private static double[] greatest(float[] values, int start, int count, int width) {
    double[] most = new double[width];
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
    for (int t = 0; t < count; t++) {
      for (int j = 0; j < width; j++) {
        most[j] = Math.max(most[j], values[start + t * width + j]);
      }
    }
    return most;
  }

  private float[] scaled(double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double scale = normalized && squares > 0 ? 1 / Math.sqrt(squares) : 1;
    float[] vector = new float[x.length];
    for (int j = 0; j < x.length; j++) {
      vector[j] = (float) (x[j] * scale);
    }
    return vector;
  }

  /** Returns how texts become vectors. */
  @Override
  public String toString() {
    return "\""
        + graph.outputName()
        + "\", "
        + (Boolean.TRUE.equals(graph.pooled()) ? "pooled by the graph" : pooling)
        + (normalized ? ", normalized" : "")
        + "; "
        + tokenizer;
  }
}
