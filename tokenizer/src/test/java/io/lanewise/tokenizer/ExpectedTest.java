package io.lanewise.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lanewise.tokenizer.Tokenizer.Encoding;
import io.lanewise.tokenizer.json.Field;
import io.lanewise.tokenizer.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The ids of Hugging Face's tokenizers, by files that make_expected.py wrote. */
final class ExpectedTest {
  static byte[] resource(String name) throws IOException {
    try (InputStream in = ExpectedTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static List<Field> lines(String name) throws IOException {
    List<Field> lines = new ArrayList<>();
    for (String line : new String(resource(name), StandardCharsets.US_ASCII).split("\n", 0)) {
      lines.add(
          new Field(
              name + " " + (lines.size() + 1), Json.parse(line.getBytes(StandardCharsets.UTF_8))));
    }
    return lines;
  }

  private static int[] ints(Field field) throws IOException {
    List<Field> elements = field.elements();
    int[] ints = new int[elements.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = elements.get(i).whole(0, Integer.MAX_VALUE);
    }
    return ints;
  }

  @Test
  void textsOfManyScriptsGiveTheSameIds() throws IOException {
    Tokenizer tokenizer = Tokenizer.parse(resource("tokenizer.json"));
    List<Field> lines = lines("expected.jsonl");
    assertEquals(400, lines.size());
    for (Field line : lines) {
      String text = line.elements().get(0).text();
      assertArrayEquals(ints(line.elements().get(1)), tokenizer.encode(text).ids(), line::place);
    }
  }

  @Test
  void allThatAFileMaySayGivesTheSameEncodings() throws IOException {
    int count = 0;
    for (Field line : lines("variants.jsonl")) {
      byte[] json = line.elements().get(0).text().getBytes(StandardCharsets.UTF_8);
      Tokenizer tokenizer = Tokenizer.parse(json);
      for (Field one : line.elements().get(1).elements()) {
        List<Field> parts = one.elements();
        String first = parts.get(0).text();
        String second = parts.get(1).isNull() ? null : parts.get(1).text();
        count++;
        if (parts.get(2).isNull()) {
          assertThrows(
              IllegalArgumentException.class, () -> encode(tokenizer, first, second), one::place);
          continue;
        }
        Encoding encoding = encode(tokenizer, first, second);
        assertArrayEquals(ints(parts.get(2)), encoding.ids(), one::place);
        assertArrayEquals(ints(parts.get(3)), encoding.typeIds(), one::place);
        assertArrayEquals(ints(parts.get(4)), encoding.attentionMask(), one::place);
      }
    }
    assertEquals(29 * 24, count);
  }

  private static Encoding encode(Tokenizer tokenizer, String first, String second) {
    return second == null ? tokenizer.encode(first) : tokenizer.encode(first, second);
  }
}
