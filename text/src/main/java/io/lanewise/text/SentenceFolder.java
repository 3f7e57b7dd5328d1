package io.lanewise.text;

import io.lanewise.model.ModelFormatException;
import io.lanewise.text.TextEncoder.Pooling;
import io.lanewise.tokenizer.json.Field;
import io.lanewise.tokenizer.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the files of sentence-transformers beside a model say of it: {@code modules.json}, {@code
 * 1_Pooling/config.json}, {@code sentence_bert_config.json}. They lie in the folder of the model,
 * or in the one above if that is "onnx".
 */
final class SentenceFolder {
  private static final long MAX_BYTES = 1 << 20;
  private static final Map<String, Pooling> MODES =
      Map.of("mean_tokens", Pooling.MEAN, "cls_token", Pooling.CLS, "max_tokens", Pooling.MAX);
  private static final Map<String, Pooling> NAMES =
      Map.of("mean", Pooling.MEAN, "cls", Pooling.CLS, "max", Pooling.MAX);

  private final Path folder;

  private SentenceFolder(Path folder) {
    this.folder = folder;
  }

  /**
   * What they say; null where they say nothing.
   *
   * @param maxTokens the tokens of a text at most
   * @param lowered the file that wants texts in lower case
   */
  record Settings(
      @Nullable Pooling pooling,
      @Nullable Boolean normalized,
      @Nullable Integer maxTokens,
      @Nullable Path lowered) {}

  /**
   * Reads them.
   *
   * @param pools whether it counts how tokens are pooled: neither the graph nor the caller says it
   * @throws ModelFormatException if they ask for what there is not; the message names the file
   */
  static Settings beside(Path model, boolean pools) throws IOException {
    Path parent = model.toAbsolutePath().normalize().getParent();
    boolean inside = parent != null && "onnx".equals(String.valueOf(parent.getFileName()));
    Path folder = inside && parent.getParent() != null ? parent.getParent() : parent;
    return folder == null
        ? new Settings(null, null, null, null)
        : new SentenceFolder(folder).settings(pools);
  }

  private Settings settings(boolean pools) throws IOException {
    Path modules = folder.resolve("modules.json");
    Path pooling = folder.resolve("1_Pooling").resolve("config.json");
    Boolean normalized = null;
    if (Files.isRegularFile(modules)) {
      normalized = false;
      for (Field module : read(modules).elements()) {
        String type = module.get("type").text();
        String name = type.substring(type.lastIndexOf('.') + 1);
        switch (name) {
          case "Transformer" -> {}
          case "Pooling" -> pooling = inside(module.get("path")).resolve("config.json");
          case "Normalize" -> normalized = true;
          default ->
              throw new ModelFormatException(
                  modules
                      + ": its module "
                      + name
                      + " is not supported: only Transformer, Pooling"
                      + " and Normalize are");
        }
      }
    }
    Pooling mode = pools && Files.isRegularFile(pooling) ? mode(pooling) : null;
    Path limits = folder.resolve("sentence_bert_config.json");
    if (!Files.isRegularFile(limits)) {
      return new Settings(mode, normalized, null, null);
    }
    Field config = read(limits);
    boolean lowered = config.has("do_lower_case") && config.get("do_lower_case").flag();
    boolean limit = config.has("max_seq_length") && !config.get("max_seq_length").isNull();
    Integer most = limit ? (Integer) config.get("max_seq_length").whole(1, 1 << 20) : null;
    return new Settings(mode, normalized, most, lowered ? limits : null);
  }

  private Path inside(Field path) throws ModelFormatException {
    Path place = folder.resolve(path.text()).normalize();
    if (!place.startsWith(folder)) {
      throw path.wanted("a folder inside " + folder);
    }
    return place;
  }

  private static Field read(Path file) throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new ModelFormatException(file + ": it has more than " + MAX_BYTES + " bytes");
    }
    try {
      return new Field(file.toString(), Json.parse(Files.readAllBytes(file)));
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage());
    }
  }

  private static Pooling mode(Path file) throws IOException {
    Field config = read(file);
    List<String> chosen = new ArrayList<>();
    for (String name : config.names()) {
      if (name.equals("pooling_mode")) {
        chosen.add(config.get(name).text().toLowerCase(Locale.ROOT));
      } else if (name.startsWith("pooling_mode_") && config.get(name).flag()) {
        chosen.add(name.substring("pooling_mode_".length()));
      }
    }
    String only = chosen.size() == 1 ? chosen.getFirst() : "";
    Pooling mode = MODES.getOrDefault(only, NAMES.get(only));
    if (mode == null) {
      throw new ModelFormatException(
          file + ": it pools by " + chosen + ", which is not supported: say mean, cls or max");
    }
    return mode;
  }
}
