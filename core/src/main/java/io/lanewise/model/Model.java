package io.lanewise.model;

import io.lanewise.nn.Network;
import java.util.Map;
import java.util.Objects;

/**
 * A network and what its owner wants to be kept with it.
 *
 * @param network the network
 * @param metadata short texts by name; names that begin with "lanewise." are taken
 */
public record Model(Network network, Map<String, String> metadata) {

  /** Takes a copy of the map. */
  public Model {
    Objects.requireNonNull(network, "network");
    metadata = Map.copyOf(metadata);
  }
}
