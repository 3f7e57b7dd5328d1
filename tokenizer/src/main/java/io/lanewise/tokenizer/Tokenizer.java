package io.lanewise.tokenizer;

import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * BERT's tokenizer, WordPiece: a text becomes the ids of its tokens, the same that Hugging Face's
 * tokenizers make of it by the same file.
 *
 * <pre>{@code
 * Tokenizer tokenizer = Tokenizer.load(Path.of("tokenizer.json"));
 * int[] ids = tokenizer.encode("Hello, world!").ids(); // 101 7592 1010 2088 999 102
 * }</pre>
 *
 * <p>Half of a surrogate pair in a text counts as U+FFFD. The time is linear in the length of the
 * text. Immutable; for any number of threads.
 */
public final class Tokenizer {
  /** The bytes that a file has at most: 64 MiB. */
  public static final int MAX_FILE_BYTES = 1 << 26;

  private final TokenizerFile file;
  private final Template template;
  private final @Nullable Truncation truncation;
  private final @Nullable Padding padding;

  private Tokenizer(
      TokenizerFile file,
      Template template,
      @Nullable Truncation truncation,
      @Nullable Padding padding) {
    this.file = file;
    this.template = template;
    this.truncation = truncation;
    this.padding = padding;
  }

  private static Tokenizer of(TokenizerFile file) {
    return new Tokenizer(file, file.template(), file.truncation(), file.padding());
  }

  /**
   * Loads a tokenizer.json of Hugging Face.
   *
   * @throws ModelFormatException if it is none, or asks for something that is not there; the
   *     message names the file and the place in it
   * @throws IOException if it cannot be read
   */
  public static Tokenizer load(Path file) throws IOException {
    byte[] bytes = read(Objects.requireNonNull(file, "file"));
    try {
      return parse(bytes);
    } catch (ModelFormatException e) {
      throw named(file, e);
    }
  }

  /**
   * Reads the bytes of a tokenizer.json.
   *
   * @throws ModelFormatException as {@link #load}
   */
  public static Tokenizer parse(byte[] json) throws ModelFormatException {
    return of(TokenizerFile.parse(limited(Objects.requireNonNull(json, "json"))));
  }

  /**
   * Loads a vocab.txt of BERT: one token a line, and the number of the line, from 0, is its id. All
   * that such a file leaves open is as BERT has it, and nothing is cut or padded.
   *
   * @param lowercase whether the model is an uncased one; the file does not say
   * @throws ModelFormatException if it is none; the message names the file and the line
   * @throws IOException if it cannot be read
   */
  public static Tokenizer loadVocabulary(Path file, boolean lowercase) throws IOException {
    byte[] bytes = read(Objects.requireNonNull(file, "file"));
    try {
      return parseVocabulary(bytes, lowercase);
    } catch (ModelFormatException e) {
      throw named(file, e);
    }
  }

