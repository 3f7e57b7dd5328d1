package io.lanewise.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what completes this command line. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints a script by which bash and zsh complete commands and options.",
    footer = {
      "",
      "Examples:",
      "  source <(lanewise completion)",
      "  lanewise completion > ~/.local/share/bash-completion/completions/lanewise"
    })
final class CompletionCommand implements Callable<Integer> {
  /** What an option may be that is an enum: picocli takes the names of Java. */
  private static final Pattern CONSTANTS = Pattern.compile("(?<=\")[A-Z][A-Z0-9_]*(?=\")");

  private static final Pattern CANDIDATES = Pattern.compile("(?m)^.*_option_args=\\(.*$");

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine all = Main.commandLine();
    // The launcher's own.
    all.addSubcommand("bench", CommandSpec.create());
    all.addSubcommand("gate", CommandSpec.create());
    PrintWriter out = spec.commandLine().getOut();
    out.print(script(all));
    out.flush();
    return 0;
  }

  static String script(CommandLine all) {
    return CANDIDATES
        .matcher(AutoComplete.bash("lanewise", all))
        .replaceAll(
            line ->
                Matcher.quoteReplacement(
                    CONSTANTS
                        .matcher(line.group())
                        .replaceAll(m -> m.group().toLowerCase(Locale.ROOT).replace('_', '-'))));
  }
}
