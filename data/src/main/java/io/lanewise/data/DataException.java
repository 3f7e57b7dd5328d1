package io.lanewise.data;

import java.io.IOException;
import java.util.List;

/** The one exception for a data file that is not what it should be; one clear line. */
public final class DataException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> options;

  /** Makes it with that line. */
  public DataException(String message) {
    this(message, List.of());
  }

  DataException(String message, List<String> options) {
    super(message);
    this.options = List.copyOf(options);
  }

  /**
   * Returns the options of the command line that would mend it, such as {@code --category} and
   * {@code city,kind}; empty where that is not known.
   */
  public List<String> options() {
    return options;
  }
}
