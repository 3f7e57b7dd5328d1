package io.lanewise.peers;

import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.util.List;

/** The layers of a network that has no others, as all that are compared. */
final class DenseLayers {
  private DenseLayers() {}

  static List<Dense> of(Network network) {
    return network.layers().stream().map(Dense.class::cast).toList();
  }
}
