package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Columns that are carried from the rows to the predictions. */
class KeepTest {
  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path trained(String text, Object... options) throws IOException {
    Path model = folder.resolve("model.safetensors");
    List<Object> args = new ArrayList<>(List.of("train", "--data", write("train.csv", text)));
    args.addAll(List.of("--layers", "4", "--epochs", "2", "--out", model));
    args.addAll(List.of(options));
    Cli cli = Cli.run(args.toArray());
    assertEquals(0, cli.code(), cli.err());
    return model;
  }

  private static Cli predict(Path model, Path data, Object... options) {
    List<Object> args = new ArrayList<>(List.of("predict", "--model", model, "--data", data));
    args.addAll(List.of(options));
    return Cli.run(args.toArray());
  }

  /** What is kept, and what is predicted without it. */
  private static List<String> halves(Cli cli, int kept) {
    assertEquals(0, cli.code(), cli.err());
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    for (String line : cli.out().lines().toList()) {
      String[] parts = line.split(",", kept + 1);
      left.add(String.join("|", List.of(parts).subList(0, kept)));
      right.add(parts[kept]);
    }
    return List.of(String.join(" ", left), String.join("\n", right) + "\n");
  }

  @Test
  void columnsThatTheModelDoesNotKnowComeFirstInTheOrderAsked() throws IOException {
    Path model = trained("w,h,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n");
    String alone = predict(model, write("plain.csv", "w,h\n1,2\n3,1\n2,2\n")).out();
    Path data = write("new.csv", "name,h,id,w\nAnn,2,007,1\n\"Bo, \"\"B\"\"\",1, x ,3\nw,2,,2\n");
    Cli cli = predict(model, data, "--keep", "id,name");
    assertEquals(0, cli.code(), cli.err());
    List<String> rows = alone.lines().toList();
    assertEquals(
        List.of(
            "id,name," + rows.get(0),
            "007,Ann," + rows.get(1),
            "x,\"Bo, \"\"B\"\"\"," + rows.get(2),
            ",w," + rows.get(3)),
        cli.out().lines().toList());
    Path out = folder.resolve("out.csv");
    assertEquals(0, predict(model, data, "--keep", "3", "--keep", "1", "--out", out).code());
    assertEquals(cli.out(), Files.readString(out));
  }

  @Test
  void aFeatureAndTheLabelMayBeKept() throws IOException {
    String text = "w,h,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n";
    Path model = trained(text);
    Path data = write("new.csv", text);
    String alone = predict(model, data).out();
    List<String> halves = halves(predict(model, data, "--keep", "last,w"), 2);
    assertEquals("kind|w a|1 b|2 a|1 b|3", halves.get(0));
    assertEquals(alone, halves.get(1));
  }

  @Test
  void moreRowsThanABatchStayBesideTheirOwn() throws IOException {
    Path model = trained("w,h,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n");
    StringBuilder text = new StringBuilder("id,w,h\n");
    StringBuilder wanted = new StringBuilder("id");
    for (int i = 0; i < 700; i++) {
      text.append(i).append(',').append(i % 5).append(',').append(i % 3).append('\n');
      wanted.append(' ').append(i);
      if (i % 100 == 50) {
        text.append("# a comment\nid,w,h\n");
      }
    }
    Cli cli = predict(model, write("many.csv", text.toString()), "--keep", "id");
    assertEquals(wanted.toString(), halves(cli, 1).get(0));
  }

  @Test
  void withoutAHeaderColumnsHaveNumbers() throws IOException {
    Path model = trained("1,2,a\n2,1,b\n1,3,a\n3,1,b\n");
    String alone = predict(model, write("plain.csv", "1,2\n3,1\n")).out();
    Path beside = write("beside.csv", "7,1,2,x\n8,3,1,y\n");
    List<String> halves = halves(predict(model, beside, "--keep", "4,1"), 2);
    assertEquals("column4|column1 x|7 y|8", halves.get(0));
    assertEquals(alone, halves.get(1));
    Path label = write("label.csv", "1,2,a\n3,1,b\n");
    halves = halves(predict(model, label, "--keep", "3"), 1);
    assertEquals("column3 a b", halves.get(0));
    assertEquals(alone, halves.get(1));
    halves = halves(predict(model, label, "--keep", "1", "--label", "3"), 1);
    assertEquals("column1 1 3", halves.get(0));
    assertEquals(alone, halves.get(1));
  }

