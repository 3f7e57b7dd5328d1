package io.lanewise.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.model.ModelFormatException;
import io.lanewise.text.TextEncoder.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the files of sentence-transformers beside a model say. */
final class SentenceFolderTest {
  private static final Path TOKENIZER =
      Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json");
  private static final String TEXT = "The quick brown fox jumps over the lazy dog";
  private static final String MODULES =
      """
      [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}
      """;

  @TempDir Path folder;
  private Path model;
  private TextEncoder plain;

  @BeforeEach
  void copy() throws IOException {
    model = Files.createDirectories(folder.resolve("onnx")).resolve("model.onnx");
    copy("encoder.onnx");
    plain = TextEncoder.load(model, TOKENIZER);
  }

  private void copy(String name) throws IOException {
    Files.deleteIfExists(model);
    try (InputStream in = SentenceFolderTest.class.getResourceAsStream(name)) {
      Files.copy(in, model);
    }
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private float[] encode() throws IOException {
    return TextEncoder.load(model, TOKENIZER).encode(TEXT);
  }

  private String refused() {
    return assertThrows(ModelFormatException.class, this::encode)
        .getMessage()
        .replace(folder.toString(), "DIR");
  }

  @Test
  void thePoolingIsThatOfTheFile() throws IOException {
    for (Pooling pooling : Pooling.values()) {
      String mode = new String[] {"mean_tokens", "cls_token", "max_tokens"}[pooling.ordinal()];
      String other = pooling == Pooling.CLS ? "mean_tokens" : "cls_token";
      write(
          "1_Pooling/config.json",
          "{\"word_embedding_dimension\": 12, \"pooling_mode_"
              + mode
              + "\": true, \"pooling_mode_"
              + other
              + "\": false}");
      assertArrayEquals(plain.withPooling(pooling).encode(TEXT), encode());
      TextEncoder chosen = plain.withFilesBeside(model, Pooling.CLS);
      assertArrayEquals(plain.withPooling(Pooling.CLS).encode(TEXT), chosen.encode(TEXT));
    }
    write("1_Pooling/config.json", "{\"pooling_mode\": \"cls\"}");
    assertArrayEquals(plain.withPooling(Pooling.CLS).encode(TEXT), encode());
    // Beside the model itself, where its folder is no "onnx".
    Path other = folder.resolve("model.onnx");
    Files.copy(model, other);
    assertArrayEquals(encode(), TextEncoder.load(other, TOKENIZER).encode(TEXT));
  }

  @Test
  void theGreatestOfEachNumber() throws IOException {
    float[] most = plain.withPooling(Pooling.MAX).withNormalization(false).encode("fox fox");
    float[] mean = plain.withNormalization(false).encode("fox fox");
    float[] first = plain.withPooling(Pooling.CLS).withNormalization(false).encode("fox fox");
    for (int i = 0; i < most.length; i++) {
      assertEquals(most[i], Math.max(most[i], Math.max(mean[i], first[i])));
    }
  }

  @Test
  void lengthsAndTokensAreThoseOfTheFiles() throws IOException {
    write("modules.json", MODULES + "]");
    assertArrayEquals(plain.withNormalization(false).encode(TEXT), encode());
    write(
        "modules.json",
        MODULES
            + ", {\"path\": \"2_Normalize\", \"type\":"
            + " \"sentence_transformers.models.Normalize\"}]");
    assertArrayEquals(plain.encode(TEXT), encode());
    write("sentence_bert_config.json", "{\"max_seq_length\": 6, \"do_lower_case\": true}");
    assertArrayEquals(plain.withMaxTokens(6).encode(TEXT), encode());
  }

  @Test
  void whatThereIsNotIsNamed() throws IOException {
    write("1_Pooling/config.json", "{\"pooling_mode_lasttoken\": true}");
    assertEquals(
        "DIR/1_Pooling/config.json: it pools by [lasttoken], which is not supported: say mean, cls"
            + " or max",
        refused());
    write(
        "1_Pooling/config.json",
        "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": true}");
    assertEquals(
        "DIR/1_Pooling/config.json: it pools by [cls_token, mean_tokens], which is not supported:"
            + " say mean, cls or max",
        refused());
    write("modules.json", MODULES + ", {\"path\": \"2_Dense\", \"type\": \"a.models.Dense\"}]");
    assertEquals(
        "DIR/modules.json: its module Dense is not supported: only Transformer, Pooling and"
            + " Normalize are",
        refused());
    write("modules.json", "[{\"path\": \"../..\", \"type\": \"Pooling\"}]");
    assertEquals("DIR/modules.json[0].path: wanted a folder inside DIR, got \"../..\"", refused());
    write("modules.json", "[".repeat(1000));
    assertEquals(
        "DIR/modules.json: it is no JSON: line 1, column 66: more than 64 levels", refused());
  }

  /** A graph that pools itself leaves the file nothing to say. */
  @Test
  void aGraphThatPools() throws IOException {
    copy("pooled.onnx");
    float[] wanted = encode();
    write("1_Pooling/config.json", "{\"pooling_mode_lasttoken\": true}");
    assertArrayEquals(wanted, encode());
  }
}
