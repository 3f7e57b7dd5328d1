package io.lanewise.model;

import java.util.Locale;

/** The names of enum constants in files and on the command line: CROSS_ENTROPY, cross-entropy. */
public final class Names {
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
    StringBuilder all = new StringBuilder();
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(name)) {
        return constant;
      }
      all.append(all.isEmpty() ? "" : ", ").append(of(constant));
    }
    throw new IllegalArgumentException(ModelFormatException.shown(name) + " is none of " + all);
  }
}
