package io.lanewise.tokenizer;

import io.lanewise.model.ModelFormatException;
import io.lanewise.tokenizer.Tokenizer.Padding;
import io.lanewise.tokenizer.Tokenizer.Side;
import io.lanewise.tokenizer.Tokenizer.Truncation;
import io.lanewise.tokenizer.json.Field;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a tokenizer.json says about what is done with the tokens of a text. */
final class TemplateFile {
  private static final int[] NO_IDS = {};

  private TemplateFile() {}

  /** Returns [CLS] A [SEP] and [CLS] A [SEP] B [SEP]. */
  static Template bert(int cls, int sep) {
    Template.Piece begin = new Template.Piece(-1, new int[] {cls}, 0);
    Template.Piece first = new Template.Piece(0, NO_IDS, 0);
    Template.Piece middle = new Template.Piece(-1, new int[] {sep}, 0);
    Template.Piece second = new Template.Piece(1, NO_IDS, 1);
    Template.Piece end = new Template.Piece(-1, new int[] {sep}, 1);
    return new Template(List.of(begin, first, middle), List.of(begin, first, middle, second, end));
  }

  static Template template(Field field, Vocabulary all) throws ModelFormatException {
    if (field.isNull()) {
      return Template.NONE;
    }
    if (field.get("type").isText() && field.get("type").text().equals("BertProcessing")) {
      return bert(special(field.get("cls"), all), special(field.get("sep"), all));
    }
    TokenizerFile.only("TemplateProcessing", field);
    Field specials = field.get("special_tokens");
    return new Template(
        pieces(field.get("single"), specials, all, 1), pieces(field.get("pair"), specials, all, 2));
  }

  /** Takes a token and its id, of BertProcessing. */
  private static int special(Field field, Vocabulary all) throws ModelFormatException {
    List<Field> both = field.elements();
    if (both.size() != 2) {
      throw field.wanted("a token and its id");
    }
    return known(both.get(1), all);
  }

  private static int known(Field field, Vocabulary all) throws ModelFormatException {
    int id = field.whole(0, Vocabulary.MAX_ID);
    if (all.token(id) == null) {
      throw field.error("no token has the id " + id);
    }
    return id;
  }

  private static List<Template.Piece> pieces(Field field, Field specials, Vocabulary all, int texts)
      throws ModelFormatException {
    List<Template.Piece> pieces = new ArrayList<>();
    int[] seen = new int[2];
    for (Field piece : field.elements()) {
      if (piece.has("Sequence")) {
        Field sequence = piece.get("Sequence");
        int text = sequence.get("id").choice("A", "B");
        seen[text]++;
        pieces.add(new Template.Piece(text, NO_IDS, typeId(sequence)));
      } else if (piece.has("SpecialToken")) {
        Field token = piece.get("SpecialToken");
        Field ids = specials.get(token.get("id").text()).get("ids");
        int[] known = new int[ids.elements().size()];
        for (int i = 0; i < known.length; i++) {
          known[i] = known(ids.elements().get(i), all);
        }
        pieces.add(new Template.Piece(-1, known, typeId(token)));
      } else {
        throw piece.wanted("a \"Sequence\" or a \"SpecialToken\"");
      }
    }
    if (seen[0] != 1 || seen[1] != texts - 1) {
      throw field.error(
          texts == 1
              ? "wanted the sequence A once, and no B"
              : "wanted the sequences A and B once");
    }
    return List.copyOf(pieces);
  }

  private static int typeId(Field field) throws ModelFormatException {
    return field.get("type_id").whole(0, Integer.MAX_VALUE);
  }

  private static Side side(Field field) throws ModelFormatException {
    // Older files leave it out.
    return field.isNull() || field.choice("Left", "Right") == 1 ? Side.RIGHT : Side.LEFT;
  }

  static @Nullable Truncation truncation(Field field, Template template)
      throws ModelFormatException {
    if (field.isNull()) {
      return null;
    }
    Field length = field.get("max_length");
    int maxLength = length.whole(1, Integer.MAX_VALUE);
    if (maxLength < template.specials(true)) {
      throw length.error(
          maxLength + " tokens are too few for the " + template.specials(true) + " special ones");
    }
    int strategy = field.get("strategy").choice("LongestFirst", "OnlyFirst", "OnlySecond");
    return new Truncation(
        Math.min(maxLength, Truncation.MAX_LENGTH),
        Truncation.Strategy.values()[strategy],
        side(field.optional("direction")));
  }

  static @Nullable Padding padding(Field field) throws ModelFormatException {
    if (field.isNull()) {
      return null;
    }
    Field strategy = field.get("strategy");
    int length = 0;
    if (!strategy.isText()) {
      length = strategy.get("Fixed").whole(0, Truncation.MAX_LENGTH);
    } else if (!strategy.text().equals("BatchLongest")) {
      throw strategy.wanted("BatchLongest or {\"Fixed\": length}");
    }
    Field multiple = field.optional("pad_to_multiple_of");
    return new Padding(
        length,
        multiple.isNull() ? 1 : Math.max(1, multiple.whole(0, Truncation.MAX_LENGTH)),
        side(field.optional("direction")),
        field.get("pad_id").whole(0, Vocabulary.MAX_ID),
        field.get("pad_type_id").whole(0, Integer.MAX_VALUE));
  }
}
