package io.lanewise.tokenizer;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of a JSON file and where it is, which the messages name.
 *
 * @param place such as model.vocab
 */
record Field(String place, @Nullable Object value) {
  private static final int SHOWN = 40;

  /** A text in quotes, its beginning if it is long, and without what would break a line. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints()
        .limit(SHOWN)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.append(text.length() > SHOWN ? "...\"" : "\"").toString();
  }

  ModelFormatException wanted(String what) {
    String got =
        switch (value) {
          case null -> "null";
          case String text -> shown(text);
          case Map<?, ?> map -> "an object of " + map.size();
          case List<?> list -> "an array of " + list.size();
          default -> value.toString();
        };
    return new ModelFormatException(place + ": wanted " + what + ", got " + got);
  }

  ModelFormatException error(String what) {
    return new ModelFormatException(place + ": " + what);
  }

  boolean isNull() {
    return value == null;
  }

  boolean isText() {
    return value instanceof String;
  }

  private Map<?, ?> object() throws ModelFormatException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wanted("an object");
  }

  /** Whether it is an object that has this name, even if that is null. */
  boolean has(String name) throws ModelFormatException {
    return object().containsKey(name);
  }

  /** Returns a field of an object; null if there is none. */
  Field optional(String name) throws ModelFormatException {
    boolean plain = name.length() <= SHOWN && name.chars().noneMatch(Character::isISOControl);
    String shown = plain ? name : shown(name);
    return new Field(place.isEmpty() ? shown : place + "." + shown, object().get(name));
  }

  /** Returns a field of an object, which must have it. */
  Field get(String name) throws ModelFormatException {
    if (!has(name)) {
      throw new ModelFormatException(
          (place.isEmpty() ? "" : place + ": ") + "there is no \"" + name + "\" in it");
    }
    return optional(name);
  }

  /** Returns the names of an object, in their order. */
  List<String> names() throws ModelFormatException {
    List<String> names = new ArrayList<>();
    object().keySet().forEach(name -> names.add((String) name));
    return names;
  }

  List<Field> elements() throws ModelFormatException {
    if (!(value instanceof List<?> list)) {
      throw wanted("an array");
    }
    List<Field> fields = new ArrayList<>();
    for (Object element : list) {
      fields.add(new Field(place + "[" + fields.size() + "]", element));
    }
    return fields;
  }

  String text() throws ModelFormatException {
    if (value instanceof String text) {
      return text;
    }
    throw wanted("a text");
  }

  boolean flag() throws ModelFormatException {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wanted("true or false");
  }

  int whole(int least, int most) throws ModelFormatException {
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    throw wanted("a whole number from " + least + " to " + most);
  }

  /** Returns which of these texts it is. */
  int choice(String... choices) throws ModelFormatException {
    int choice = List.of(choices).indexOf(text());
    if (choice < 0) {
      throw wanted("one of " + String.join(", ", choices));
    }
    return choice;
  }
}
