package io.lanewise.cli;

import io.lanewise.cluster.Chain;
import io.lanewise.data.CsvReader;
import io.lanewise.data.DataException;
import io.lanewise.data.DataFormat;
import io.lanewise.data.LibsvmReader;
import io.lanewise.data.Meaning.Task;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Figure;
import io.lanewise.metrics.Metric;
import io.lanewise.nn.Loss;
import io.lanewise.text.TextEncoder.Pooling;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line. Exit codes: 0 done, 1 a check or a computation failed, 2 bad usage or input.
 */
@Command(
    name = "lanewise",
    description = "Trains and runs neural networks: native speed, the same bits everywhere.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Exit codes: 0 done, 1 a check or a computation failed, 2 bad usage or input.",
      "",
      "Examples:",
      "  lanewise demo",
      "  lanewise train --data iris.csv --layers 16 --epochs 50 --out iris.safetensors",
      "  lanewise evaluate --model iris.safetensors --data iris-test.csv",
      "  lanewise help train",
      "  source <(lanewise completion)    (for bash and zsh)",
      "  ./lanewise bench --help    (benchmarks; also gate --help: from the sources)"
    })
public final class Main {
  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          TrainCommand.class,
          CvCommand.class,
          CompareCommand.class,
          EvaluateCommand.class,
          PredictCommand.class,
          EmbedCommand.class,
          GradcheckCommand.class,
          DiffCommand.class,
          ConformanceCommand.class,
          InspectCommand.class,
          ExportCommand.class,
          ImportCommand.class,
          InfoCommand.class,
          CompletionCommand.class,
          ManCommand.class,
          HelpCommand.class);

  private Main() {}

  /** Runs it and exits. */
  public static void main(String[] args) {
    int code;
    StandardOutput output = new StandardOutput();
    PrintWriter out = output.writer();
    try {
      code = commandLine(args).setOut(out).execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "lanewise: out of memory: " + e.getMessage() + "; try LANEWISE_OPTS=-Xmx8g");
      code = 1;
    }
    out.flush();
    if (output.lost() != null) {
      System.err.println("lanewise: the standard output: " + output.lost());
      code = code == 0 ? 1 : code;
    }
    System.exit(code);
  }

  /** Makes the parser of these arguments. */
  static CommandLine commandLine(String... args) {
    Main main = new Main();
    CommandLine commandLine = new CommandLine(main);
    for (Class<?> command : commands(args)) {
      commandLine.addSubcommand(command);
    }
    for (String name : List.of("train", "cv")) {
      CommandLine fits = commandLine.getSubcommands().get(name);
      if (fits != null) {
        LossFlags.addTo(fits.getCommandSpec());
      }
    }
    HelpGroups.addTo(commandLine.getSubcommands().values());
    commandLine.registerConverter(int.class, number("a whole number", Integer::valueOf));
    commandLine.registerConverter(Long.class, number("a whole number", Long::valueOf));
    commandLine.registerConverter(long.class, number("a whole number", Long::valueOf));
    commandLine.registerConverter(Integer.class, number("a whole number", Integer::valueOf));
    commandLine.registerConverter(Double.class, number("a number", Double::valueOf));
    commandLine.registerConverter(float.class, number("a number", Float::valueOf));
    commandLine.registerConverter(Path.class, Main::path);
    commandLine.registerConverter(Activation.class, Main::activation);
    commandLine.registerConverter(Charset.class, Main::charset);
    commandLine.registerConverter(CsvReader.Comments.class, converter(CsvReader.Comments.class));
    commandLine.registerConverter(CsvReader.Header.class, converter(CsvReader.Header.class));
    commandLine.registerConverter(DataFormat.class, converter(DataFormat.class));
    commandLine.registerConverter(Figure.class, Main::figure);
    commandLine.registerConverter(
        LibsvmReader.ZeroBased.class, converter(LibsvmReader.ZeroBased.class));
    commandLine.registerConverter(Metric.class, converter(Metric.class));
    commandLine.registerConverter(
        OptimizerOptions.Name.class, converter(OptimizerOptions.Name.class));
    commandLine.registerConverter(Pooling.class, converter(Pooling.class));
    commandLine.registerConverter(Task.class, converter(Task.class));
    commandLine.registerConverter(Loss.class, Main::loss);
    commandLine.setUsageHelpAutoWidth(true);
    commandLine.setAbbreviatedOptionsAllowed(false);
    commandLine.setParameterExceptionHandler(main::onUsageError);
    commandLine.setExecutionExceptionHandler(main::onError);
    return commandLine;
  }

  /** The one that the arguments begin with, else all: reading the options of all takes 40 ms. */
  private static List<Class<?>> commands(String[] args) {
    return COMMANDS.stream()
        .filter(c -> args.length > 0 && args[0].equals(c.getAnnotation(Command.class).name()))
        // Help is that of another.
        .filter(c -> c != HelpCommand.class)
        .findFirst()
        .<List<Class<?>>>map(List::of)
        .orElse(COMMANDS);
  }

  static <E extends Enum<E>> ITypeConverter<E> converter(Class<E> type) {
    return name -> {
      try {
        return Names.parse(type, name.toLowerCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    };
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(message(e));
    }
  }

  /** In a locale without them the JVM has neither read nor can write such characters. */
  private static String message(InvalidPathException e) {
    String encoding = System.getProperty("sun.jnu.encoding");
    return e.getInput().chars().allMatch(c -> c > 0 && c < 128)
        ? e.getMessage()
        : "\""
            + e.getInput()
            + "\" cannot be the name of a file in the encoding of this locale, "
            + encoding
            + ": set LC_ALL=C.UTF-8";
  }

  /** Picocli names the types of Java. */
  private static <N extends Number> ITypeConverter<N> number(
      String wanted, Function<String, N> parsed) {
    return text -> {
      try {
        return parsed.apply(text);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("wanted " + wanted + ", got \"" + text + "\"");
      }
    };
  }

  private static Activation activation(String text) {
    try {
      return Activation.parse(text.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Charset charset(String name) {
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "\""
              + name
              + "\" is not known, wanted such as UTF-8, UTF-16LE, windows-1252, ISO-8859-1");
    }
  }

  private static Figure figure(String text) {
    try {
      return Figure.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }

  private static Loss loss(String name) throws Exception {
    return switch (name) {
      case "mse" -> Loss.MEAN_SQUARED_ERROR;
      case "bce" -> Loss.BINARY_CROSS_ENTROPY;
      case "mae", "l1" -> Loss.ABSOLUTE_ERROR;
      default -> converter(Loss.class).convert(name);
    };
  }

  private int onUsageError(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String message = e.getMessage();
    List<String> unknown = unknown(e);
    if (!unknown.isEmpty()) {
      // A command that nobody knows has options that nobody knows.
      boolean isCommand = command.getParent() == null && args[0].equals(unknown.get(0));
      String first =
          unknown.stream()
              .filter(u -> isCommand || u.startsWith("-"))
              .findFirst()
              .orElse(unknown.get(0));
      message =
          (first.startsWith("-") ? "unknown option " : "unexpected argument ")
              + first
              + suggestion(command, first);
    } else if (args.length > 1 && args[0].equals("help")) {
      message = "no command " + args[1] + suggestion(command, args[1]);
    }
    return report(command, message + "; see " + name(command) + " --help", 2, e);
  }

  /** What no command knows, also where picocli complains of what is missing. */
  private static List<String> unknown(ParameterException e) {
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched.getUnmatched();
      case MissingParameterException missing -> missing.getCommandLine().getUnmatchedArguments();
      default -> List.of();
    };
  }

  private static String suggestion(CommandLine command, String text) {
    List<String> near = new UnmatchedArgumentException(command, List.of(text)).getSuggestions();
    if (near.isEmpty()) {
      // Letters that changed places, which picocli takes for others; and what others call --lr.
      near =
          command.getCommandSpec().optionsMap().keySet().stream()
              .filter(name -> sorted(name).equals(sorted(text)) || initials(name).equals(text))
              .toList();
    }
    return near.isEmpty() ? "" : ": did you mean " + String.join(" or ", near) + "?";
  }

  private static String sorted(String text) {
    return text.chars().sorted().mapToObj(Character::toString).collect(Collectors.joining());
  }

  /** That of --learning-rate is --lr. */
  private static String initials(String option) {
    return "--" + option.substring(1).replaceAll("-(.)[^-]*", "$1");
  }

  private int onError(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    if (e instanceof UncheckedIOException unchecked) {
      return report(command, message(unchecked.getCause()), code(unchecked.getCause()), e);
    }
    if (e instanceof DataException data && !data.options().isEmpty()) {
      return report(command, data.getMessage() + ": " + mended(parsed, data.options()), 2, e);
    }
    if (e instanceof IOException io) {
      return report(command, message(io), code(io), e);
    }
    if (e instanceof InvalidPathException path) {
      return report(command, message(path), 2, e);
    }
    if (e instanceof UsageException
        || e instanceof IllegalArgumentException
        || e instanceof IllegalStateException) {
      return report(command, e.getMessage(), 2, e);
    }
    if (e instanceof ArithmeticException || e instanceof GraphRows.FailedException) {
      return report(command, e.getMessage(), 1, e);
    }
    return report(command, "internal error: " + e + " (--verbose shows where)", 1, e);
  }

  /** The command line again, with more options, to be copied. */
  static String mended(CommandLine.ParseResult parsed, List<String> options) {
    return Stream.concat(parsed.originalArgs().stream(), options.stream())
        .map(Main::shellWord)
        .collect(Collectors.joining(" ", "lanewise ", ""));
  }

  private static String shellWord(String text) {
    boolean plain = text.matches("[\\p{L}\\p{N}_./,:=+@%-]+");
    return plain ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  /** What AtomicFile could not write has the system's own error as its cause. */
  private static int code(IOException e) {
    boolean failed = e instanceof FileSystemException && e.getCause() != null;
    return failed || e instanceof Chain.WorkerException ? 1 : 2;
  }

  private int report(CommandLine command, String message, int code, Exception e) {
    PrintWriter err = command.getErr();
    err.println(name(command) + ": " + String.valueOf(message).replaceAll("\\R+\\s*", " "));
    if (verbose) {
      e.printStackTrace(err);
    }
    err.flush();
    return code;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName();
  }

  /** The file system's exceptions have the file alone as their message. */
  private static String message(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + ": no such file";
    }
    if (e instanceof AccessDeniedException denied) {
      return denied.getFile() + ": permission denied";
    }
    if (e instanceof FileSystemException other) {
      String reason = other.getReason();
      // Without a reason the class alone says it: FileAlreadyExists, NotDirectory.
      return other.getFile()
          + ": "
          + (reason != null ? reason : e.getClass().getSimpleName().replace("Exception", ""));
    }
    return e.getMessage();
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"lanewise " + (version == null ? "(not packaged)" : version)};
    }
  }
}
