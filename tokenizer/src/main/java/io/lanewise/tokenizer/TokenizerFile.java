package io.lanewise.tokenizer;

import io.lanewise.model.ModelFormatException;
import io.lanewise.tokenizer.Tokenizer.Padding;
import io.lanewise.tokenizer.Tokenizer.Truncation;
import io.lanewise.tokenizer.json.Field;
import io.lanewise.tokenizer.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a tokenizer.json of Hugging Face, or a vocab.txt, says, and the tokens of a text by that.
 *
 * @param vocabulary all tokens, added ones among them
 * @param raw the added tokens that are found in the text as it is
 * @param normalized those that are found in the normalized one
 * @param wordPiece what cuts words
 */
record TokenizerFile(
    Vocabulary vocabulary,
    @Nullable BertNormalizer normalizer,
    AddedTokens raw,
    AddedTokens normalized,
    WordPiece wordPiece,
    Template template,
    @Nullable Truncation truncation,
    @Nullable Padding padding) {
  private static final String ONLY = " is not there yet: %s alone is";
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  static TokenizerFile parse(byte[] json) throws ModelFormatException {
    Field root = new Field("", Json.parse(json));
    if (!(root.value() instanceof Map)) {
      throw new ModelFormatException("wanted an object, as tokenizer.json has it");
    }
    if (!root.has("model")) {
      throw new ModelFormatException(
          "there is no \"model\" in it: "
              + (root.has("tokenizer_class")
                  ? "it is a tokenizer_config.json; tokenizer.json is the one that is read"
                  : "wanted a tokenizer.json"));
    }
    Field model = root.get("model");
    requireWordPiece(model);
    BertNormalizer normalizer = normalizer(root.optional("normalizer"));
    only("BertPreTokenizer", root.optional("pre_tokenizer"));
    Vocabulary all = Vocabulary.of(model.get("vocab"));
    WordPiece wordPiece = wordPiece(model, all);
    List<AddedTokens.Token> raw = new ArrayList<>();
    List<AddedTokens.Token> normalized = new ArrayList<>();
    added(root.optional("added_tokens"), all, normalizer, raw, normalized);
    Template template = TemplateFile.template(root.optional("post_processor"), all);
    return new TokenizerFile(
        all,
        normalizer,
        new AddedTokens(raw),
        new AddedTokens(normalized),
        wordPiece,
        template,
        TemplateFile.truncation(root.optional("truncation"), template),
        TemplateFile.padding(root.optional("padding")));
  }

  static TokenizerFile vocabulary(byte[] text, boolean lowercase) throws ModelFormatException {
    Vocabulary all = Vocabulary.of(text);
    List<AddedTokens.Token> raw = new ArrayList<>();
    for (String token : SPECIAL) {
      if (all.id(token).isPresent()) {
        raw.add(new AddedTokens.Token(token, all.id(token).getAsInt(), false, false, false));
      } else if (!token.equals("[PAD]") && !token.equals("[MASK]")) {
        throw new ModelFormatException(
            "there is no " + token + " in it: wanted a vocab.txt of BERT, one token a line");
      }
    }
    int unknown = all.id("[UNK]").getAsInt();
    return new TokenizerFile(
        all,
        new BertNormalizer(true, true, lowercase, lowercase),
        new AddedTokens(raw),
        new AddedTokens(List.of()),
        new WordPiece(all.pieces(), unknown, "##", 100),
        TemplateFile.bert(all.id("[CLS]").getAsInt(), all.id("[SEP]").getAsInt()),
        null,
        null);
  }

  private static void requireWordPiece(Field model) throws ModelFormatException {
    // Older files leave it out.
    boolean untold =
        !model.has("type") && model.has("continuing_subword_prefix") && !model.has("merges");
    if (!untold && !model.get("type").text().equals("WordPiece")) {
      throw model
          .get("type")
          .error(
              Field.shown(model.get("type").text())
                  + " is not there yet: take a model whose tokenizer is WordPiece, as MiniLM, BGE and GTE");
    }
  }

  /** Refuses what is not of that type, by its name. */
  static void only(String wanted, Field field) throws ModelFormatException {
    String type = field.isNull() ? "null" : field.get("type").text();
    if (!type.equals(wanted)) {
      throw field.error((field.isNull() ? type : Field.shown(type)) + ONLY.replace("%s", wanted));
    }
  }

  private static @Nullable BertNormalizer normalizer(Field field) throws ModelFormatException {
    if (field.isNull()) {
      return null;
    }
    only("BertNormalizer", field);
    boolean lowercase = field.get("lowercase").flag();
    Field strip = field.get("strip_accents");
    return new BertNormalizer(
        field.get("clean_text").flag(),
        field.get("handle_chinese_chars").flag(),
        strip.isNull() ? lowercase : strip.flag(),
        lowercase);
  }

  private static WordPiece wordPiece(Field model, Vocabulary all) throws ModelFormatException {
    Field unknown = model.get("unk_token");
    int id =
        all.id(unknown.text())
            .orElseThrow(
                () ->
                    unknown.error(
                        Field.shown((String) unknown.value()) + " is not in model.vocab"));
    return new WordPiece(
        all.pieces(),
        id,
        model.get("continuing_subword_prefix").text(),
        model.get("max_input_chars_per_word").whole(1, Integer.MAX_VALUE));
  }

  private static void added(
      Field field,
      Vocabulary all,
      @Nullable BertNormalizer normalizer,
      List<AddedTokens.Token> raw,
      List<AddedTokens.Token> normalized)
      throws ModelFormatException {
    Set<String> rawTexts = new HashSet<>();
    Set<String> normalizedTexts = new HashSet<>();
    for (Field token : field.isNull() ? List.<Field>of() : field.elements()) {
      String content = token.get("content").text();
      int id = id(token, content, all);
      boolean isNormalized = token.get("normalized").flag();
      String text = isNormalized && normalizer != null ? normalizer.normalize(content) : content;
      if (text.isEmpty() || text.length() > AddedTokens.MAX_LENGTH) {
        String range = "1 to " + AddedTokens.MAX_LENGTH;
        throw token.get("content").wanted(range + " characters to look for");
      }
      if (!(isNormalized ? normalizedTexts : rawTexts).add(text)) {
        throw token.error(
            Field.shown(content) + " and one before it are both " + Field.shown(text));
      }
      (isNormalized ? normalized : raw)
          .add(
              new AddedTokens.Token(
                  text,
                  id,
                  token.get("single_word").flag(),
                  token.get("lstrip").flag(),
                  token.get("rstrip").flag()));
    }
  }

  private static int id(Field token, String content, Vocabulary all) throws ModelFormatException {
    Field field = token.get("id");
    int id = field.whole(0, Vocabulary.MAX_ID);
    if (all.id(content).isEmpty()) {
      all.addWhole(content, id, field);
    } else if (all.id(content).getAsInt() != id) {
      throw field.error(
          Field.shown(content)
              + " has the id "
              + id
              + " here and "
              + all.id(content).getAsInt()
              + " in model.vocab");
    }
    return id;
  }

  /** Returns the ids of the tokens of a text: none left out, none added. */
  int[] ids(String text) {
    Ids ids = new Ids();
    raw.split(
        Characters.wellFormed(text),
        (part, id) -> {
          if (id >= 0) {
            ids.add(id);
          } else {
            addNormalized(part, ids);
          }
        });
    return ids.toArray();
  }

  private void addNormalized(String part, Ids ids) {
    normalized.split(
        normalizer == null ? part : normalizer.normalize(part),
        (rest, id) -> {
          if (id >= 0) {
            ids.add(id);
          } else {
            addWords(rest, ids);
          }
        });
  }

  /** Words are what is between white space; a sign of punctuation is one by itself. */
  private void addWords(String text, Ids ids) {
    int start = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int end = i + Character.charCount(c);
      int kinds = Characters.kinds(c);
      if ((kinds & (Characters.SPACE | Characters.PUNCTUATION)) != 0) {
        addWord(text, start, i, ids);
        if ((kinds & Characters.PUNCTUATION) != 0) {
          addWord(text, i, end, ids);
        }
        start = end;
      }
      i = end;
    }
    addWord(text, start, text.length(), ids);
  }

  private void addWord(String text, int from, int to, Ids ids) {
    if (from < to) {
      wordPiece.cut(text, from, to, ids);
    }
  }
}
