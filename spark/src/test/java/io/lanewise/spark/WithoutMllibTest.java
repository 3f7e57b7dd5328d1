package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process without spark-mllib and without the Vector API: it trains to the same bits, and what it
 * writes is read here, with {@code -Dlanewise.long=true}. Without it, which classes name
 * spark-mllib.
 */
class WithoutMllibTest {
  @TempDir private Path folder;

  private static LanewiseClassifier classifier() {
    return new LanewiseClassifier()
        .features("age", "city")
        .label("kind")
        .layers("8 batchnorm relu dropout:0.1")
        .epochs(2)
        .batchSize(32)
        .shards(4);
  }

  /** What the process does: the hash comes out, the model goes to the folder. */
  static final class Main {
    public static void main(String[] args) {
      try {
        Class.forName("org.apache.spark.ml.Estimator");
        throw new IllegalStateException("spark-mllib is there");
      } catch (ClassNotFoundException e) {
        Dataset<Row> rows = Tables.columns(200);
        LanewiseModel model = classifier().workers(2).fit(rows);
        model.write(args[0]);
        System.out.println(LanewiseModel.load(args[0]).sha256());
        System.out.println(model.transform(rows).count());
        Sessions.shared().stop();
      }
    }
  }

  /** The stages of a pipeline, and what reads a vector where there is one. */
  @Test
  void nothingButTheStagesNamesMllib() throws IOException {
    Path classes = Path.of("target", "classes", "io", "lanewise", "spark");
    List<String> named = new ArrayList<>();
    try (Stream<Path> all = Files.walk(classes)) {
      for (Path file : all.filter(f -> f.toString().endsWith(".class")).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains("org/apache/spark/ml/") && !file.startsWith(classes.resolve("ml"))) {
          named.add(file.getFileName().toString());
        }
      }
    }
    assertEquals(List.of("Values$Vectors.class"), named);
  }

  @Test
  @EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
  void theSameWithoutMllibAndWithoutTheVectorApi() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Those of this JVM, but the module.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--add-opens") || flag.startsWith("-D"))
        .forEach(command::add);
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx700m", "-cp"));
    command.add(
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(jar -> !jar.contains("spark-mllib"))
            .collect(Collectors.joining(File.pathSeparator)));
    String at = folder.resolve("model").toUri().toString();
    command.addAll(List.of(Main.class.getName(), at));
    Path log = folder.resolve("log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String errors = Files.readString(log);
    assertEquals(0, process.waitFor(), errors);
    assertTrue(errors.contains("--add-modules=jdk.incubator.vector"), errors);
    String hash = classifier().workers(3).fit(Tables.columns(200)).sha256();
    assertEquals(List.of(hash, "200"), said.lines().toList());
    assertEquals(hash, LanewiseModel.load(at).sha256());
  }
}
