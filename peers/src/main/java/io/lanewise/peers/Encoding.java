package io.lanewise.peers;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.CompiledModel;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.onnx.OnnxTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The vectors that an encoder of texts makes of a batch of tokens: random ones, without padding, of
 * the model whose file is told by {@link #model}.
 */
final class Encoding implements Task {
  /** Texts by tokens of each. */
  private static final int[][] BATCHES = {{1, 16}, {1, 64}, {1, 128}, {8, 64}, {32, 32}};

  /**
   * The words of MiniLM, E5 and BGE but for the special ones; a smaller vocabulary has an error.
   */
  private static final int FIRST_WORD = 1000;

  private static final int WORDS = 28_000;

  /** Of the vectors; with 8 bits a value near the middle of two steps goes to either. */
  private static final double COSINE = 0.9999;

  private static final double COSINE_8_BITS = 0.9;

  private static Path path;

  private final OnnxModel model;
  final int texts;
  final int tokens;
  private final long[] words;
  private float[] wanted;

  private Encoding(OnnxModel model, int texts, int tokens) {
    this.model = model;
    this.texts = texts;
    this.tokens = tokens;
    SplittableRandom random = new SplittableRandom(texts * 1000L + tokens);
    words = random.longs((long) texts * tokens, FIRST_WORD, FIRST_WORD + WORDS).toArray();
  }

  /** Says which model it is. */
  static void model(String file) {
    path = Path.of(file);
  }

  static List<Task> all() {
    if (path == null) {
      throw new IllegalArgumentException("encode: --model FILE is missing, an encoder in ONNX");
    }
    try {
      OnnxModel model = OnnxModel.load(path);
      List<Task> all = new ArrayList<>();
      for (int[] batch : BATCHES) {
        all.add(new Encoding(model, batch[0], batch[1]));
      }
      return all;
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  static byte[] file() {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The output that counts: the first. */
  String output() {
    return model.outputs().getFirst().name();
  }

  List<String> inputs() {
    return model.inputs().stream().map(OnnxModel.ValueInfo::name).toList();
  }

  /** What that input is given. */
  long[] values(String input) {
    if (input.equals("input_ids")) {
      return words;
    }
    long[] values = new long[words.length];
    if (input.equals("attention_mask")) {
      Arrays.fill(values, 1);
    }
    return values;
  }

  private Map<String, OnnxTensor> tensors() {
    Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
    inputs().forEach(name -> tensors.put(name, OnnxTensor.of(values(name), texts, tokens)));
    return tensors;
  }

  /** The work of a compiled graph, into a tensor that is made once. */
  Work compiled(Kernels kernels) {
    try {
      OnnxModel one = model.withOutput(output());
      CompiledModel compiled = one.compile(kernels, OnnxModel.DEFAULT_RUN_LIMIT);
      Map<String, OnnxTensor> given = tensors();
      Map<String, OnnxTensor> results = compiled.run(given);
      return Work.of(
          results.get(output()).floats(),
          () -> {
            try {
              compiled.run(given, results);
            } catch (ModelFormatException e) {
              throw new IllegalStateException(e);
            }
          });
    } catch (ModelFormatException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return texts + "x" + tokens;
  }

  /** One call. */
  @Override
  public double operations() {
    return 1;
  }

  @Override
  public int runs() {
    return 1;
  }

  /** By the graph node by node. */
  @Override
  public void check(float[] y) {
    try {
      if (wanted == null) {
        wanted =
            model
                .run(tensors(), KernelLookup.best(), OnnxModel.DEFAULT_RUN_LIMIT)
                .get(output())
                .floats();
      }
    } catch (ModelFormatException e) {
      throw new IllegalStateException(e);
    }
    double least = 1;
    int width = wanted.length / texts;
    for (int text = 0; text < texts && y.length == wanted.length; text++) {
      double xy = 0;
      double xx = 0;
      double yy = 0;
      for (int i = text * width; i < (text + 1) * width; i++) {
        xy += (double) wanted[i] * y[i];
        xx += (double) wanted[i] * wanted[i];
        yy += (double) y[i] * y[i];
      }
      least = Math.min(least, xy / Math.sqrt(xx * yy));
    }
    boolean bits = new String(file(), StandardCharsets.ISO_8859_1).contains("MatMulInteger");
    if (y.length != wanted.length || !(least >= (bits ? COSINE_8_BITS : COSINE))) {
      throw new IllegalStateException(String.format(Locale.ROOT, "cosine %.6f", least));
    }
  }
}
