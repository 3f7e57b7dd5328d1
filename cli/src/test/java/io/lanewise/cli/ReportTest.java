package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of a training, and of several side by side. */
class ReportTest {
  private static final String HOSTILE = "<script>alert('x')</script> & \"more\", of it all";
  private static final int CHARTS = 11;

  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** Rows of classes that lie around different middles, and overlap. */
  private Path classes(int classes, String first) throws IOException {
    Random random = new Random(1);
    StringBuilder text = new StringBuilder("a,b,kind\n");
    for (int i = 0; i < Math.max(300, 20 * classes); i++) {
      int c = i % classes;
      String name = c == 0 ? first : "class " + c;
      text.append(random.nextGaussian() + 3 * Math.sin(c)).append(',');
      text.append(random.nextGaussian() + 3 * Math.cos(c)).append(',');
      text.append('"').append(name.replace("\"", "\"\"")).append("\"\n");
    }
    return file("classes.csv", text.toString());
  }

  private Path numbers(String header, int columns, boolean binary) throws IOException {
    Random random = new Random(2);
    StringBuilder text = new StringBuilder(header + "\n");
    for (int i = 0; i < 200; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      text.append(a).append(',').append(b);
      for (int j = 2; j < columns; j++) {
        double y = a * j - b + 0.5 * random.nextGaussian();
        text.append(',').append(binary ? y > 0 ? "1" : "0" : "" + (1000 + 100 * y));
      }
      text.append('\n');
    }
    return file("numbers.csv", text.toString());
  }

  private String report(Path data, Object... more) throws IOException {
    Path page = folder.resolve("run.html");
    Path model = folder.resolve("model.safetensors");
    List<Object> args = new ArrayList<>(List.of("train", "--data", data, "--out", model));
    args.addAll(List.of("--history", page + "," + folder.resolve("run.csv"), "--layers", "8"));
    args.addAll(List.of(more));
    Cli run = Cli.run(args.toArray());
    assertEquals(0, run.code(), run.err());
    return Files.readString(page);
  }

  private static void assertHas(String page, String... parts) {
    for (String part : parts) {
      assertTrue(page.contains(part), part + " is not in:\n" + shortened(page));
    }
  }

  /** Without drawings and the style sheet. */
  private static String shortened(String page) {
    return page.replaceAll("(?s)<style.*?</style>| d=\"[^\"]*\"", "");
  }

  private static int count(String page, String part) {
    return page.split(Pattern.quote(part), -1).length - 1;
  }

  private static String sha256(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return HexFormat.of().formatHex(digest);
  }

  @Test
  void itSaysWhatRan() throws Exception {
    Path data = classes(3, HOSTILE);
    String page =
        report(
            data, "--epochs", 50, "--validation-split", 0.3, "--seed", 7, "--metrics", "roc-auc");
    Path model = folder.resolve("model.safetensors");
    String parameters = Text.sha256(Model.load(model).network());
    assertHas(
        page,
        "<title>Training of model.safetensors</title>",
        ">Loss</text>",
        "<dt>Scaling</dt><dd>features scaled to mean 0, deviation 1; the model keeps it</dd>",
        "<dt>Command</dt><dd>lanewise train --data ",
        data + ", SHA-256 " + sha256(data),
        "<dt>Rows</dt><dd>210 training rows + 90 validation rows</dd>",
        "<dt>Seed</dt><dd>7</dd>",
        "<dt>Kernels</dt><dd>",
        "<dt>Version</dt><dd>lanewise ",
        "<dt>Duration</dt><dd>",
        "<dt>Epochs</dt><dd>50: all epochs are done</dd>",
        "<dt>Parameters</dt><dd>SHA-256 " + parameters,
        model + ", SHA-256 " + sha256(model),
        "<h2>On the 90 validation rows</h2>");
    // Loss, accuracy, ROC AUC and the rate; ROC, precision and recall, reliability.
    assertEquals(7, count(page, "<svg class=\"chart\""));
    assertEquals(3, count(page, "<text class=\"mark\""), "the best epoch is not marked");
    assertFalse(page.contains("<script") || page.contains("http:"), page);
    assertHas(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;");
    int bytes = page.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes <= 150_000, bytes + " bytes");
  }

