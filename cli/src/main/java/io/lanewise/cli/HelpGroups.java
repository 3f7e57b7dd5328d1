package io.lanewise.cli;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The options of a command by what they are about: its own, and those of each mixin. No groups of
 * picocli: it makes the synopsis of each at every start.
 *
 * @param heading empty for the command's own
 */
record HelpGroups(String heading, List<OptionSpec> options) {
  private static final Map<Class<?>, String> HEADINGS =
      Map.ofEntries(
          entry(TrainingOptions.class, "The data"),
          entry(ScaleOptions.class, "Scaling"),
          entry(DataOptions.class, "How files are read"),
          entry(NetworkOptions.class, "The network"),
          entry(KernelOptions.class, "What computes"),
          entry(LoopOptions.class, "The loop"),
          entry(OptimizerOptions.class, "The optimizer"),
          entry(CheckpointOptions.class, "Checkpoints"),
          entry(ClusterOptions.class, "Several machines"),
          entry(LossFlags.class, "The loss, beside --loss"),
          entry(TaskOptions.OfModel.class, "What the outputs mean"),
          entry(TaskOptions.class, "What the outputs mean"),
          entry(CheckOptions.class, "The network and its rows"));

  /** Lets the help of commands show them so. */
  static void addTo(Collection<CommandLine> commands) {
    for (CommandLine command : commands) {
      command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpGroups::text);
    }
  }

  private static String text(Help help) {
    StringBuilder text = new StringBuilder();
    for (HelpGroups group : of(help.commandSpec())) {
      if (!group.heading.isEmpty()) {
        text.append(System.lineSeparator()).append(group.heading).append(':');
        text.append(System.lineSeparator());
      }
      text.append(help.optionListExcludingGroups(group.options));
    }
    return text.toString();
  }

  /** All that are shown, each once. */
  static List<HelpGroups> of(CommandSpec command) {
    List<HelpGroups> groups = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (CommandSpec mixin : command.mixins().values()) {
      add(mixin, command, groups, taken);
    }
    List<OptionSpec> general = new ArrayList<>();
    List<OptionSpec> own = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      boolean all = option.inherited() || option.usageHelp() || option.versionHelp();
      (all && command.parent() != null ? general : own).add(option);
    }
    List<HelpGroups> first = new ArrayList<>();
    take("", own, first, taken);
    groups.addAll(0, first);
    take(groups.isEmpty() ? "" : "Of every command", general, groups, taken);
    return groups;
  }

  private static void add(
      CommandSpec mixin, CommandSpec command, List<HelpGroups> groups, Set<String> taken) {
    String heading =
        HEADINGS.get(mixin.userObject() == null ? null : mixin.userObject().getClass());
    if (heading == null) {
      return;
    }
    int at = groups.size();
    for (CommandSpec inner : mixin.mixins().values()) {
      add(inner, command, groups, taken);
    }
    List<HelpGroups> own = new ArrayList<>();
    take(heading, mixin.options(), own, taken);
    groups.addAll(at, own);
  }

  private static void take(
      String heading, List<OptionSpec> options, List<HelpGroups> groups, Set<String> taken) {
    List<OptionSpec> some = new ArrayList<>();
    for (OptionSpec option : options) {
      if (!option.hidden() && taken.add(option.longestName())) {
        some.add(option);
      }
    }
    if (!some.isEmpty()) {
      groups.add(new HelpGroups(heading, some));
    }
  }
}
