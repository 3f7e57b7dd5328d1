package io.lanewise.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import io.lanewise.text.TextEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LanewiseEmbeddingModelTest {
  private static final Path MODEL =
      Path.of("../text/src/test/resources/io/lanewise/text/encoder.onnx");
  private static final Path TOKENIZER =
      Path.of("../tokenizer/src/test/resources/io/lanewise/tokenizer/tokenizer.json");

  @Test
  void segmentsAreEmbeddedAsTheirTextsAre() throws IOException {
    EmbeddingModel model = LanewiseEmbeddingModel.load(MODEL, TOKENIZER);
    TextEncoder encoder = TextEncoder.load(MODEL, TOKENIZER);
    List<String> texts = List.of("the quick brown fox", "the");
    Response<List<Embedding>> response =
        model.embedAll(texts.stream().map(TextSegment::from).toList());
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(encoder.encode(texts.get(i)), response.content().get(i).vector());
      assertArrayEquals(encoder.encode(texts.get(i)), model.embed(texts.get(i)).content().vector());
    }
    assertEquals(5, response.tokenUsage().inputTokenCount());
    assertEquals(12, model.dimension());
    assertThrows(IllegalArgumentException.class, () -> model.embed(" \n"));
    assertThrows(IllegalArgumentException.class, () -> model.embedAll(List.of()));
  }
}
