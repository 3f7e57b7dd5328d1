package io.lanewise.tokenizer.json;

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
public record Field(String place, @Nullable Object value) {
  private static final int SHOWN = 40;

  /** A text in quotes, its beginning if it is long, and without what would break a line. */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder("\"");
    text.codePoints()
        .limit(SHOWN)
        .forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.append(text.length() > SHOWN ? "...\"" : "\"").toString();
  }

  /** Returns the error that this is not what is wanted. */
  public ModelFormatException wanted(String what) {
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

  /** Returns an error at this place. */
  public ModelFormatException error(String what) {
    return new ModelFormatException(place + ": " + what);
  }

  /** Returns whether it is null. */
  public boolean isNull() {
    return value == null;
  }

  /** Returns whether it is a text. */
  public boolean isText() {
    return value instanceof String;
  }

  private Map<?, ?> object() throws ModelFormatException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wanted("an object");
  }

  /** Whether it is an object that has this name, even if that is null. */
  public boolean has(String name) throws ModelFormatException {
    return object().containsKey(name);
  }

  /** Returns a field of an object; null if there is none. */
  public Field optional(String name) throws ModelFormatException {
    boolean plain = name.length() <= SHOWN && name.chars().noneMatch(Character::isISOControl);
    String shown = plain ? name : shown(name);
    return new Field(place.isEmpty() ? shown : place + "." + shown, object().get(name));
  }

  /** Returns a field of an object, which must have it. */
  public Field get(String name) throws ModelFormatException {
    if (!has(name)) {
      throw new ModelFormatException(
          (place.isEmpty() ? "" : place + ": ") + "there is no \"" + name + "\" in it");
    }
    return optional(name);
  }

  /** Returns the names of an object, in their order. */
  public List<String> names() throws ModelFormatException {
    List<String> names = new ArrayList<>();
    object().keySet().forEach(name -> names.add((String) name));
    return names;
  }

  /** Returns the elements of an array. */
  public List<Field> elements() throws ModelFormatException {
    if (!(value instanceof List<?> list)) {
      throw wanted("an array");
    }
    List<Field> fields = new ArrayList<>();
    for (Object element : list) {
      fields.add(new Field(place + "[" + fields.size() + "]", element));
    }
    return fields;
  }

  /** Returns a text. */
  public String text() throws ModelFormatException {
    if (value instanceof String text) {
      return text;
    }
    throw wanted("a text");
  }

  /** Returns true or false. */
  public boolean flag() throws ModelFormatException {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw wanted("true or false");
  }

  /** Returns a whole number in that range. */
  public int whole(int least, int most) throws ModelFormatException {
    if (value instanceof Long number && number >= least && number <= most) {
      return number.intValue();
    }
    throw wanted("a whole number from " + least + " to " + most);
  }

  /** Returns which of these texts it is. */
  public int choice(String... choices) throws ModelFormatException {
    int choice = List.of(choices).indexOf(text());
    if (choice < 0) {
      throw wanted("one of " + String.join(", ", choices));
    }
    return choice;
  }
}
