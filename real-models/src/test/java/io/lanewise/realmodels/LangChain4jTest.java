package io.lanewise.realmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import io.lanewise.langchain4j.LanewiseEmbeddingModel;
import io.lanewise.text.TextEncoder;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** LangChain4j's own all-MiniLM-L6-v2, by ONNX Runtime and Rust, beside ours of the same files. */
final class LangChain4jTest {
  private static final List<String> TEXTS =
      List.of(
          "Where is the nearest station?",
          "a",
          "Die nächste Haltestelle ist am Größenweg.",
          "東京タワーはどこですか 👍🏽",
          "for (int i = 0; i < n; i++) { sum += values[i]; }",
          "The quick brown fox jumps over the lazy dog. ".repeat(20),
          "The quick brown fox jumps over the lazy dog. ".repeat(200));

  private static TextEncoder encoder() throws IOException {
    try (InputStream model = LangChain4jTest.class.getResourceAsStream("/all-minilm-l6-v2.onnx");
        InputStream tokenizer =
            LangChain4jTest.class.getResourceAsStream("/all-minilm-l6-v2-tokenizer.json")) {
      return TextEncoder.load(model, tokenizer);
    }
  }

  @Test
  void theVectorsAreTheirs() throws IOException {
    EmbeddingModel ours = new LanewiseEmbeddingModel(encoder());
    EmbeddingModel theirs = new AllMiniLmL6V2EmbeddingModel();
    assertEquals(theirs.dimension(), ours.dimension());
    List<TextSegment> segments = TEXTS.stream().map(TextSegment::from).toList();
    List<Embedding> expected = theirs.embedAll(segments).content();
    List<Embedding> vectors = ours.embedAll(segments).content();
    for (int i = 0; i < TEXTS.size(); i++) {
      assertArrayEquals(expected.get(i).vector(), vectors.get(i).vector(), 1e-5f, TEXTS.get(i));
    }
    assertEquals(
        theirs.embedAll(segments).tokenUsage().inputTokenCount(),
        ours.embedAll(segments).tokenUsage().inputTokenCount());
  }
}