  /**
   * Reads the bytes of a vocab.txt; see {@link #loadVocabulary}.
   *
   * @throws ModelFormatException if it is none; the message names the line
   */
  public static Tokenizer parseVocabulary(byte[] text, boolean lowercase)
      throws ModelFormatException {
    return of(TokenizerFile.vocabulary(limited(Objects.requireNonNull(text, "text")), lowercase));
  }

  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(MAX_FILE_BYTES + 1);
    }
  }

  private static byte[] limited(byte[] bytes) throws ModelFormatException {
    if (bytes.length > MAX_FILE_BYTES) {
      throw new ModelFormatException("it has more than " + MAX_FILE_BYTES + " bytes");
    }
    return bytes;
  }

  private static ModelFormatException named(Path file, ModelFormatException e) {
    ModelFormatException named = new ModelFormatException(file + ": " + e.getMessage());
    named.setStackTrace(e.getStackTrace());
    return named;
  }

  /** Returns how many tokens there are. */
  public int size() {
    return file.vocabulary().size();
  }

  /** Returns the id of a token, such as "[PAD]"; empty if there is no such token. */
  public OptionalInt id(String token) {
    return file.vocabulary().id(Objects.requireNonNull(token, "token"));
  }

  /**
   * Returns the token of an id.
   *
   * @throws IllegalArgumentException if there is none
   */
  public String token(int id) {
    String token = file.vocabulary().token(id);
    if (token == null) {
      throw new IllegalArgumentException("id: no token has " + id);
    }
    return token;
  }

  /** Returns how many tokens there are at most; empty if there is no limit. */
  public Optional<Truncation> truncation() {
    return Optional.ofNullable(truncation);
  }

  /** Returns how the number of tokens is made larger; empty if it is not. */
  public Optional<Padding> padding() {
    return Optional.ofNullable(padding);
  }

  /**
   * Returns one that leaves out tokens in that way, whatever the file says.
   *
   * @throws IllegalArgumentException if the special tokens alone are more
   */
  public Tokenizer withTruncation(Truncation truncation) {
    int specials = template.specials(true);
    if (truncation.maxLength() < specials) {
      throw new IllegalArgumentException(
          "truncation: "
              + specials
              + " tokens are special, got maxLength "
              + truncation.maxLength());
    }
    return new Tokenizer(file, template, truncation, padding);
  }

  /** Returns one that leaves no token out. */
  public Tokenizer withoutTruncation() {
    return new Tokenizer(file, template, null, padding);
  }

  /** Returns one that pads in that way, whatever the file says. */
  public Tokenizer withPadding(Padding padding) {
    return new Tokenizer(file, template, truncation, Objects.requireNonNull(padding, "padding"));
  }

  /** Returns one that does not pad. */
  public Tokenizer withoutPadding() {
    return new Tokenizer(file, template, truncation, null);
  }

  /** Returns one that adds no special tokens; those that stand in a text are found as before. */
  public Tokenizer withoutSpecialTokens() {
    return new Tokenizer(file, Template.NONE, truncation, padding);
  }

  /** Encodes a text. */
  public Encoding encode(String text) {
    return encode(List.of(Objects.requireNonNull(text, "text"))).getFirst();
  }

  /**
   * Encodes a pair of texts, such as a question and an answer.
   *
   * @throws IllegalArgumentException if the one that may be cut has too few tokens for that
   */
  public Encoding encode(String first, String second) {
    Objects.requireNonNull(first, "first");
    Objects.requireNonNull(second, "second");
    return padded(List.of(unpadded(first, second))).getFirst();
  }

  /**
   * Encodes texts, each by itself, and pads them to the same number of tokens if there is padding.
   *
   * @throws IllegalArgumentException if {@link Truncation.Strategy#ONLY_SECOND} is to cut one
   */
  public List<Encoding> encode(List<String> texts) {
    List<Encoding> encodings = new ArrayList<>(texts.size());
    for (String text : texts) {
      encodings.add(unpadded(Objects.requireNonNull(text, "texts"), null));
    }
    return padded(encodings);
  }

  /** Returns the tokens of a text: none left out, none added. */
  public List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    for (int id : file.ids(Objects.requireNonNull(text, "text"))) {
      tokens.add(token(id));
    }
    return tokens;
  }

  private List<Encoding> padded(List<Encoding> encodings) {
    return padding == null ? encodings : Fitting.padded(padding, encodings);
  }

  private Encoding unpadded(String first, @Nullable String second) {
    int[] ids = file.ids(first);
    int[] more = second == null ? null : file.ids(second);
    if (truncation != null) {
      int room = truncation.maxLength() - template.specials(more != null);
      int[] lengths = Fitting.lengths(truncation, ids.length, more == null ? 0 : more.length, room);
      ids = Fitting.cut(truncation, ids, lengths[0]);
      more = more == null ? null : Fitting.cut(truncation, more, lengths[1]);
    }
    return template.encode(ids, more);
  }

  /** Returns how many tokens it has, and how it cuts and pads. */
  @Override
  public String toString() {
    return "WordPiece of "
        + size()
        + " tokens, "
        + (truncation == null ? "no truncation" : truncation)
        + ", "
        + (padding == null ? "no padding" : padding);
  }

  /** An end of the tokens: where padding is added, or what does not fit is cut off. */
  public enum Side {
    /** Where the text begins. */
    LEFT,
    /** Where the text ends. */
    RIGHT
  }

  /** The tokens of a text, or of a pair of texts, as a model takes them. */
  public static final class Encoding {
    final int[] ids;
    final int[] typeIds;
    final int[] attentionMask;

    Encoding(int[] ids, int[] typeIds, int[] attentionMask) {
      this.ids = ids;
      this.typeIds = typeIds;
      this.attentionMask = attentionMask;
    }

    /** Returns how many tokens it has, special ones and padding among them. */
    public int length() {
      return ids.length;
    }

    /** Returns a copy of the ids of the tokens, a model's {@code input_ids}. */
    public int[] ids() {
      return ids.clone();
    }

    /**
     * Returns a copy of what says of which text each token is, a model's {@code token_type_ids}.
     */
    public int[] typeIds() {
      return typeIds.clone();
    }

    /** Returns a copy of the mask: 1 for a token, 0 for padding. */
    public int[] attentionMask() {
      return attentionMask.clone();
    }

    /** Returns how many tokens it has and the ids of the first ones. */
    @Override
    public String toString() {
      int shown = Math.min(16, ids.length);
      String first = Arrays.toString(Arrays.copyOf(ids, shown));
      return ids.length
          + " tokens "
          + (shown == ids.length ? first : first.substring(0, first.length() - 1) + ", ...]");
    }
  }

  /**
   * How many tokens a text, or a pair of texts, has at most, and which are left out.
   *
   * @param maxLength how many there are at most, special ones among them; from 1 to {@link
   *     #MAX_LENGTH}
   * @param strategy of which text of a pair
   * @param side on which side of it
   */
  public record Truncation(int maxLength, Strategy strategy, Side side) {
    /** The largest number of tokens that can be asked for: 2^24. */
    public static final int MAX_LENGTH = 1 << 24;

    /** Which text of a pair becomes shorter. */
    public enum Strategy {
      /** The longer one, until both are as long. */
      LONGEST_FIRST,
      /** The first one. */
      ONLY_FIRST,
      /** The second one. */
      ONLY_SECOND
    }

    /** Checks the range. */
    public Truncation {
      Objects.requireNonNull(strategy, "strategy");
      Objects.requireNonNull(side, "side");
      if (maxLength < 1 || maxLength > MAX_LENGTH) {
        throw new IllegalArgumentException(
            "maxLength must be in [1, " + MAX_LENGTH + "], got " + maxLength);
      }
    }

    /** The end of the text is left out, of a pair that of the longer one. */
    public static Truncation to(int maxLength) {
      return new Truncation(maxLength, Strategy.LONGEST_FIRST, Side.RIGHT);
    }
  }

  /**
   * How tokens are made as many as a model wants.
   *
   * @param length how many there are at least; 0 for as many as the longest text of a list has
   * @param multipleOf what the number of tokens is made a multiple of, at least 1
   * @param side where padding is added
   * @param id the id of padding, at least 0
   * @param typeId the type id of padding, at least 0
   */
  public record Padding(int length, int multipleOf, Side side, int id, int typeId) {
    /** Checks the ranges. */
    public Padding {
      Objects.requireNonNull(side, "side");
      if (length < 0 || length > Truncation.MAX_LENGTH) {
        throw new IllegalArgumentException(
            "length must be in [0, " + Truncation.MAX_LENGTH + "], got " + length);
      }
      if (multipleOf < 1 || multipleOf > Truncation.MAX_LENGTH) {
        throw new IllegalArgumentException(
            "multipleOf must be in [1, " + Truncation.MAX_LENGTH + "], got " + multipleOf);
      }
      if (id < 0 || typeId < 0) {
        throw new IllegalArgumentException("id and typeId must be >= 0, got " + id + ", " + typeId);
      }
    }
  }
}
