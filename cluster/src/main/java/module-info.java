/**
 * A training on several machines, with the bits of one.
 *
 * <p>Where to begin: {@link io.lanewise.cluster.Chain}.
 */
module io.lanewise.cluster {
  requires transitive io.lanewise.core;
  requires static org.jspecify;

  exports io.lanewise.cluster;
}
