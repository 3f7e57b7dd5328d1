package io.lanewise.data.weights;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether modules are one chain, as far as their names and their order in the file say. */
final class ChainNames {
  private static final Set<String> APART =
      Set.of(
          "downsample",
          "shortcut",
          "skip",
          "residual",
          "attn",
          "attention",
          "q",
          "k",
          "v",
          "query",
          "key",
          "value",
          "qkv",
          "lora",
          "gate",
          "actor",
          "critic",
          "policy",
          "ema",
          "teacher",
          "student",
          "discriminator",
          "generator",
          "optimizer",
          "expert",
          "experts");
  private static final Set<String> EMBEDDING = Set.of("embedding", "embeddings", "emb", "embed");
  private static final Set<String> OTHER_NORMS =
      Set.of("bn", "batch", "batchnorm", "gn", "group", "groupnorm", "instance", "rms", "rmsnorm");

  private final List<WeightModule> modules;
  // What all names begin with, up to a dot.
  private final String common;

  ChainNames(List<WeightModule> modules) {
    this.modules = modules;
    String begin = modules.get(0).name();
    for (WeightModule module : modules) {
      begin = common(begin, module.name());
    }
    common = begin;
  }

  List<WeightModule> modules() {
    return modules;
  }

  private String inside(WeightModule module) {
    return module.name().substring(common.length());
  }

  /** Refuses what by its name is no part of a chain, or of a kind that the shape does not tell. */
  void require() throws ModelFormatException {
    for (WeightModule module : modules) {
      List<String> words = NameOrder.words(inside(module));
      if (modules.size() > 1 && words.stream().anyMatch(APART::contains)) {
        throw module.error(
            "is by its name beside the others, not behind them: choose with --prefix, leave it out"
                + " with --ignore "
                + module.name()
                + ", or say with --order in which order all of them run");
      }
      if (module.isDense() && !module.hasBias() && words.stream().anyMatch(EMBEDDING::contains)) {
        throw module.error("is by its name an embedding, which is no layer here");
      }
    }
    requireKnownVectors();
  }

  private void requireKnownVectors() throws ModelFormatException {
    for (WeightModule module : modules) {
      boolean other =
          module.kind() == WeightModule.Kind.LAYER_NORM
              && NameOrder.words(module.name()).stream().anyMatch(OTHER_NORMS::contains);
      if (other || module.kind() == WeightModule.Kind.VECTOR) {
        throw module.error(
            other
                ? "has no running statistics, so it is by its name neither a batch norm that can"
                    + " be run nor a layer norm: name all layers with --layers if it is one"
                : "has a vector alone: a layer norm, an RMS norm or a PReLU; name all layers with"
                    + " --layers if it is a layer norm");
      }
    }
  }

  /** What both begin with, up to a dot. */
  private static String common(String a, String b) {
    int end = 0;
    for (int i = 0; i < Math.min(a.length(), b.length()) && a.charAt(i) == b.charAt(i); i++) {
      if ("./".indexOf(a.charAt(i)) >= 0) {
        end = i + 1;
      }
    }
    return a.substring(0, end);
  }

  /** Whether the tensors have an order that somebody gave them: they are not sorted. */
  boolean isOrdered(Iterable<String> tensors) {
    List<String> seen = new ArrayList<>();
    List<WeightModule.Part> parts = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    modules.forEach(module -> names.add(module.name()));
    for (String name : tensors) {
      WeightModule.Place place = WeightModule.place(name);
      if (place == null || !names.contains(place.module())) {
        continue;
      }
      boolean same = !seen.isEmpty() && seen.getLast().equals(place.module());
      // Libraries list the weight first, who sorts the bias.
      if (same && parts.getLast() == WeightModule.Part.BIAS && place.part().ordinal() < 3) {
        return false;
      }
      if (!same) {
        seen.add(place.module());
      }
      parts.add(place.part());
    }
    return seen.size() == modules.size();
  }

  /** Whether two containers have the same inside: copies, more likely than a chain. */
  boolean hasTwins() {
    Map<String, StringBuilder> inside = new LinkedHashMap<>();
    for (WeightModule module : modules) {
      String[] parts = inside(module).split("[./]", 2);
      if (parts.length == 2 && !parts[0].matches(".*\\d")) {
        inside
            .computeIfAbsent(parts[0], p -> new StringBuilder())
            .append(
                parts[1] + ' ' + module.kind() + ' ' + module.nIn() + ' ' + module.nOut() + ';');
      }
    }
    return inside.values().stream().map(StringBuilder::toString).distinct().count() < inside.size();
  }
}
