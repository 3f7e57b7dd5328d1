package io.lanewise.model;

import java.io.IOException;

/** The one exception for a model file that is not what it should be; one clear line. */
public final class ModelFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes it with that line. */
  public ModelFormatException(String message) {
    super(message);
  }
}
