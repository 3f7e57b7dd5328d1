package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine reads is the same wherever it is written: nothing takes the default locale. */
class LocaleTest {
  /** What formats or changes case by the default locale unless it is given another. */
  private static final Pattern FORBIDDEN =
      Pattern.compile(
          "\\bString\\s*\\.format\\(\\s*+(?!Locale\\.ROOT\\b)"
              + "|\\.printf\\(\\s*+(?!Locale\\.ROOT\\b)"
              + "|\\bSystem\\.(out|err)\\.format\\("
              + "|\\.formatted\\(|::formatted\\b"
              + "|\\.to(Lower|Upper)Case\\(\\s*\\)|::to(Lower|Upper)Case\\b"
              + "|new (Formatter|DecimalFormat|SimpleDateFormat|MessageFormat)\\("
              + "|\\bNumberFormat\\.get|\\bDateTimeFormatter\\.ofPattern|\\bCollator\\."
              + "|\\bLocale\\.getDefault\\(");

  @TempDir private Path folder;

  private static List<String> found(String name, String source) {
    List<String> found = new ArrayList<>();
    for (Matcher matcher = FORBIDDEN.matcher(source); matcher.find(); ) {
      long line = source.substring(0, matcher.start()).lines().count();
      found.add(name + ":" + line + " " + matcher.group());
    }
    return found;
  }

  @Test
  void noSourceFormatsByTheDefaultLocale() throws IOException {
    List<Path> folders;
    try (Stream<Path> all = Files.list(Path.of(".."))) {
      folders = all.filter(folder -> !folder.getFileName().toString().startsWith(".")).toList();
    }
    List<Path> sources = new ArrayList<>();
    for (Path folder : folders) {
      // Not what other modules are just building.
      Path source = folder.resolve("src");
      try (Stream<Path> all = Files.walk(Files.isDirectory(source) ? source : folder)) {
        all.filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.toString().matches(".*(target|test).*"))
            .forEach(sources::add);
      }
    }
    List<String> found = new ArrayList<>();
    for (Path file : sources) {
      found.addAll(found(file.toString(), Files.readString(file)));
    }
    assertEquals(List.of(), found);
    for (String place : List.of("core/src/main", "bench/src", "peers/src", "examples/", "House")) {
      assertTrue(sources.stream().anyMatch(file -> file.toString().contains(place)), place);
    }
  }

  @Test
  void theSearchFindsThem() {
    String source =
        "a = String.format(\n\"%d\", 1); b = \"%d\".formatted(2); out.printf(\"%d\", 3);"
            + " c.toLowerCase(); d.map(String::toUpperCase);"
            + " String.format(Locale.ROOT, \"%d\", 4); e.toLowerCase(Locale.ROOT);";
    assertEquals(5, found("here", source).size());
  }

  private static String train(List<String> flags, Path place, int epochs, String... more)
      throws Exception {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "train", "--data", place.resolve("rows.csv"), "--label", "kind", "--layers", "4"));
    arguments.addAll(List.of("--checkpoint", place.resolve("run"), "--every", "2"));
    arguments.addAll(List.of("--batch-size", "4", "--epochs", "" + epochs, "--scale", "standard"));
    arguments.addAll(List.of("--out", place.resolve("model.safetensors")));
    arguments.addAll(List.of("--history", place.resolve("history.csv")));
    arguments.addAll(List.of(more));
    List<String> all = new ArrayList<>(flags);
    all.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    return Jvm.run(all, Main.class.getName(), arguments.toArray());
  }

  private static List<String> names(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aTrainingThatIsResumedInAnyLocaleHasTheSameFiles() throws Exception {
    StringBuilder rows = new StringBuilder("x,y,kind\n");
    for (int i = 0; i < 24; i++) {
      rows.append(i % 5).append(',').append(i % 7).append(i % 2 == 0 ? ",a\n" : ",b\n");
    }
    String model = "model.safetensors";
    Path root = Files.createDirectory(folder.resolve("root"));
    Files.writeString(root.resolve("rows.csv"), rows);
    train(List.of("-Duser.language=en", "-Duser.country=US"), root, 3);
    assertTrue(names(root.resolve("run")).contains("step-000000000018.safetensors"));
    // Those with digits and letters of their own; all of them where it may be long.
    List<String> tags = List.of("ar-EG", "tr-TR", "fa-IR", "de-DE");
    for (String tag : tags.subList(0, Boolean.getBoolean("lanewise.long") ? tags.size() : 2)) {
      List<String> flags =
          List.of("-Duser.language=" + tag.substring(0, 2), "-Duser.country=" + tag.substring(3));
      Path here = Files.createDirectory(folder.resolve(tag));
      Files.writeString(here.resolve("rows.csv"), rows);
      train(flags, here, 2);
      String resumed = train(flags, here, 3, "--resume");
      assertTrue(resumed.contains("resumed  epoch 2/3, step 12"), resumed);
      assertEquals(names(root.resolve("run")), names(here.resolve("run")));
      assertEquals(-1, Files.mismatch(root.resolve(model), here.resolve(model)));
      assertTrue(Files.readString(here.resolve("history.csv")).matches("[\\x00-\\x7f]*"));
    }
  }
}
