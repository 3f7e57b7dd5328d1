package io.lanewise.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import io.lanewise.text.TextEncoder;
import io.lanewise.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * LangChain4j's model of embeddings, in pure Java: an encoder in ONNX and its tokenizer.json, such
 * as those that its own {@code langchain4j-embeddings-*} run by native libraries, with the same
 * vectors.
 *
 * <pre>{@code
 * EmbeddingModel model =
 *     LanewiseEmbeddingModel.load(Path.of("model.onnx"), Path.of("tokenizer.json"));
 * Embedding embedding = model.embed("Where is the nearest station?").content();
 * }</pre>
 *
 * <p>Immutable; for any number of threads.
 */
public final class LanewiseEmbeddingModel extends DimensionAwareEmbeddingModel {
  private final TextEncoder encoder;

  /** Makes one of an encoder, which says how texts are pooled and cut. */
  public LanewiseEmbeddingModel(TextEncoder encoder) {
    this.encoder = Objects.requireNonNull(encoder, "encoder");
  }

  /**
   * Loads one that pools the mean of the tokens, and takes as many of a text as the tokenizer's
   * file says; see {@link TextEncoder#load(Path, Path)}.
   *
   * @throws IOException if the files cannot be read, or are not what they should be
   */
  public static LanewiseEmbeddingModel load(Path model, Path tokenizer) throws IOException {
    return new LanewiseEmbeddingModel(TextEncoder.load(model, tokenizer));
  }

  /**
   * Embeds texts, and counts those of their tokens that count, without [CLS] and [SEP].
   *
   * @throws IllegalArgumentException if there is none, or one has nothing but white space
   */
  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    if (segments == null || segments.isEmpty()) {
      throw new IllegalArgumentException("segments: wanted one or more, got " + segments);
    }
    List<String> texts = new ArrayList<>(segments.size());
    Tokenizer tokenizer = encoder.tokenizer();
    int tokens = -segments.size() * tokenizer.encode("").length();
    for (TextSegment segment : segments) {
      String text = segment.text();
      if (text.isBlank()) {
        throw new IllegalArgumentException("segments: text " + texts.size() + " is blank");
      }
      texts.add(text);
      tokens += tokenizer.encode(text).length();
    }
    List<Embedding> embeddings = encoder.encode(texts).stream().map(Embedding::from).toList();
    return Response.from(embeddings, new TokenUsage(tokens));
  }

  /** Returns how many numbers a vector has. */
  @Override
  protected Integer knownDimension() {
    return encoder.encode("a").length;
  }
}
