package io.lanewise.tokenizer;

import io.lanewise.model.ModelFormatException;
import io.lanewise.tokenizer.json.Field;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, both ways. */
final class Vocabulary {
  static final int MAX_ID = (1 << 24) - 1;

  private final Trie ids = new Trie();
  // Those that are found by themselves alone: no word is cut into them.
  private final Map<String, Integer> added = new HashMap<>();
  private final Map<Integer, String> tokens = new HashMap<>();

  /** Reads the tokens of a {@code model.vocab}, a JSON object of ids. */
  static Vocabulary of(Field json) throws ModelFormatException {
    Vocabulary vocabulary = new Vocabulary();
    for (String token : json.names()) {
      Field id = json.optional(token);
      vocabulary.add(token, id.whole(0, MAX_ID), id);
    }
    return vocabulary;
  }

  /** Reads the tokens of a vocab.txt: one a line, whose id is the number of the line, from 0. */
  static Vocabulary of(byte[] utf8) throws ModelFormatException {
    Vocabulary vocabulary = new Vocabulary();
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new ModelFormatException("it is no vocab.txt: not UTF-8");
    }
    int id = 0;
    for (int start = 0; start < text.length(); id++) {
      int end = text.indexOf('\n', start);
      end = end < 0 ? text.length() : end;
      String token = withoutSpace(text, start, end);
      start = end + 1;
      Field line = new Field("line " + (id + 1), token);
      if (id > MAX_ID) {
        throw line.error("more than " + (MAX_ID + 1) + " tokens");
      }
      // An empty line has an id too, that no text comes to.
      if (!token.isEmpty()) {
        vocabulary.add(token, id, line);
      }
    }
    return vocabulary;
  }

  private static String withoutSpace(String text, int start, int end) {
    int last = end;
    while (last > start && Characters.is(text.charAt(last - 1), Characters.SPACE)) {
      last--;
    }
    return text.substring(start, last);
  }

  /** Adds a token that no word is cut into, that is not there, and whose id is free. */
  void addWhole(String token, int id, Field place) throws ModelFormatException {
    take(token, id, place);
    added.put(token, id);
  }

  private void add(String token, int id, Field place) throws ModelFormatException {
    take(token, id, place);
    if (!ids.add(token, id)) {
      throw place.error(
          ids.isFull()
              ? "the vocabulary is too large: more than "
                  + Trie.MAX_NODES
                  + " different beginnings of tokens"
              : Field.shown(token) + " is there already, with the id " + id(token).getAsInt());
    }
  }

  private void take(String token, int id, Field place) throws ModelFormatException {
    String taken = tokens.putIfAbsent(id, token);
    if (taken != null) {
      throw place.error(
          "the id " + id + " is that of " + Field.shown(taken) + " and " + Field.shown(token));
    }
  }

  /** Those that a word is cut into. */
  Trie pieces() {
    return ids;
  }

  int size() {
    return tokens.size();
  }

  OptionalInt id(String token) {
    Integer whole = added.get(token);
    if (whole != null) {
      return OptionalInt.of(whole);
    }
    int node = ids.find(token);
    int id = node == Trie.NONE ? Trie.NONE : ids.number(node);
    return id == Trie.NONE ? OptionalInt.empty() : OptionalInt.of(id);
  }

  @Nullable String token(int id) {
    return tokens.get(id);
  }
}
