package io.lanewise.cli;

/** What the user asked for cannot be done; one clear line. Exit code 2. */
final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageException(String message) {
    super(message);
  }
}
