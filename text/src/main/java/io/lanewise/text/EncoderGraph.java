package io.lanewise.text;

import io.lanewise.kernel.Kernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import io.lanewise.onnx.OnnxTensor;
import io.lanewise.tokenizer.Tokenizer.Encoding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A graph that takes the tokens of texts: which of its inputs are what, and which output counts.
 */
final class EncoderGraph {
  static final String IDS = "input_ids";
  static final String MASK = "attention_mask";
  static final String TYPES = "token_type_ids";

  private static final List<String> INPUTS = List.of(IDS, MASK, TYPES);
  private static final List<String> POOLED = List.of("sentence_embedding");
  private static final List<String> BY_TOKEN = List.of("last_hidden_state", "token_embeddings");

  /** The tokens of a run at most, padding among them: far beyond what fits into its memory. */
  private static final int MAX_TOKENS = 1 << 24;

  /** What runs it. */
  private interface Runner {
    Map<String, OnnxTensor> run(Map<String, OnnxTensor> inputs) throws ModelFormatException;
  }

  private final List<ValueInfo> inputs;
  private final ValueInfo output;
  private final Runner runner;
  private final boolean alone;
  private int batch = -1;
  private int tokens = -1;

  EncoderGraph(OnnxModel model, @Nullable String outputName, Kernels kernels)
      throws ModelFormatException {
    inputs = model.inputs();
    for (ValueInfo input : inputs) {
      look(input);
    }
    if (inputs.stream().noneMatch(input -> input.name().equals(IDS))) {
      throw new ModelFormatException(
          "no encoder of texts: no input \"" + IDS + "\", it has " + inputs);
    }
    if (tokens > 0 && !masked()) {
      throw new ModelFormatException(
          "texts of " + tokens + " tokens alone fit in it, and it has no input \"" + MASK + "\"");
    }
    output = output(model.outputs(), outputName);
    alone = model.quantizesByRange();
    runner = model.withOutput(output.name()).compile(kernels, OnnxModel.DEFAULT_RUN_LIMIT)::run;
  }

  private void look(ValueInfo input) throws ModelFormatException {
    int[] dims = input.dims();
    boolean whole = input.type() == OnnxTensor.Type.INT64 || input.type() == OnnxTensor.Type.INT32;
    if (!INPUTS.contains(input.name()) || !whole || dims != null && dims.length != 2) {
      throw new ModelFormatException(
          "its input "
              + input
              + " is not one that a text is made into: wanted "
              + IDS
              + ", "
              + MASK
              + " and "
              + TYPES
              + ", whole numbers of batch x tokens");
    }
    batch = dims != null && dims[0] > 0 ? dims[0] : batch;
    tokens = dims != null && dims[1] > 0 ? dims[1] : tokens;
  }

  private static ValueInfo output(List<ValueInfo> outputs, @Nullable String wanted)
      throws ModelFormatException {
    if (wanted != null) {
      return outputs.stream()
          .filter(output -> output.name().equals(wanted))
          .findFirst()
          .orElseThrow(
              () -> new ModelFormatException("no output \"" + wanted + "\": it has " + outputs));
    }
    for (List<String> names : List.of(POOLED, BY_TOKEN)) {
      for (ValueInfo output : outputs) {
        if (names.contains(output.name())) {
          return output;
        }
      }
    }
    List<ValueInfo> byToken = outputs.stream().filter(output -> rank(output) == 3).toList();
    List<ValueInfo> candidates = byToken.isEmpty() ? outputs : byToken;
    if (candidates.size() != 1) {
      throw new ModelFormatException(
          "which of its outputs is the one of texts is open: name it, one of " + outputs);
    }
    return candidates.getFirst();
  }

  private static int rank(ValueInfo value) {
    int[] dims = value.dims();
    return dims == null ? -1 : dims.length;
  }

  /** Whether it can be told which tokens are padding. */
  boolean masked() {
    return inputs.stream().anyMatch(input -> input.name().equals(MASK));
  }

  /** The texts that it takes at once; -1 for any number. */
  int batch() {
    return batch;
  }

  /** Whether texts that are run together would change each other's vectors. */
  boolean alone() {
    return alone;
  }

  /** The tokens that each text must have, padding among them; -1 for any number. */
  int tokens() {
    return tokens;
  }

  /** Whether a text is one vector there; null if the file does not say. */
  @Nullable Boolean pooled() {
    int rank = rank(output);
    return rank < 0 ? null : (Boolean) (rank == 2);
  }

  String outputName() {
    return output.name();
  }

  /**
   * Runs it.
   *
   * @param texts each shorter than length or as long, if there is a mask; else as long
   * @return (texts, tokens, width), or (texts, width) if it pools
   */
  OnnxTensor run(List<Encoding> texts, int length, int padding) throws ModelFormatException {
    int rows = batch > 0 ? batch : texts.size();
    if ((long) rows * length > MAX_TOKENS) {
      throw new ModelFormatException(
          rows + " texts x " + length + " tokens are more than " + MAX_TOKENS);
    }
    long[] ids = new long[rows * length];
    long[] mask = new long[rows * length];
    long[] types = new long[rows * length];
    for (int i = 0; i < rows; i++) {
      // A batch that is always as large is filled with what is there.
      Encoding text = texts.get(Math.min(i, texts.size() - 1));
      copy(text.ids(), ids, i * length, length, padding);
      copy(text.attentionMask(), mask, i * length, length, 0);
      copy(text.typeIds(), types, i * length, length, 0);
    }
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    for (ValueInfo input : inputs) {
      long[] values = input.name().equals(IDS) ? ids : input.name().equals(MASK) ? mask : types;
      given.put(input.name(), OnnxTensor.of(input.type(), values, rows, length));
    }
    OnnxTensor result = runner.run(given).get(output.name());
    int[] dims = result.dims();
    boolean byToken = dims.length == 3 && dims[1] == length;
    if (dims.length == 0 || dims[0] != rows || !byToken && dims.length != 2) {
      List<Integer> shape = new ArrayList<>();
      for (int dim : dims) {
        shape.add(dim);
      }
      throw new ModelFormatException(
          "its output \""
              + output.name()
              + "\" is of "
              + shape
              + ": wanted a vector of each token, or of each of the "
              + rows
              + " texts");
    }
    return result;
  }

  private static void copy(int[] from, long[] to, int at, int length, int padding) {
    for (int i = 0; i < length; i++) {
      to[at + i] = i < from.length ? from[i] : padding;
    }
  }
}
