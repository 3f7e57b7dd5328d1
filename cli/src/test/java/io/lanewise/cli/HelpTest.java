package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  @TempDir private Path folder;

  static Collection<String> commands() {
    return Main.commandLine().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void helpOfACommandIsItsHelp(String command) {
    Cli help = Cli.run("help", command);
    assertEquals(0, help.code());
    assertEquals(Cli.run(command, "--help").out(), help.out());
    assertTrue(help.out().contains("lanewise " + command), help.out());
    for (String line : help.out().lines().toList()) {
      assertTrue(line.length() <= 80, line);
    }
  }

  /** For the access to fields of a primitive type the JDK makes classes, at every start. */
  @ParameterizedTest
  @MethodSource("commands")
  void noNumberIsOfAPrimitiveType(String command) {
    CommandLine line = Main.commandLine(command).getSubcommands().get(command);
    for (var option : line.getCommandSpec().args()) {
      // Picocli has booleans of its own.
      boolean allowed = !option.type().isPrimitive() || option.type() == boolean.class;
      assertTrue(allowed, option::toString);
    }
  }

  @Test
  void helpAloneIsThatOfAll() {
    Cli help = Cli.run("help");
    assertEquals(0, help.code());
    assertEquals(Cli.run("--help").out(), help.out());
    for (String command : commands()) {
      assertTrue(help.out().contains("\n  " + command + " "), command);
      CommandLine line = Main.commandLine().getSubcommands().get(command);
      // Of several texts the list has the first alone.
      String first = line.getCommandSpec().usageMessage().description()[0];
      assertTrue(first.matches("(?s).*\\.(%n)?"), command + ": " + first);
    }
  }

  @Test
  void theOptionsOfTrainAreInGroups() {
    String help = Cli.run("train", "--help").out();
    List<String> headings = help.lines().filter(l -> l.matches("[A-Z].*:")).toList();
    assertEquals(
        List.of(
            "The data:",
            "How files are read:",
            "The network:",
            "What computes:",
            "The loop:",
            "The optimizer:",
            "Checkpoints:",
            "Several machines:",
            "The loss, beside --loss:",
            "Of every command:",
            "Examples:"),
        headings.stream().filter(h -> !h.equals("Scaling:")).toList());
    for (var option :
        Main.commandLine("train").getSubcommands().get("train").getCommandSpec().options()) {
      Matcher shown =
          Pattern.compile("(?m)^ .{0,5} " + option.longestName() + "[ =\\n\\r]")
              .matcher(help.substring(0, help.indexOf("Examples:")));
      assertTrue(shown.find(), option.longestName());
      assertFalse(shown.find(), option.longestName() + " is there twice");
    }
  }

  /** The lines after "Examples:", each with what it is continued by; without notes in brackets. */
  static List<String> examples() {
    List<String> examples = new ArrayList<>();
    for (String command : commands()) {
      String help = Cli.run(command, "--help").out();
      String text = help.substring(help.indexOf("Examples:") + 1).replaceAll("\\\\\\R *", "");
      text.lines().filter(l -> l.startsWith("  lanewise ")).forEach(examples::add);
    }
    return examples;
  }

  @ParameterizedTest
  @MethodSource("examples")
  void anExampleIsWhole(String example) {
    String line = example.replaceAll("    \\(.*\\)$", "").replaceAll("( [&|>]|\\)$).*", "").strip();
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(line);
    while (word.find()) {
      words.add(word.group().replaceAll("^[\"']|[\"']$", ""));
    }
    String[] args = words.subList(1, words.size()).toArray(String[]::new);
    Main.commandLine(args).parseArgs(args);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train --epocs 3|lanewise train: unknown option --epocs: did you mean --epochs?",
        "train --lr 0.1|lanewise train: unknown option --lr: did you mean --learning-rate?",
        "cv --fold 3|lanewise cv: unknown option --fold: did you mean --folds",
        "train rows.csv --epocs 3 --out|lanewise train: unknown option --epocs: did you mean --epochs?",
        "evaluate --mdoel m|lanewise evaluate: unknown option --mdoel: did you mean --model?",
        "predict --kepp id --data x|lanewise predict: unknown option --kepp: did you mean --keep",
        "evalute|lanewise: unexpected argument evalute: did you mean evaluate",
        "evalute --data x.csv|lanewise: unexpected argument evalute: did you mean evaluate",
        "help evalute|lanewise: no command evalute: did you mean evaluate?",
        "train --zzzzzz 1|lanewise train: unknown option --zzzzzz;"
      })
  void aTypoIsAnsweredWithTheNearestEvenWhereMoreIsMissing(String line, String message) {
    Cli cli = Cli.run((Object[]) line.split(" "));
    assertEquals(2, cli.code());
    assertEquals("", cli.out());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertTrue(cli.err().startsWith(message), cli.err());
  }

  @Test
  void whatIsMissingIsStillSaid() {
    Cli cli = Cli.run("train", "--epochs", 3, "--out", "m.safetensors");
    assertEquals(2, cli.code());
    assertTrue(cli.err().contains("--data"), cli.err());
  }

  private String complete(String script, String words) throws IOException, InterruptedException {
    String ask =
        """
        compopt() { :; }
        source %s
        COMP_WORDS=(%s)
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _complete_lanewise lanewise "${COMP_WORDS[$COMP_CWORD]}" x
        echo "${COMPREPLY[@]}"
        """;
    Process bash =
        new ProcessBuilder("bash", "-c", ask.formatted(script, words))
            .redirectErrorStream(true)
            .start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, bash.waitFor(), said);
    return said;
  }

  @Test
  void bashCompletesByTheScript() throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash");
    Cli cli = Cli.run("completion");
    assertEquals(0, cli.code());
    assertTrue(cli.out().contains("bashcompinit"), "zsh needs it");
    Path script = Files.writeString(folder.resolve("lanewise.bash"), cli.out());
    assertEquals("train", complete(script.toString(), "lanewise tr"));
    assertEquals("bench", complete(script.toString(), "lanewise be"));
    assertEquals("--epochs", complete(script.toString(), "lanewise train --ep"));
    assertEquals("--folds", complete(script.toString(), "lanewise cv --fol"));
    assertEquals("--positive-weights", complete(script.toString(), "lanewise train --pos"));
    assertEquals("adagrad adam adamw", complete(script.toString(), "lanewise train --optimizer a"));
    assertEquals(
        "validation_roc_auc",
        complete(script.toString(), "lanewise train --monitor validation_ro").split(" ")[0]);
  }

  @Test
  void eachCommandHasAManPage() throws IOException, InterruptedException {
    Path man = folder.resolve("man");
    Cli cli = Cli.run("man", "--out", man);
    assertEquals(0, cli.code(), cli.err());
    for (String command : commands()) {
      assertTrue(Files.exists(man.resolve("lanewise-" + command + ".1")), command);
    }
    String train = Files.readString(man.resolve("lanewise-train.1"));
    assertTrue(train.startsWith(".TH \"LANEWISE-TRAIN\" 1 "), train);
    assertTrue(train.contains("\n.TP\n\\fB\\-\\-epochs=N\\fR\nHow often all rows are taken"));
    // A text that begins with a point is no request.
    for (String line : train.lines().filter(l -> l.startsWith(".")).toList()) {
      assertTrue(line.matches("\\.(TH|SH|SS|TP|br|nf|fi).*"), line);
    }
    if (Files.isExecutable(Path.of("/usr/bin/groff"))) {
      List<String> command = new ArrayList<>(List.of("groff", "-man", "-ww", "-z"));
      try (var files = Files.list(man)) {
        files.map(Path::toString).forEach(command::add);
      }
      Process groff = new ProcessBuilder(command).redirectErrorStream(true).start();
      assertEquals("", new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      assertEquals(0, groff.waitFor());
    }
    Path file = Files.writeString(folder.resolve("file"), "");
    assertEquals(2, Cli.run("man", "--out", file).code());
  }
}
