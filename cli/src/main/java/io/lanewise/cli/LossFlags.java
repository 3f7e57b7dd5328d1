package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Loss.Reduction;
import io.lanewise.nn.NetworkBuilder;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** What the loss is told beside its name: a switch for each of {@link Loss.Option}. */
final class LossFlags {
  private static final String REDUCTION = "--reduction";

  private LossFlags() {}

  /** Adds them to a command. */
  static void addTo(CommandSpec command) {
    CommandSpec flags = CommandSpec.wrapWithoutInspection(new LossFlags());
    for (Loss.Option option : Loss.Option.values()) {
      flags.addOption(
          OptionSpec.builder(flag(option))
              .type(float[].class)
              .splitRegex(option.perOutput() ? "," : "")
              .hideParamSyntax(true)
              .paramLabel(option.perOutput() ? "F,F" : "F")
              .description(option.help())
              .build());
    }
    flags.addOption(
        OptionSpec.builder(REDUCTION)
            .type(String.class)
            .paramLabel("NAME")
            .description(
                "mean-over-batch, mean-over-elements, weighted-mean or sum. Default:"
                    + " mean-over-batch.")
            .build());
    command.addMixin("loss", flags);
  }

  private static String flag(Loss.Option option) {
    return "--" + Names.of(option);
  }

  /** Throws if an option is given, be it as it is without, that is not for the loss. */
  static void require(ParseResult given, Loss loss) {
    for (Loss.Option option : Loss.Option.values()) {
      if (given.hasMatchedOption(flag(option)) && !option.isFor(loss)) {
        throw new UsageException(
            flag(option)
                + " is for "
                + Stream.of(Loss.values())
                    .filter(option::isFor)
                    .map(Names::of)
                    .collect(Collectors.joining(" or "))
                + ", the loss is "
                + Names.of(loss));
      }
    }
  }

  /**
   * Tells a builder what was said.
   *
   * @param huberDelta instead of what was said; null for that
   */
  static void apply(ParseResult given, NetworkBuilder builder, Float huberDelta) {
    Loss.Options options = Loss.Options.DEFAULT;
    for (Loss.Option option : Loss.Option.values()) {
      float[] numbers = given.matchedOptionValue(flag(option), null);
      if (numbers != null) {
        Loss.Options before = options;
        options = Named.option(flag(option), () -> before.with(option, numbers));
      }
    }
    builder.lossOptions(huberDelta == null ? options : options.huberDelta(huberDelta));
    String reduction = given.matchedOptionValue(REDUCTION, null);
    if (reduction != null) {
      builder.reduction(
          Named.option(
              REDUCTION, () -> Names.parse(Reduction.class, reduction.toLowerCase(Locale.ROOT))));
    }
  }
}