  /** Is 1 a number that tells the row, and what follows the features, or is it the first one? */
  @Test
  void whatMayBeAFeatureOrNotIsRefused() throws IOException {
    Path model = trained("1,2,0\n2,1,1\n1,3,0\n3,1,1\n");
    Cli cli = predict(model, write("open.csv", "7,1,2\n8,3,1\n"), "--keep", "1");
    assertEquals(2, cli.code());
    assertEquals("", cli.out());
    assertTrue(cli.err().contains("features or stand beside them is open"), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  @Test
  void targetsWithNamesStandAnywhere() throws IOException {
    Path model = folder.resolve("two.safetensors");
    Network network = Network.builder(2).dense(2, Activation.SIGMOID).zeros().build();
    network.parameters()[0] = 1;
    network.parameters()[3] = 1;
    Model.save(network, model);
    Path data = write("rows.csv", "u,id,x,v,y\n1,n,5,0,-5\n");
    Object[] task = {"--task", "multilabel", "--classes", "u,v", "--keep", "id"};
    assertEquals("id,labels,u,v\nn,u,0.9933072,0.006692851\n", predict(model, data, task).out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "idd|no column \"idd\": it has id, class, w, h, a: is it \"id\"?",
        "9|no column \"9\": it has id, class, w, h, a",
        "id,1|column 1 (id): is to be kept twice: name it once",
        "class|--keep: the predictions have a column \"class\" themselves",
        "id,a|--keep: the predictions have a column \"a\" themselves"
      })
  void whatCannotBeKeptIsSaidInOneLine(String keep, String message) throws IOException {
    Path model =
        trained("id,class,w,h,a,kind\n1,2,1,2,0,a\n2,1,1,2,0,b\n", "--ignore", "id,class,a");
    Path data = write("new.csv", "id,class,w,h,a\n1,2,1,2,3\n");
    Path out = folder.resolve("out.csv");
    Cli cli = predict(model, data, "--keep", keep, "--out", out);
    assertEquals(2, cli.code(), cli.out());
    assertTrue(cli.err().contains(message), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
    assertTrue(Files.notExists(out));
  }

  @Test
  void filesWithoutColumnsHaveNoneToKeep() throws IOException {
    Path model = trained("1 1:1 2:2\n0 1:2 2:1\n", "--format", "libsvm");
    Path data = write("new.svm", "1 1:1 2:2\n");
    Cli cli = predict(model, data, "--format", "libsvm", "--keep", "1");
    assertEquals(2, cli.code());
    assertTrue(cli.err().contains("--keep is for CSV files; " + data), cli.err());
  }

  @Test
  void aSingleSigmoidHasTheNamesOfBothClasses() throws IOException {
    String text = "w,h,kind\n1,2,no\n2,1,yes\n1,3,no\n3,1,yes\n";
    Path model = trained(text, "--output", "sigmoid");
    assertTrue(predict(model, folder.resolve("train.csv")).out().startsWith("class,no,yes\n"));
    Path plain = folder.resolve("plain.safetensors");
    Network network =
        Network.builder(2).dense(1, Activation.SIGMOID).loss(Loss.BINARY_CROSS_ENTROPY).build();
    Model.save(network, plain);
    Path rows = write("rows.csv", "1,2\n");
    assertTrue(predict(plain, rows).out().startsWith("class,0,1\n"));
    Cli named = predict(plain, rows, "--classes", "ham,spam");
    assertTrue(named.out().startsWith("class,ham,spam\n"), named.out() + named.err());
  }
}
