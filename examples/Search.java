import io.lanewise.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Searches the paragraphs of a folder's text files by what they mean: Search MODEL.onnx
 * TOKENIZER.json FOLDER QUESTION.
 */
public class Search {
  /** A paragraph, and how near it is to the question: 1 is the same. */
  public record Hit(Path file, String paragraph, double similarity) {
    @Override
    public String toString() {
      String line = paragraph.replaceAll("\\s+", " ");
      String shown = line.length() > 120 ? line.substring(0, 120) + "..." : line;
      return String.format(Locale.ROOT, "%.3f  %s: %s", similarity, file, shown);
    }
  }

  public static void main(String[] args) throws IOException {
    TextEncoder encoder = TextEncoder.load(Path.of(args[0]), Path.of(args[1]));
    search(encoder, Path.of(args[2]), args[3]).stream().limit(5).forEach(System.out::println);
  }

  /** Returns all paragraphs of the folder's .txt and .md files, the nearest first. */
  public static List<Hit> search(TextEncoder encoder, Path folder, String question)
      throws IOException {
    List<Path> of = new ArrayList<>();
    List<String> paragraphs = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted().filter(f -> f.toString().matches(".*\\.(txt|md)")).toList()) {
        for (String paragraph : Files.readString(file).split("\\R\\s*\\R")) {
          if (!paragraph.isBlank()) {
            of.add(file);
            paragraphs.add(paragraph.strip());
          }
        }
      }
    }
    float[] wanted = encoder.encode(question);
    List<float[]> vectors = encoder.encode(paragraphs);
    List<Hit> hits = new ArrayList<>();
    for (int i = 0; i < paragraphs.size(); i++) {
      hits.add(new Hit(of.get(i), paragraphs.get(i), dot(wanted, vectors.get(i))));
    }
    hits.sort(Comparator.comparingDouble(Hit::similarity).reversed());
    return hits;
  }

  /** The cosine of their angle, since both have length 1. */
  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
