package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.numpy.Npy;
import io.lanewise.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbedTest {
  private static final Path MODEL =
      Path.of("../text/src/test/resources/io/lanewise/text/encoder.onnx");
  private static final Path TOKENIZER =
      Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json");

  @TempDir Path folder;

  private Cli embed(String rows, String... more) throws IOException {
    Path data = Files.writeString(folder.resolve("texts.csv"), rows);
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--model", MODEL.toString());
    options.put("--tokenizer", TOKENIZER.toString());
    options.put("--data", data.toString());
    options.put("--out", folder.resolve("vectors.npy").toString());
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    List<Object> args = new ArrayList<>(List.of("embed"));
    options.forEach((name, value) -> args.addAll(List.of(name, value)));
    return Cli.run(args.toArray());
  }

  private String error(int code, Cli ran) {
    assertEquals(code, ran.code(), ran.err());
    assertEquals(1, ran.err().lines().count(), ran.err());
    assertFalse(Files.exists(folder.resolve("vectors.npy")));
    return ran.err().strip().replace(folder.toString(), "DIR");
  }

  @Test
  void aColumnOfTextsBecomesVectors() throws IOException {
    Cli ran = embed("id,text\n1,\"the quick, brown fox\"\n2,Größe\n", "--column", "text");
    assertEquals(0, ran.code(), ran.err());
    assertTrue(ran.out().contains("vectors.npy: 2 texts x 12 numbers, in "), ran.out());
    TextEncoder encoder = TextEncoder.load(MODEL, TOKENIZER);
    try (Npy npy = Npy.open(folder.resolve("vectors.npy"))) {
      assertArrayEquals(new long[] {2, 12}, npy.shape());
      float[] values = npy.floats();
      for (int i = 0; i < 2; i++) {
        float[] vector = encoder.encode(List.of("the quick, brown fox", "Größe")).get(i);
        assertArrayEquals(vector, Arrays.copyOfRange(values, 12 * i, 12 * i + 12));
      }
    }
    assertEquals(0, embed("1;a\n2;b\n", "--column", "2", "--delimiter", ";").code());
  }

  @Test
  void whatIsWrongWithTheTextsIsNamed() throws IOException {
    assertTrue(
        error(2, embed("id,text\n1,a\n", "--column", "txt")).contains("DIR/texts.csv: no column"));
    assertTrue(error(2, embed("1,a\n", "--column", "text")).contains("DIR/texts.csv: no column"));
    assertEquals(
        "lanewise embed: DIR/texts.csv: line 3, column 2 (text): there is no text: leave the row"
            + " out, or write one",
        error(2, embed("id,text\n1,a\n2, \n", "--column", "text")));
    assertEquals(
        "lanewise embed: DIR/texts.csv: no rows", error(2, embed("id,text\n", "--column", "text")));
    assertTrue(
        error(2, embed("id,text\n1,a,b\n", "--column", "text")).contains("DIR/texts.csv: line 2"));
  }

  @Test
  void whatIsWrongWithTheFilesIsNamed() throws IOException {
    String rows = "text\na\n";
    assertEquals(
        "lanewise embed: --out: DIR/v.csv: vectors are written as .npy: give a name that ends in"
            + " .npy",
        error(2, embed(rows, "--column", "1", "--out", folder.resolve("v.csv").toString())));
    assertEquals(
        "lanewise embed: none.onnx: no such file",
        error(2, embed(rows, "--column", "1", "--model", "none.onnx")));
    assertTrue(
        error(2, embed(rows, "--column", "1", "--tokenizer", MODEL.toString()))
            .startsWith("lanewise embed: " + MODEL + ": it is no JSON"));
    Path vocabulary = Files.writeString(folder.resolve("vocab.txt"), "[UNK]\n[CLS]\n[SEP]\na\n");
    assertTrue(
        error(2, embed(rows, "--column", "1", "--tokenizer", vocabulary.toString()))
            .contains("say --lowercase yes, or --lowercase no"));
    assertTrue(error(2, embed(rows, "--column", "1", "--pooling", "sum")).contains("mean, cls"));
    assertEquals(
        "lanewise embed: --max-tokens: wanted more than the 2 that the tokenizer adds to a text, got"
            + " 0",
        error(2, embed(rows, "--column", "1", "--max-tokens", "0")));
    assertTrue(
        error(2, embed("text\n" + "fox ".repeat(100) + "\n", "--column", "1"))
            .contains("no limit is set"));
  }
}
