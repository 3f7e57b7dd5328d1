package io.lanewise.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.ModelFormatException;
import io.lanewise.tokenizer.Tokenizer.Encoding;
import io.lanewise.tokenizer.Tokenizer.Padding;
import io.lanewise.tokenizer.Tokenizer.Side;
import io.lanewise.tokenizer.Tokenizer.Truncation;
import io.lanewise.tokenizer.json.Field;
import io.lanewise.tokenizer.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TokenizerTest {
  private static final String VOCABULARY =
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nB\n中\n.\ni\n";

  @TempDir Path folder;

  private static Tokenizer ofLines(boolean lowercase) throws IOException {
    return Tokenizer.parseVocabulary(VOCABULARY.getBytes(StandardCharsets.UTF_8), lowercase);
  }

  private static Tokenizer ofJson() throws IOException {
    return Tokenizer.parse(ExpectedTest.resource("tokenizer.json"));
  }

  @Test
  void linesOfAVocabularyAreIds() throws IOException {
    Path file = folder.resolve("vocab.txt");
    Files.writeString(file, VOCABULARY.replace("\n", "\r\n"));
    Tokenizer tokenizer = Tokenizer.loadVocabulary(file, true);
    assertEquals(11, tokenizer.size());
    assertArrayEquals(
        new int[] {2, 5, 6, 6, 8, 9, 4, 1, 3}, tokenizer.encode("ABB中.[MASK]B").ids());
    assertArrayEquals(new int[] {2, 1, 7, 3}, ofLines(false).encode("Ab B").ids());
    assertEquals(List.of("a", "##b", "[UNK]"), tokenizer.tokens("ab x"));
    assertEquals(OptionalInt.of(6), tokenizer.id("##b"));
    assertEquals(OptionalInt.empty(), tokenizer.id("##"));
    assertEquals("B", tokenizer.token(7));
    assertThrows(IllegalArgumentException.class, () -> tokenizer.token(11));
  }

  @Test
  void halvesOfSurrogatePairsCountAsUndecodable() throws IOException {
    Tokenizer tokenizer = ofLines(true);
    int[] expected = tokenizer.encode("a\ufffdb a").ids();
    assertArrayEquals(expected, tokenizer.encode("a\ud83db a").ids());
    assertArrayEquals(expected, tokenizer.encode("a\ude00b a").ids());
    assertArrayEquals(tokenizer.encode("a").ids(), tokenizer.encode("a\ud83d").ids());
    assertEquals(List.of("[UNK]"), tokenizer.tokens("a\ud83d\ude00"));
  }

  @Test
  void theWholeTextOfOneWordIsUnknown() throws IOException {
    for (String word :
        List.of("a", "é", "\u0301", "e\u0301", "中", "\ud83d\ude00", "\u302e\u0301", ".")) {
      String text = word.repeat(100_000);
      int count = ofJson().withoutTruncation().tokens(text).size();
      boolean apart = word.equals("中") || word.equals(".");
      assertEquals(apart ? 100_000 : word.equals("\u0301") ? 0 : 1, count, word);
    }
  }

  /** A word of any length is allowed here: the time may not grow with its square. */
  @Test
  void longWordsAreCutInLinearTime() throws IOException {
    String json = new String(ExpectedTest.resource("tokenizer.json"), StandardCharsets.US_ASCII);
    Tokenizer tokenizer =
        Tokenizer.parse(
            json.replace("max_input_chars_per_word\":100", "max_input_chars_per_word\":2000000000")
                .getBytes(StandardCharsets.US_ASCII));
    assertEquals(
        3_000_000,
        String.join("", tokenizer.tokens("abc".repeat(1_000_000))).replace("#", "").length());
  }

  @Test
  void specialTokensCanBeLeftOut() throws IOException {
    Tokenizer tokenizer = ofLines(true).withoutSpecialTokens();
    assertArrayEquals(new int[] {5, 6}, tokenizer.encode("ab").ids());
    assertArrayEquals(new int[] {5, 3, 5}, tokenizer.encode("a[SEP]a").ids());
    Encoding pair = tokenizer.encode("a", "ab");
    assertArrayEquals(new int[] {5, 5, 6}, pair.ids());
    assertArrayEquals(new int[] {0, 1, 1}, pair.typeIds());
    assertEquals(0, tokenizer.encode("").length());
  }

  @Test
  void aListIsPaddedToItsLongest() throws IOException {
    Tokenizer tokenizer = ofLines(true).withPadding(new Padding(0, 1, Side.RIGHT, 0, 0));
    List<Encoding> encodings = tokenizer.encode(List.of("a", "a a a", ""));
    assertArrayEquals(new int[] {2, 5, 3, 0, 0}, encodings.get(0).ids());
    assertArrayEquals(new int[] {1, 1, 1, 0, 0}, encodings.get(0).attentionMask());
    assertArrayEquals(new int[] {2, 5, 5, 5, 3}, encodings.get(1).ids());
    assertArrayEquals(new int[] {2, 3, 0, 0, 0}, encodings.get(2).ids());
    assertTrue(tokenizer.encode(List.of()).isEmpty());
  }

  @Test
  void theCallerSaysHowLongTextsAre() throws IOException {
    Tokenizer tokenizer = ofJson();
    assertTrue(tokenizer.truncation().isEmpty());
    Tokenizer shorter = tokenizer.withTruncation(Truncation.to(4));
    int[] all = tokenizer.encode("one two three").ids();
    int[] cut = shorter.encode("one two three").ids();
    assertArrayEquals(new int[] {all[0], all[1], all[2], all[all.length - 1]}, cut);
    assertArrayEquals(all, shorter.withoutTruncation().encode("one two three").ids());
    assertEquals(
        "truncation: 3 tokens are special, got maxLength 2",
        assertThrows(
                IllegalArgumentException.class, () -> tokenizer.withTruncation(Truncation.to(2)))
            .getMessage());
    Tokenizer second =
        tokenizer.withTruncation(new Truncation(4, Truncation.Strategy.ONLY_SECOND, Side.RIGHT));
    assertThrows(IllegalArgumentException.class, () -> second.encode("one two three four"));
  }

  @Test
  void nullIsNamed() throws IOException {
    Tokenizer tokenizer = ofJson();
    assertEquals(
        "text",
        assertThrows(NullPointerException.class, () -> tokenizer.encode((String) null))
            .getMessage());
    assertEquals(
        "texts",
        assertThrows(
                NullPointerException.class,
                () -> tokenizer.encode(Arrays.asList("a", (String) null)))
            .getMessage());
  }

  private static String refusal(byte[] json) {
    String message =
        assertThrows(ModelFormatException.class, () -> Tokenizer.parse(json)).getMessage();
    assertTrue(message.length() < 300 && message.lines().count() == 1, message);
    return message;
  }

  private static String refusal(String from, String to) throws IOException {
    String json = new String(ExpectedTest.resource("tokenizer.json"), StandardCharsets.US_ASCII);
    assertTrue(json.contains(from), from);
    return refusal(json.replace(from, to).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsNotThereIsRefusedByName() throws IOException {
    assertEquals(
        "model.type: \"Unigram\" is not there yet: take a model whose tokenizer is WordPiece, as MiniLM, BGE and GTE",
        refusal("\"type\":\"WordPiece\",\"unk", "\"type\":\"Unigram\",\"unk"));
    assertEquals(
        "normalizer: \"Sequence\" is not there yet: BertNormalizer alone is",
        refusal("BertNormalizer", "Sequence"));
    assertEquals(
        "pre_tokenizer: \"ByteLevel\" is not there yet: BertPreTokenizer alone is",
        refusal("BertPreTokenizer", "ByteLevel"));
    assertEquals(
        "post_processor: \"RobertaProcessing\" is not there yet: TemplateProcessing alone is",
        refusal("TemplateProcessing", "RobertaProcessing"));
    assertEquals(
        "pre_tokenizer: null is not there yet: BertPreTokenizer alone is",
        refusal("{\"type\":\"BertPreTokenizer\"}", "null"));
  }

  @Test
  void whatIsNoSenseIsRefusedWithItsPlace() throws IOException {
    assertEquals(
        "model.vocab.[MASK]: wanted a whole number from 0 to 16777215, got \"4\"",
        refusal("\"[MASK]\":4", "\"[MASK]\":\"4\""));
    assertEquals(
        "model.vocab.[MASK]: the id 3 is that of \"[SEP]\" and \"[MASK]\"",
        refusal("\"[MASK]\":4", "\"[MASK]\":3"));
    assertEquals(
        "added_tokens[4].id: \"[MASK]\" has the id 4 here and 3000 in model.vocab",
        refusal("\"[MASK]\":4", "\"[MASK]\":3000"));
    String sep = ",\"content\":\"[SEP]\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false";
    assertEquals(
        "added_tokens[3]: \"[CLS]\" and one before it are both \"[CLS]\"",
        refusal("\"id\":3" + sep, "\"id\":2" + sep.replace("SEP", "CLS")));
    assertEquals(
        "added_tokens[3].content: wanted 1 to 1000 characters to look for, got \"\"",
        refusal("\"id\":3" + sep, "\"id\":9999" + sep.replace("[SEP]", "")));
    assertEquals(
        "model.unk_token: \"[NONE]\" is not in model.vocab",
        refusal("\"unk_token\":\"[UNK]\"", "\"unk_token\":\"[NONE]\""));
    assertEquals(
        "normalizer.lowercase: wanted true or false, got 1",
        refusal("\"lowercase\":true", "\"lowercase\":1"));
    assertEquals(
        "normalizer: there is no \"lowercase\" in it", refusal("\"lowercase\":true", "\"x\":1"));
    assertEquals(
        "post_processor.special_tokens.[CLS].ids[0]: no token has the id 999999",
        refusal("\"ids\":[2]", "\"ids\":[999999]"));
    assertEquals(
        "post_processor.single: wanted the sequence A once, and no B",
        refusal("\"single\":[", "\"single\":[{\"Sequence\":{\"id\":\"A\",\"type_id\":0}},"));
    assertEquals(
        "truncation.max_length: 2 tokens are too few for the 3 special ones",
        refusal(
            "\"truncation\":null",
            "\"truncation\":{\"max_length\":2,\"strategy\":\"LongestFirst\",\"stride\":0}"));
    assertEquals(
        "truncation.strategy: wanted one of LongestFirst, OnlyFirst, OnlySecond, got \"Best\"",
        refusal("\"truncation\":null", "\"truncation\":{\"max_length\":9,\"strategy\":\"Best\"}"));
    assertEquals(
        "padding.strategy: there is no \"Fixed\" in it",
        refusal("\"padding\":null", "\"padding\":{\"strategy\":{}}"));
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    assertEquals(
        "it is no JSON: line 1, column 1: wanted a value, got the end", refusal(new byte[0]));
    assertEquals(
        "it is no JSON: line 2, column 5: wanted ':', got '2'",
        refusal("{\n\"a\" 2}".getBytes(StandardCharsets.US_ASCII)));
    assertEquals("it is no JSON: not UTF-8", refusal(new byte[] {'{', (byte) 0xff}));
    assertEquals(
        "wanted an object, as tokenizer.json has it",
        refusal("[1.5e3]".getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        "it is no JSON: line 1, column 66: more than 64 levels",
        refusal("[".repeat(1_000_000).getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        "it is no JSON: line 1, column 8388608: more than 4194304 values",
        refusal(("[" + "0,".repeat(5_000_000)).getBytes(StandardCharsets.US_ASCII)));
    assertEquals(
        "it is no JSON: line 1, column 8: the name \"a\" comes twice",
        refusal("{\"a\":1,\"a\":2}".getBytes(StandardCharsets.US_ASCII)));
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"tokenizer_class\":\"BertTokenizer\"}");
    assertEquals(
        config
            + ": there is no \"model\" in it: it is a tokenizer_config.json; tokenizer.json is the"
            + " one that is read",
        assertThrows(ModelFormatException.class, () -> Tokenizer.load(config)).getMessage());
    assertEquals(
        "there is no [UNK] in it: wanted a vocab.txt of BERT, one token a line",
        assertThrows(
                ModelFormatException.class,
                () -> Tokenizer.parseVocabulary("a\nb".getBytes(StandardCharsets.UTF_8), true))
            .getMessage());
    assertEquals(
        "line 3: \"a\" is there already, with the id 0",
        assertThrows(
                ModelFormatException.class,
                () -> Tokenizer.parseVocabulary("a\n\na".getBytes(StandardCharsets.UTF_8), true))
            .getMessage());
  }

  /** Whatever was changed: it is refused in one line, or works. */
  @Test
  void anyChangedFileIsReadOrRefused() throws IOException {
    String line =
        new String(ExpectedTest.resource("variants.jsonl"), StandardCharsets.US_ASCII)
            .split("\n", 2)[0];
    byte[] good =
        new Field("", Json.parse(line.getBytes(StandardCharsets.US_ASCII)))
            .elements()
            .get(0)
            .text()
            .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(5);
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] bytes = good.clone();
      for (int k = random.nextInt(3); k >= 0; k--) {
        bytes[random.nextInt(bytes.length)] =
            (byte) "\"{}[],:0-19eatn\\\u0000".charAt(random.nextInt(17));
      }
      try {
        Tokenizer tokenizer = Tokenizer.parse(bytes);
        assertTrue(tokenizer.withoutPadding().encode("ab [CLS] é").length() < 100);
      } catch (ModelFormatException e) {
        assertTrue(e.getMessage().lines().count() == 1, e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 1000 && refused < 4000, () -> "refused");
  }
}
