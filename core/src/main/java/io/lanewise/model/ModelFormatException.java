package io.lanewise.model;

import java.io.IOException;

/**
 * The one exception for a file of a model or of numbers that is not what it should be; one clear
 * line.
 */
public final class ModelFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes it with that line. */
  public ModelFormatException(String message) {
    super(message);
  }

  /** Returns one whose message begins with the name of the file. */
  ModelFormatException in(Object file) {
    ModelFormatException named = new ModelFormatException(file + ": " + getMessage());
    named.setStackTrace(getStackTrace());
    return named;
  }
}
