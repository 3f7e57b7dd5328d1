package io.lanewise.data;

import java.io.IOException;

/** The one exception for a data file that is not what it should be; one clear line. */
public final class DataException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Makes it with that line. */
  public DataException(String message) {
    super(message);
  }
}
