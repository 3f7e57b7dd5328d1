package io.lanewise.nn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where residual blocks begin; a {@link ResidualAdd} itself is where one ends. */
final class Blocks {
  // By the layer that a block begins with: most networks have none, and a file may have many
  // layers.
  private final Map<Integer, List<ResidualAdd>> beginning = new HashMap<>();

  private Blocks() {}

  static Blocks of(List<Layer> layers) {
    Blocks blocks = new Blocks();
    for (Layer layer : layers) {
      if (layer instanceof ResidualAdd add) {
        List<ResidualAdd> ends = blocks.beginning.get(add.from() + 1);
        if (ends == null) {
          ends = new ArrayList<>();
          blocks.beginning.put(add.from() + 1, ends);
        }
        ends.add(add);
      }
    }
    return blocks;
  }

  /** The ends of the blocks that begin with layer l, the innermost first. */
  List<ResidualAdd> from(int l) {
    List<ResidualAdd> ends = beginning.get(l);
    return ends == null ? List.of() : List.copyOf(ends);
  }
}
