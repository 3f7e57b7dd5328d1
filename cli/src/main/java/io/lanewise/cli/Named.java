package io.lanewise.cli;

import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;

/** Errors of the library, in the command line's names. */
final class Named {
  /** The argument that a message begins with, such as batchSize or classWeights[1]. */
  private static final Pattern ARGUMENT =
      Pattern.compile(
          "([a-z]\\w*)((?:\\[[0-9]+\\])?(: | must | is for | needs? ).*)", Pattern.DOTALL);

  private Named() {}

  /**
   * What the value of an option becomes; what is wrong with it is said in one line that begins with
   * the option.
   */
  static <T> T option(String name, Supplier<T> made) {
    try {
      return made.get();
    } catch (UsageException e) {
      throw e;
    } catch (IllegalArgumentException | IllegalStateException e) {
      Matcher message = ARGUMENT.matcher(String.valueOf(e.getMessage()));
      if (!message.matches()) {
        throw new UsageException(name + ": " + e.getMessage());
      }
      String argument = message.group(1);
      boolean alone = message.group(3).equals(": ");
      // One of several values keeps its name, one in the words of Java does not.
      boolean own = alone || flag(argument).equals(name) || !argument.equals(lower(argument));
      throw new UsageException(name + (own ? message.group(2) : ": " + e.getMessage()));
    }
  }

  /** What all options together become; an error names those of the command that it is about. */
  static <T> T options(CommandSpec command, Supplier<T> made) {
    try {
      return made.get();
    } catch (IllegalArgumentException | IllegalStateException e) {
      String text = String.valueOf(e.getMessage());
      Matcher message = ARGUMENT.matcher(text);
      if (message.matches() && command.findOption(flag(message.group(1))) != null) {
        text = flag(message.group(1)) + message.group(2);
      }
      throw new UsageException(
          text.replace("or drop the last batch", "or --drop-last")
              .replace("a batch that is not full is dropped", "--drop-last drops what is less")
              .replace("needs a validation set", "needs --validation or --validation-split")
              .replace(": resume the training, or", ": go on with it by --resume, or"));
    }
  }

  /** What the command line calls it: batchSize is --batch-size. */
  private static String flag(String argument) {
    return "--" + lower(argument.replaceAll("[A-Z]", "-$0"));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
