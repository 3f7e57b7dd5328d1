package io.lanewise.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where residual blocks begin; a {@link ResidualAdd} itself is where one ends. */
final class Blocks {
  private final List<List<ResidualAdd>> beginning = new ArrayList<>();

  private Blocks() {}

  static Blocks of(List<Layer> layers) {
    Blocks blocks = new Blocks();
    for (Layer layer : layers) {
      blocks.beginning.add(new ArrayList<>());
      if (layer instanceof ResidualAdd add) {
        blocks.beginning.get(add.from() + 1).add(add);
      }
    }
    return blocks;
  }

  /** The ends of the blocks that begin with layer l, the innermost first. */
  List<ResidualAdd> from(int l) {
    return Collections.unmodifiableList(beginning.get(l));
  }
}
