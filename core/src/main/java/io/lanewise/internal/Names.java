package io.lanewise.internal;

import java.util.Locale;

/** The names of enum constants in files and on the command line: CROSS_ENTROPY, cross-entropy. */
public final class Names {
  private static final int MAX_SHOWN = 80;

  private Names() {}

  /** Returns the name of the constant. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns the constant of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static <E extends Enum<E>> E parse(Class<E> type, String name) {
    E[] constants = type.getEnumConstants();
    for (E constant : constants) {
      if (isName(constant.name(), name)) {
        return constant;
      }
    }
    StringBuilder all = new StringBuilder(shown(name)).append(" is none of ");
    for (E constant : constants) {
      all.append(constant == constants[0] ? "" : ", ").append(of(constant));
    }
    throw new IllegalArgumentException(all.toString());
  }

  /** Whether {@link #of} makes it of that constant, without making it: files have many names. */
  private static boolean isName(String constant, String name) {
    boolean same = constant.length() == name.length();
    for (int i = 0; same && i < name.length(); i++) {
      char c = constant.charAt(i);
      same = name.charAt(i) == (c == '_' ? '-' : Character.toLowerCase(c));
    }
    return same;
  }

  /** What a file has, as a message may show it: in quotes, and not all of it if it is long. */
  public static String shown(String text) {
    String some = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    return "\"" + some.replaceAll("\\p{Cntrl}", "?") + "\"";
  }
}
