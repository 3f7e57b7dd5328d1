package io.lanewise.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.text.TextEncoder.Pooling;
import io.lanewise.tokenizer.Tokenizer;
import io.lanewise.tokenizer.Tokenizer.Padding;
import io.lanewise.tokenizer.Tokenizer.Side;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextEncoderTest {
  private static final Path TOKENIZER =
      Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json");

  /** Those of make_encoder.py. */
  private static final List<String> TEXTS =
      List.of(
          "The quick brown fox jumps over the lazy dog",
          "a",
          "",
          "Tokenization of naïve café résumé, 日本語 and Привет!",
          "transformers embeddings retrieval ".repeat(4));

  @TempDir Path folder;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = TextEncoderTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static TextEncoder encoder() throws IOException {
    return TextEncoder.load(resource("encoder.onnx"), Files.readAllBytes(TOKENIZER));
  }

  /** PyTorch's vectors, of length 1 if that is wanted. */
  private static List<double[]> expected(String pooling, boolean normalized) throws IOException {
    List<double[]> vectors = new ArrayList<>();
    for (String line : new String(resource("vectors.txt"), StandardCharsets.US_ASCII).split("\n")) {
      String[] words = line.split(" ", 0);
      if (words[0].equals(pooling)) {
        double[] vector = new double[words.length - 1];
        double squares = 0;
        for (int j = 0; j < vector.length; j++) {
          vector[j] = Double.parseDouble(words[j + 1]);
          squares += vector[j] * vector[j];
        }
        for (int j = 0; normalized && j < vector.length; j++) {
          vector[j] /= Math.sqrt(squares);
        }
        vectors.add(vector);
      }
    }
    return vectors;
  }

  private static void assertClose(List<double[]> expected, List<float[]> vectors) {
    assertEquals(expected.size(), vectors.size());
    for (int i = 0; i < vectors.size(); i++) {
      float[] floats = vectors.get(i);
      double[] vector = IntStream.range(0, floats.length).mapToDouble(j -> floats[j]).toArray();
      assertArrayEquals(expected.get(i), vector, 1e-5, TEXTS.get(i));
    }
  }

  @Test
  void vectorsAreThoseOfPyTorch() throws IOException {
    assertClose(expected("mean", true), encoder().encode(TEXTS));
    assertClose(expected("mean", false), encoder().withNormalization(false).encode(TEXTS));
    assertClose(
        expected("cls", false),
        encoder().withPooling(Pooling.CLS).withNormalization(false).encode(TEXTS));
  }

  @Test
  void aGraphThatPoolsGivesItsOwn() throws IOException {
    TextEncoder pooled = TextEncoder.load(resource("pooled.onnx"), Files.readAllBytes(TOKENIZER));
    assertClose(expected("mean", true), pooled.encode(TEXTS));
    assertEquals(
        "pooling: the graph has pooled its output \"sentence_embedding\" already",
        assertThrows(IllegalArgumentException.class, () -> pooled.withPooling(Pooling.MEAN))
            .getMessage());
  }

  /** Also with 8 bits, where a batch or its padding would have another range. */
  @ParameterizedTest
  @ValueSource(strings = {"encoder.onnx", "encoder-q.onnx"})
  void theBitsOfATextAreItsOwn(String file) throws IOException {
    Random random = new Random(3);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      texts.add(("x" + i + " the fox, ").repeat(random.nextInt(8)));
    }
    TextEncoder encoder = TextEncoder.load(resource(file), Files.readAllBytes(TOKENIZER));
    List<float[]> alone = texts.stream().map(encoder::encode).toList();
    List<Integer> order = new ArrayList<>(IntStream.range(0, texts.size()).boxed().toList());
    Collections.shuffle(order, random);
    List<float[]> together = encoder.encode(order.stream().map(texts::get).toList());
    List<float[]> scalar =
        TextEncoder.of(
                OnnxModel.parse(resource(file)),
                Tokenizer.load(TOKENIZER),
                null,
                ScalarKernels.INSTANCE)
            .encode(texts);
    List<float[]> byThreads = texts.parallelStream().map(encoder::encode).toList();
    for (int i = 0; i < texts.size(); i++) {
      float[] vector = alone.get(order.get(i));
      assertArrayEquals(vector, together.get(i), texts.get(order.get(i)));
      assertArrayEquals(vector, scalar.get(order.get(i)));
      assertArrayEquals(vector, byThreads.get(order.get(i)));
    }
  }

  @Test
  void whatIsTooLongIsCutWhereThatIsSaid() throws IOException {
    String longText = "the quick brown fox ".repeat(100);
    TextEncoder encoder = encoder();
    String message =
        assertThrows(IllegalArgumentException.class, () -> encoder.encode(longText)).getMessage();
    assertTrue(
        message.startsWith("texts: one of 402 tokens, and no limit is set: maxTokens does: "),
        message);
    float[] cut = encoder.withMaxTokens(10).encode(longText);
    assertArrayEquals(encoder.encode("the quick brown fox the quick brown fox"), cut);
    assertThrows(IllegalArgumentException.class, () -> encoder.withMaxTokens(2));
  }

  /** The file of MiniLM pads each text to 128 tokens. */
  @Test
  void aTokenizerThatPadsChangesNothing() throws IOException {
    Tokenizer padding = Tokenizer.load(TOKENIZER).withPadding(new Padding(32, 1, Side.RIGHT, 0, 0));
    OnnxModel model = OnnxModel.parse(resource("encoder.onnx"));
    TextEncoder encoder = TextEncoder.of(model, padding, null, ScalarKernels.INSTANCE);
    assertArrayEquals(encoder().encode("the fox"), encoder.encode("the fox"));
    assertArrayEquals(
        encoder().withMaxTokens(3).encode("the fox"), encoder.withMaxTokens(3).encode("the fox"));
  }

  @Test
  void noTextsAreNoVectors() throws IOException {
    assertTrue(encoder().encode(List.of()).isEmpty());
    assertEquals(12, encoder().encode("").length);
  }

  @Test
  void whatIsNoEncoderIsRefused() throws IOException {
    Path other = Path.of("../onnx/src/test/resources/io/lanewise/onnx/torch-residual.onnx");
    String message =
        assertThrows(ModelFormatException.class, () -> TextEncoder.load(other, TOKENIZER))
            .getMessage();
    assertTrue(message.startsWith(other + ": its input "), message);
    assertTrue(message.contains("wanted input_ids, attention_mask and token_type_ids"), message);
    OnnxModel model = OnnxModel.parse(resource("encoder.onnx"));
    assertEquals(
        "no output \"pooler\": it has [last_hidden_state: FLOAT (?, ?, 12)]",
        assertThrows(
                ModelFormatException.class,
                () ->
                    TextEncoder.of(model, Tokenizer.load(TOKENIZER), "pooler", KernelLookup.best()))
            .getMessage());
  }
}
