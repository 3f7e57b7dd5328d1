package io.lanewise.cli;

import java.util.function.Supplier;

/** Errors that name the option whose value they are about. */
final class Named {
  private Named() {}

  /**
   * What a value becomes; what is wrong with it is said in one line that begins with the option.
   */
  static <T> T option(String name, Supplier<T> made) {
    try {
      return made.get();
    } catch (UsageException e) {
      throw e;
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new UsageException(name + ": " + e.getMessage());
    }
  }
}
