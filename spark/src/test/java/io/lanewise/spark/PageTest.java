package io.lanewise.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/spark.md has people copy; {@code packaging/on-spark} runs the page. */
class PageTest {
  private static final Path ROOT = Path.of("..");
  private static final Path EXAMPLE = ROOT.resolve("examples/spark");

  @TempDir private Path folder;

  private static String page() throws IOException {
    return Files.readString(ROOT.resolve("docs/spark.md"));
  }

  @Test
  void theProgramOfThePageIsThatOfTheExampleAndCompiles() throws IOException {
    Matcher same =
        Pattern.compile("<!-- same as: (.*) -->\n```java\n(.*?)```", Pattern.DOTALL)
            .matcher(page());
    assertTrue(same.find());
    Path source = ROOT.resolve(same.group(1));
    assertEquals(Files.readString(source), same.group(2));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none");
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      assertTrue(
          compiler
              .getTask(null, files, null, options, null, files.getJavaFileObjects(source))
              .call());
    }
  }

  /** Of Lanewise, of Spark and of Scala: the example's are those of this build. */
  @Test
  void theVersionsAreThoseOfThisBuild() throws IOException {
    String build = Files.readString(ROOT.resolve("pom.xml"));
    String example = Files.readString(EXAMPLE.resolve("pom.xml"));
    String ours = first(build, "<version>(.*?)</version>");
    assertEquals(ours, first(example, "lanewise-spark_2.13</artifactId>\\s*<version>(.*?)<"));
    assertEquals(ours, first(page(), "lanewise-spark_2.13:([^\\s]*)"));
    String spark = first(build, "<spark.version>(.*?)<");
    assertEquals(spark, first(example, "spark-sql_2.13</artifactId>\\s*<version>(.*?)<"));
    assertEquals(spark, first(example, "spark-mllib_2.13</artifactId>\\s*<version>(.*?)<"));
    assertTrue(page().contains("Spark " + spark.substring(0, spark.lastIndexOf('.')) + "\n"));
    assertEquals(
        first(build, "<scala.version>(.*?)<"),
        first(example, "scala-library</artifactId>\\s*<version>(.*?)<"));
  }

  private static String first(String text, String pattern) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    assertTrue(found.find(), pattern);
    return found.group(1);
  }
}
