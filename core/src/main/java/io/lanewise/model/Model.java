package io.lanewise.model;

import io.lanewise.nn.Network;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A network and what its owner wants to be kept with it.
 *
 * @param network the network
 * @param metadata short texts by name; names that begin with "lanewise." are taken
 */
public record Model(Network network, Map<String, String> metadata) {

  /** Takes a copy of the map, sorted by name. */
  public Model {
    Objects.requireNonNull(network, "network");
    // Of names that a file has: Map.copyOf would search a line of those whose hashes are near.
    Map<String, String> copy = new TreeMap<>(metadata);
    copy.values().forEach(text -> Objects.requireNonNull(text, "metadata"));
    metadata = Collections.unmodifiableMap(copy);
  }
}
