package io.lanewise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The man page of a command, in roff, of the same model as its help. */
final class ManPage {
  // So wide that no text is broken but where it breaks itself.
  private static final int WIDE = 10_000;

  private final CommandSpec command;
  private final Help help;
  private final StringBuilder page = new StringBuilder();

  ManPage(CommandLine commandLine) {
    commandLine.setUsageHelpAutoWidth(false);
    commandLine.setUsageHelpWidth(WIDE);
    commandLine.setColorScheme(Help.defaultColorScheme(Ansi.OFF));
    command = commandLine.getCommandSpec();
    help = commandLine.getHelp();
  }

  String name() {
    return command.qualifiedName("-");
  }

  String text() {
    String title = name().toUpperCase(java.util.Locale.ROOT);
    page.append(".TH \"").append(title).append("\" 1 \"\" \"Lanewise\" \"Lanewise\"\n");
    List<String> description = lines(help.description());
    section("NAME");
    line(name() + " - " + String.join(" ", description).replaceFirst("[.:;] .*|\\.$", ""));
    section("SYNOPSIS");
    line(help.synopsis(0).strip());
    section("DESCRIPTION");
    description.forEach(this::line);
    arguments();
    subcommands();
    footer(lines(help.footer()));
    section("SEE ALSO");
    line(command.parent() == null ? "lanewise COMMAND --help" : "lanewise(1)");
    return page.toString();
  }

  private void arguments() {
    if (!command.positionalParameters().isEmpty()) {
      section("ARGUMENTS");
    }
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      entry(
          parameter.paramLabel(),
          help.createDefaultParameterRenderer()
              .render(parameter, help.parameterLabelRenderer(), help.colorScheme()));
    }
    section("OPTIONS");
    for (HelpGroups group : HelpGroups.of(command)) {
      if (!group.heading().isEmpty()) {
        page.append(".SS \"").append(escaped(group.heading())).append("\"\n");
      }
      for (OptionSpec option : group.options()) {
        String names = String.join(", ", option.names());
        entry(
            names + label(option),
            help.createDefaultOptionRenderer()
                .render(option, help.parameterLabelRenderer(), help.colorScheme()));
      }
    }
  }

  private String label(ArgSpec option) {
    return option.arity().max() == 0 ? "" : "=" + option.paramLabel();
  }

  /** The last column of what picocli shows of an argument is its description. */
  private void entry(String names, Text[][] rows) {
    page.append(".TP\n\\fB").append(escaped(names)).append("\\fR\n");
    List<String> lines = new ArrayList<>();
    for (Text[] row : rows) {
      lines.addAll(lines(row[row.length - 1].toString()));
    }
    for (int i = 0; i < lines.size(); i++) {
      // What is indented is a table.
      if (i > 0 && lines.get(i).startsWith(" ")) {
        page.append(".br\n");
      }
      line(lines.get(i).strip());
    }
  }

  private void subcommands() {
    if (command.subcommands().isEmpty()) {
      return;
    }
    section("COMMANDS");
    command
        .subcommands()
        .forEach(
            (name, sub) -> {
              page.append(".TP\n\\fB").append(escaped(name)).append("\\fR\n");
              line(String.join(" ", lines(sub.getHelp().description())));
            });
  }

  /** Paragraphs of the footer; one that a line with a colon begins is a section. */
  private void footer(List<String> lines) {
    boolean examples = false;
    for (String text : lines) {
      if (text.equals("Examples:")) {
        section("EXAMPLES");
        page.append(".nf\n");
        examples = true;
      } else if (text.startsWith("Exit codes:")) {
        section("EXIT STATUS");
        line(text.substring("Exit codes:".length()).strip());
      } else if (!text.isBlank()) {
        line(examples ? text.replaceFirst("^  ", "") : text);
      }
    }
    page.append(examples ? ".fi\n" : "");
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::stripTrailing).collect(Collectors.toList());
  }

  private void section(String title) {
    page.append(".SH ").append(title).append('\n');
  }

  private void line(String text) {
    String escaped = escaped(text);
    boolean control = escaped.startsWith(".") || escaped.startsWith("'");
    page.append(control ? "\\&" : "").append(escaped).append('\n');
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-").replace("\"", "\\(dq");
  }
}
