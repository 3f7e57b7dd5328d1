package io.lanewise.realmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.lanewise.tokenizer.Texts;
import io.lanewise.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our tokenizer beside the one of Hugging Face, in Rust, by DJL. */
final class HuggingFaceTest {
  private static final int TEXTS = 20_000;

  @TempDir private Path folder;

  private static String file() throws IOException {
    try (InputStream in =
        HuggingFaceTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }

  /** Hands on what compares the ids of a text. */
  private void comparing(String json, Consumer<Consumer<String>> texts) throws IOException {
    Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
    Map<String, String> whole = Map.of("truncation", "false", "padding", "false");
    Tokenizer ours = Tokenizer.load(file).withoutTruncation().withoutPadding();
    try (HuggingFaceTokenizer theirs = HuggingFaceTokenizer.newInstance(file, whole)) {
      texts.accept(
          text ->
              assertArrayEquals(
                  theirs.encode(text).getIds(),
                  longs(ours.encode(text).ids()),
                  () -> text.codePoints().mapToObj(Integer::toHexString).toList().toString()));
    }
  }

  private static void textsOfManyScripts(Consumer<String> comparison) {
    for (int number = 0; number < TEXTS; number++) {
      comparison.accept(Texts.text(number));
    }
  }

  private static void everyCodePoint(Consumer<String> comparison) {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < 0x110000; c++) {
      if (c < 0xd800 || c >= 0xe000) {
        text.append("a").appendCodePoint(c).append("b ");
      }
      if (c % 256 == 255 && !text.isEmpty()) {
        comparison.accept(text.toString());
        text.setLength(0);
      }
    }
  }

  @Test
  void textsHaveTheSameIds() throws IOException {
    comparing(file(), HuggingFaceTest::textsOfManyScripts);
  }

  @Test
  void textsHaveTheSameIdsWhereCaseAndAccentsStay() throws IOException {
    String cased = file().replaceFirst("\"lowercase\"\\s*:\\s*true", "\"lowercase\":false");
    comparing(cased, HuggingFaceTest::textsOfManyScripts);
  }

  /** Of a vocabulary of all characters, so that one sees what each of them becomes. */
  @Test
  void everyCodePointBecomesTheSame() throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    int id = 0;
    for (String special : List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")) {
      vocabulary.append('"').append(special).append("\":").append(id++).append(',');
    }
    for (int c = 0x21; c < 0x110000; c++) {
      boolean escaped = c == '"' || c == '\\' || c == 0x7f;
      // Those that no tokenizer leaves there would make the file larger alone.
      if (c >= 0xd800 && c < 0xf900 || c >= 0x32400 && c < 0xe0000 || c >= 0xe0200 || escaped) {
        continue;
      }
      vocabulary.append('"').appendCodePoint(c).append("\":").append(id++).append(",\"##");
      vocabulary.appendCodePoint(c).append("\":").append(id++).append(',');
    }
    vocabulary.setLength(vocabulary.length() - 1);
    String json =
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
        "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
        "strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},
        "post_processor":null,"decoder":null,"model":{"type":"WordPiece","unk_token":"[UNK]",
        "continuing_subword_prefix":"##","max_input_chars_per_word":100,"vocab":{%s}}}
        """
            .replace("%s", vocabulary);
    comparing(json, HuggingFaceTest::everyCodePoint);
    comparing(
        json.replace("\"strip_accents\":null", "\"strip_accents\":false"),
        HuggingFaceTest::everyCodePoint);
  }

  @Test
  void aWordOfHundredThousandCharactersIsTheSame() throws IOException {
    comparing(
        file(),
        comparison -> {
          for (String part :
              List.of("a", "é", "中", "😀", "\u0301", "e\u0301\u0323", ".", "\u302e")) {
            comparison.accept("x " + part.repeat(100_000) + " y");
          }
        });
  }
}
