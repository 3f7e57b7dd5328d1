package io.lanewise.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** What a training is of, as text, and the comparison with that of worker 0. */
final class Settings {
  private static final String SEPARATOR = "\0";

  private Settings() {}

  /** Throws if they do not go with so many workers. */
  static void requireWorkers(Map<String, String> settings, int workers) {
    int shards = Integer.parseInt(settings.getOrDefault("shards", "1"));
    if (shards < workers) {
      throw new IllegalArgumentException(
          "shards: "
              + shards
              + " for "
              + workers
              + " workers, wanted at least one for each, and the same number at all");
    }
    for (String name : new String[] {"early stopping", "schedule"}) {
      if (settings.getOrDefault(name, "").contains("rows_per_second")) {
        throw new IllegalArgumentException(
            name + ": rows_per_second is another figure at each worker: watch another one");
      }
    }
  }

  static byte[] bytes(Map<String, String> settings, long hash) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("version", "Lanewise " + Chain.class.getPackage().getImplementationVersion());
    // After all by which others come about.
    all.put("weights at the beginning", "those of hash " + Long.toHexString(hash));
    StringBuilder text = new StringBuilder();
    all.forEach(
        (name, value) -> text.append(name).append(SEPARATOR).append(value).append(SEPARATOR));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Throws if they differ, naming the first that does. */
  static void requireSame(int rank, byte[] first, byte[] mine) {
    String[] theirs = new String(first, StandardCharsets.UTF_8).split(SEPARATOR, -1);
    String[] own = new String(mine, StandardCharsets.UTF_8).split(SEPARATOR, -1);
    for (int i = 0; i < Math.min(theirs.length, own.length); i++) {
      if (!theirs[i].equals(own[i])) {
        String name = own[i - i % 2];
        throw new IllegalStateException(
            i % 2 == 0
                ? "rank "
                    + rank
                    + " has a setting \""
                    + name
                    + "\", rank 0 has none: is the version"
                    + " of Lanewise the same?"
                : "rank "
                    + rank
                    + " trains something else than rank 0: its "
                    + name
                    + " is "
                    + own[i]
                    + ", that of rank 0 is "
                    + theirs[i]
                    + ": give all workers the same data and settings");
      }
    }
  }
}
