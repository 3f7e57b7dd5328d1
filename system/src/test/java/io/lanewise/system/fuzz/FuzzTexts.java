package io.lanewise.system.fuzz;

import io.lanewise.model.ModelFormatException;
import io.lanewise.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The formats of {@link Fuzz} that say how texts become tokens. */
final class FuzzTexts {
  private static final Path TOKENIZERS =
      Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer");
  private static final List<String> TEXTS =
      List.of(
          "",
          "Hello, world! na\u00efve \u65e5\u672c\u8a9e \ud83d\ude00",
          "[CLS] ab" + "a".repeat(300));

  private FuzzTexts() {}

  /** "tokenizer", a tokenizer.json, or "vocabulary", a vocab.txt. */
  static FileFuzz of(String format, Path folder) throws IOException {
    if (format.equals("vocabulary")) {
      String words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello\n##lo\n,\n\u65e5\na\n##a\n";
      return new FileFuzz(FuzzTexts::readVocabulary, ModelFormatException.class, folder)
          .file(words.getBytes(StandardCharsets.UTF_8))
          .file(words.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8))
          .words(
              "[UNK]",
              "[CLS]",
              "\n",
              "\r\n",
              "##",
              "\0",
              "\u00ef\u00bb\u00bf",
              "\u00ed\u00a0\u0080");
    }
    byte[] whole = Files.readAllBytes(TOKENIZERS.resolve("tokenizer.json"));
    String small =
        """
        {"truncation": {"max_length": 8, "strategy": "LongestFirst", "stride": 0,
          "direction": "Right"},
         "padding": {"strategy": {"Fixed": 8}, "direction": "Right", "pad_id": 0,
          "pad_type_id": 0, "pad_token": "[PAD]"},
         "added_tokens": [{"id": 2, "content": "[CLS]", "single_word": false, "lstrip": false,
          "rstrip": false, "normalized": false, "special": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true, "lowercase": true,
          "handle_chinese_chars": true, "strip_accents": null},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
         "decoder": null,
         "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100,
          "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "a": 4, "##a": 5}}}
        """;
    return new FileFuzz(FuzzTexts::readTokenizer, ModelFormatException.class, folder)
        .file(whole)
        .file(small.getBytes(StandardCharsets.UTF_8))
        .words("[[[[[[[[", "{\"a\":{\"a\":", "1e999", "-1", "9223372036854775808", "2147483647")
        .words("\\ud800", "\\ud83d\\ude00", "\\u0000", "null", "true", "\"\"", "\"a\": 4,", "0.5")
        .words("\"Fixed\"", "\"BatchLongest\"", "\"OnlyFirst\"", "\"Left\"", "TemplateProcessing");
  }

  private static void readTokenizer(Path path) throws IOException {
    encode(Tokenizer.load(path));
  }

  private static void readVocabulary(Path path) throws IOException {
    encode(Tokenizer.loadVocabulary(path, true));
  }

  private static void encode(Tokenizer tokenizer) {
    Tokenizer plain = tokenizer.withoutPadding();
    TEXTS.forEach(plain::encode);
    plain.encode(TEXTS.get(1), TEXTS.get(2));
  }
}
