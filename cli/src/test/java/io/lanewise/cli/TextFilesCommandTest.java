package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command that reads a table takes text as people save it. */
class TextFilesCommandTest {
  @TempDir private Path folder;

  private Path write(String name, String text, Charset charset) throws IOException {
    return Files.write(folder.resolve(name), text.getBytes(charset));
  }

  private Path model() {
    return folder.resolve("m.safetensors");
  }

  private static Cli run(Object... args) {
    Cli run = Cli.run(args);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static Cli fails(String part, Object... args) {
    Cli run = Cli.run(args);
    assertEquals(2, run.code(), run.out());
    assertEquals(1, run.err().lines().count(), run.err());
    assertTrue(run.err().contains(part), run.err());
    return run;
  }

  private Cli train(Path data, Object... more) {
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model()));
    args.addAll(List.of("--batch-size", "512", "--epochs", "1"));
    args.addAll(List.of(more));
    return Cli.run(args.toArray());
  }

  @Test
  void allCommandsTakeTheEncodingAndTheDelimiter() throws IOException {
    Charset windows = Charset.forName("windows-1252");
    String text = "x;stra\u00dfe;kind\n1,5;K\u00f6ln;a\n2;K\u00e4ln;b\n3;NULL;a\n4;K\u00e4ln;b\n";
    Path data = write("t.csv", text, windows);
    Object[] how = {
      "--encoding",
      "windows-1252",
      "--delimiter",
      "semicolon",
      "--decimal",
      "comma",
      "--missing-values",
      "NULL,N/A"
    };
    List<Object> train = new ArrayList<>(List.of(how));
    train.addAll(List.of("--category", "stra\u00dfe", "--missing", "mean", "--validation", data));
    assertEquals(0, train(data, train.toArray()).code());
    train.add("--stream");
    Cli streamed = train(data, train.toArray());
    assertEquals(0, streamed.code(), streamed.err());
    assertTrue(run("inspect", model()).out().contains("K\u00e4ln,K\u00f6ln"));
    for (String command : List.of("evaluate", "predict", "diff", "gradcheck")) {
      List<Object> args = new ArrayList<>(List.of(command, "--model", model(), "--data", data));
      args.addAll(List.of("--delimiter", ";", "--decimal", ","));
      fails("t.csv: line 1, column 2: byte 0xDF is not UTF-8", args.toArray());
      args = new ArrayList<>(List.of(command, "--model", model(), "--data", data));
      args.addAll(List.of(how));
      Cli done = Cli.run(args.toArray());
      assertTrue(done.err().isEmpty() && done.code() < 2, command + done.err());
    }
    fails(
        "\"latin\" is not known",
        "evaluate",
        "--model",
        model(),
        "--data",
        data,
        "--encoding",
        "latin");
    fails(
        "--delimiter must be",
        "evaluate",
        "--model",
        model(),
        "--data",
        data,
        "--delimiter",
        "tabs");
  }

  @Test
  void theFinishedCommandLineIsOneThatWorks() throws IOException {
    StringBuilder text = new StringBuilder("id\tage\t\"city, town\"\ty\n");
    for (int i = 0; i < 30; i++) {
      text.append(
          "p" + i + "\t" + (i == 7 ? "NULL" : "" + i) + "\tUlm" + i % 2 + "\t" + i % 2 + "\n");
    }
    Path data = write("t.tsv", text.toString(), StandardCharsets.UTF_8);
    fails("say --delimiter tab", "train", "--data", data, "--out", model());
    String message = train(data, "--delimiter", "tab").err();
    assertEquals(1, message.lines().count(), message);
    String line = message.substring(message.indexOf(": lanewise train ") + 11).strip();
    List<Object> words = new ArrayList<>();
    Matcher word = Pattern.compile("'([^']*)'|(\\S+)").matcher(line);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group(2));
    }
    run(words.toArray());
    run(
        "evaluate",
        "--model",
        model(),
        "--data",
        data,
        "--delimiter",
        "\\t",
        "--missing-values",
        "NULL");
  }

  @Test
  void theSameLabelIsTakenAgainWithoutAHeader() throws IOException {
    Path data = write("t.csv", "1,7,2,0\n3,8,4,1\n5,9,6,0\n", StandardCharsets.UTF_8);
    for (String option : List.of("--ignore", "--weight")) {
      Cli trained = train(data, "--label", "4", option, "2", "--validation", data);
      assertEquals(0, trained.code(), trained.err());
      run("evaluate", "--model", model(), "--data", data, "--label", "4");
      run("predict", "--model", model(), "--data", data, "--label", "4");
    }
    assertEquals(0, train(data, "--targets", "2,4", "--validation", data).code());
    run("evaluate", "--model", model(), "--data", data, "--label", "4");
  }

  /** What is saved after the training is loaded, however many names there are. */
  @Test
  void manyNamesAreSavedAndLoaded() throws IOException {
    StringBuilder text = new StringBuilder("c,y\n");
    for (int i = 0; i < 8_000; i++) {
      text.append("\u6f22".repeat(40)).append(i).append(',').append(i % 2).append('\n');
    }
    Path data = write("t.csv", text.toString(), StandardCharsets.UTF_8);
    Cli trained = train(data, "--category", "c", "--layers", "1");
    assertEquals(0, trained.code(), trained.err());
    Path few = write("few.csv", "c\n" + "\u6f22".repeat(40) + "17\n", StandardCharsets.UTF_8);
    assertEquals(2, run("predict", "--model", model(), "--data", few).out().lines().count());
  }
}
