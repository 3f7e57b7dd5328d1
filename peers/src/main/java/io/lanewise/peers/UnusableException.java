package io.lanewise.peers;

/** A library that cannot be loaded here, and why. */
final class UnusableException extends Exception {
  private static final long serialVersionUID = 1L;

  UnusableException(String message, Throwable cause) {
    super(message, cause);
  }
}
