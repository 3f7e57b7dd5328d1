package io.lanewise.model;

import java.io.IOException;

/**
 * The one exception for a file of a model or of numbers that is not what it should be; one clear
 * line.
 */
public final class ModelFormatException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_SHOWN = 80;

  /** Makes it with that line. */
  public ModelFormatException(String message) {
    super(message);
  }

  /** What a file has, as a message may show it: in quotes, and not all of it if it is long. */
  static String shown(String text) {
    String some = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    return "\"" + some.replaceAll("\\p{Cntrl}", "?") + "\"";
  }

  /** Returns one whose message begins with the name of the file. */
  ModelFormatException in(Object file) {
    ModelFormatException named = new ModelFormatException(file + ": " + getMessage());
    named.setStackTrace(getStackTrace());
    return named;
  }
}