  @Test
  void theConfusionMatrixIsThatOfEvaluate() throws IOException {
    String page = report(classes(3, "x"), "--epochs", 3);
    assertHas(page, "<h2>On the 300 training rows</h2>", "<table class=\"confusion\">");
    Path model = folder.resolve("model.safetensors");
    Path data = folder.resolve("classes.csv");
    Cli evaluated =
        Cli.run("evaluate", "--model", model, "--data", data, "--label", "kind", "--header", "yes");
    String[] line =
        evaluated
            .out()
            .lines()
            .map(String::strip)
            .dropWhile(l -> !l.startsWith("actual"))
            .filter(l -> l.startsWith("class 1"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(evaluated.out() + evaluated.err()))
            .substring("class 1".length())
            .strip()
            .split(" +");
    StringBuilder wanted = new StringBuilder("<tr><th>class 1</th>");
    String table = page.substring(page.indexOf("<table class=\"confusion\">"));
    for (int j = 0; j < line.length; j++) {
      wanted.append("<td>").append(line[j].equals(".") ? "" : line[j]).append("</td>");
    }
    assertHas(table.replaceAll("<td [^>]*>", "<td>"), wanted.toString());
  }

  @Test
  void ofManyClassesTheMostConfusedAreShown() throws IOException {
    String page = report(classes(130, "x"), "--epochs", 2);
    assertHas(page, "The 20 most confused of 130 classes.");
    String table = page.substring(page.indexOf("<table class=\"confusion\">"));
    table = table.substring(0, table.indexOf("</table>"));
    assertEquals(21, count(table, "<tr>"));
    assertTrue(count(page, ", AUC ") <= 8, "more curves than can be told apart");
  }

  @Test
  void aRegressionHasItsPicturesInTheUnitOfTheTarget() throws IOException {
    String page =
        report(numbers("a,b,price,rent", 4, false), "--targets", "price,rent", "--epochs", 3);
    assertHas(page, ">price, predicted against actual</text>", ">rent, residuals</text>", "RMSE ");
    assertTrue(page.contains(">Loss of scaled targets"), page);
    assertFalse(page.contains("Confusion") || page.contains(">ROC<"), page);
    assertEquals(CHARTS - 5, count(page, "<svg class=\"chart\""));
  }

  @Test
  void lossesOfTargetsAsTheyAreHaveNoOtherName() throws IOException {
    Path data = numbers("a,b,y", 3, false);
    String page = report(data, "--regression", "--scale", "none", "--epochs", 3);
    assertHas(page, ">Loss");
    assertFalse(page.contains("of scaled targets"), page);
    Path plot = folder.resolve("run.svg");
    report(data, "--regression", "--epochs", 3, "--plot", plot);
    assertHas(Files.readString(plot), "Loss of scaled targets");
  }

  @Test
  void labelsHaveCurvesOfEach() throws IOException {
    String page =
        report(
            numbers("a,b,x,y,z", 5, true),
            "--targets",
            "x,y,z",
            "--output",
            "sigmoid",
            "--loss",
            "bce",
            "--epochs",
            20);
    assertHas(page, ">x, AUC 0.", ">z, AP 0.", ">Reliability</text>");
    assertFalse(page.contains("Confusion"), page);
  }

  @Test
  void normsOfLayersAreShownWhereAskedAndChangeNoBit() throws Exception {
    Path data = classes(2, "x");
    String without = report(data, "--epochs", 4);
    String model = sha256(folder.resolve("model.safetensors"));
    String with = report(data, "--epochs", 4, "--norms");
    assertEquals(model, sha256(folder.resolve("model.safetensors")));
    assertFalse(without.contains("Norms"), without);
    assertHas(with, ">Norms of the weights</text>", ">Mean norms of the gradients</text>");
    Cli refused =
        Cli.run("train", "--data", data, "--out", folder.resolve("m.safetensors"), "--norms");
    assertEquals(2, refused.code());
    assertHas(refused.err(), "--norms needs a report: --history FILE.html");
  }

  @Test
  void aTrainingThatDivergesHasItsReportToo() throws IOException {
    Path page = folder.resolve("run.html");
    Path data = numbers("a,b,y", 3, false);
    Cli run =
        Cli.run(
            "train",
            "--data",
            data,
            "--regression",
            "--out",
            folder.resolve("m.safetensors"),
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e20",
            "--history",
            page);
    assertEquals(1, run.code(), run.err());
    assertHas(Files.readString(page), "<dt>Model</dt><dd>not saved", "not finite");
  }

  @Test
  void trainingsAreComparedInATableAndOnAPage() throws IOException {
    file("a.csv", "epoch,loss,validation_loss\n1,3.0,2.5\n2,2.0,1.5\n3,1.0,1.75\n");
    file("b <b>.csv", "epoch,loss,validation_loss,validation_r2\r\n1,4.0,3.5,\r\n2,3.5,,0.25\r\n");
    Path page = folder.resolve("c.html");
    Cli run =
        Cli.run("compare", folder.resolve("a.csv"), folder.resolve("b <b>.csv"), "--out", page);
    assertEquals(0, run.code(), run.err());
    String table = run.out().replaceAll(" +", " ");
    assertHas(table, "\nbest epoch 2 1\n", "validation loss, best epoch 1.5000 3.5000\n");
    assertHas(table, "loss, last epoch 1.0000 3.5000\n", "validation r2, last epoch 0.25000\n");
    String html = Files.readString(page);
    assertHas(
        html, "<th>b &lt;b&gt;.csv</th>", "<td>1.5000</td><td>3.5000</td>", "Validation loss");
    assertHas(html, "<title>a.csv, b &lt;b&gt;.csv compared</title>");
    assertFalse(html.contains("<b>.csv"), html);
    assertEquals(3, count(html, "<svg class=\"chart\""));
  }

  @Test
  void aForeignCsvIsRefusedByOneLine() throws IOException {
    Path good = file("a.csv", "epoch,loss\n1,3.0\n");
    refused(file("x.csv", "a,b\n1,2\n"), good, "x.csv, line 1: no history", "does not begin");
    refused(file("x.csv", ""), good, "x.csv, line 1: no history");
    refused(file("x.csv", "epoch,accuracy,val_loss\n0,1,2\n"), good, "\"val_loss\" is none of");
    refused(file("x.csv", "epoch,loss,loss\n1,2,3\n"), good, "two columns are loss");
    refused(file("x.csv", "epoch,loss\n1,2,3\n"), good, "line 2", "3 fields, where");
    refused(file("x.csv", "epoch,loss\n1,two\n"), good, "line 2", "not a number: ", "two");
    refused(file("x.csv", "epoch,loss\n2,1\n2,1\n"), good, "line 3", "does not come after");
    refused(file("x.csv", "epoch,loss\n"), good, "there is no epoch in it");
    Files.write(folder.resolve("x.csv"), new byte[] {'e', 'p', 'o', 'c', 'h', ',', (byte) 0xff});
    refused(folder.resolve("x.csv"), good, "it is not UTF-8");
    refused(good, good, "a.csv is named twice");
    refused(folder.resolve("none.csv"), good, "no such file");
    Cli run = Cli.run("compare", good, good, "--out", folder.resolve("c.txt"));
    assertHas(run.err(), "c.txt must end in .html");
    run = Cli.run("compare", good);
    assertEquals(2, run.code());
    assertHas(run.err(), "two histories or more are compared, got only " + good);
  }

  private static void refused(Path a, Path b, String... parts) {
    Cli run = Cli.run("compare", a, b);
    assertEquals(2, run.code(), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertHas(run.err(), parts);
  }

  private void look(String page, int charts) throws Exception {
    boolean all = Boolean.getBoolean("lanewise.long");
    for (int width : new int[] {1280, 390}) {
      // Each width in one light, each light in one width, unless it may be long.
      for (boolean dark : all ? new boolean[] {false, true} : new boolean[] {width < 1000}) {
        assertEquals(
            "width="
                + width
                + " charts="
                + charts
                + " empty=0 words=[] scripts=0 page="
                + (dark ? "rgb(21, 23, 26)" : "rgb(252, 252, 251)"),
            Browser.look(folder, page, width, dark));
      }
    }
  }

  /** Nine classes, so that the legends have several lines; names that do not fit. */
  @Test
  void aBrowserDrawsAClassification() throws Exception {
    String page =
        report(
            classes(9, HOSTILE.repeat(3)),
            "--epochs",
            30,
            "--validation-split",
            0.3,
            "--metrics",
            "roc-auc,f1-macro",
            "--norms",
            "--schedule",
            "warmup:5,cosine");
    look(page, CHARTS - 1);
    // The test can fail.
    String broken = page.replace("</style>", ".curve, .dots { stroke: none !important }</style>");
    assertHas(Browser.look(folder, broken, 390, false), "empty=" + (CHARTS - 1));
    String upon = page.replace("</style>", ".chart text { font-size: 30px }</style>");
    assertHas(Browser.look(folder, upon, 390, false), " over ");
  }

  @Test
  void aBrowserDrawsARegressionAndAComparison() throws Exception {
    String header = "a,b," + "a target of a long name ".repeat(5);
    look(report(numbers(header, 3, false), "--regression", "--epochs", 12), 4);
    Path other = folder.resolve("a file whose name is long as well, longer than a line.csv");
    Files.copy(folder.resolve("run.csv"), other);
    Path page = folder.resolve("compare.html");
    Cli run = Cli.run("compare", folder.resolve("run.csv"), other, "--out", page);
    assertEquals(0, run.code(), run.err());
    look(Files.readString(page), 2);
  }
}
