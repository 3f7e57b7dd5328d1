package io.lanewise.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a cluster must be for a fit: Spark itself would wait for ever, or say less. */
final class ClusterChecks {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterChecks.class);
  private static final String DYNAMIC = "spark.dynamicAllocation.enabled";
  private static final String[] ENCRYPTED = {
    "spark.network.crypto.enabled",
    "spark.authenticate.enableSaslEncryption",
    "spark.ssl.rpc.enabled"
  };
  private static final int POLL_MILLIS = 250;
  // In which an executor comes up.
  private static final long COME_MILLIS = 60_000;

  private ClusterChecks() {}

  /**
   * Checks what is set.
   *
   * @throws IllegalArgumentException if there are more workers than shards
   * @throws IllegalStateException if Spark is not set up for it
   */
  static void require(SparkConf conf, boolean local, FitSettings settings) {
    if (settings.workers > settings.shards) {
      throw new IllegalArgumentException(
          "workers: "
              + settings.workers
              + ", wanted at most as many as shards, which are "
              + settings.shards);
    }
    if (local) {
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        LOG.warn(
            "The driver trains without the Vector API, to the same bits and slower: start it with"
                + " --add-modules=jdk.incubator.vector");
      }
      return;
    }
    if (conf.getBoolean(DYNAMIC, false)) {
      throw new IllegalStateException(
          DYNAMIC
              + " is true, and then Spark runs no tasks that need each other: set it to false, and"
              + " as many executors as there are to be (spark.executor.instances, or"
              + " spark.cores.max of a standalone cluster)");
    }
    for (String name : ENCRYPTED) {
      if (conf.getBoolean(name, false) && settings.tls == null && !settings.plainSockets) {
        throw new IllegalStateException(
            name
                + " is true, but what the workers say to each other would not be encrypted: give"
                + " tls(...) a context, or say allowPlainSockets(true)");
      }
    }
  }

  /**
   * Returns how many workers there are to be; waits for executors that are still to come.
   *
   * @param before how many there were in the try before, 0 in the first: an executor that was lost
   *     is replaced, but only after Spark knows of it
   * @throws IllegalStateException if the cluster has too few slots for those that were set
   */
  static int workers(SparkContext spark, FitSettings settings, int before) {
    int wanted = Math.max(1, settings.workers);
    int hoped = Math.max(wanted, before);
    long millis = Math.max(settings.timeoutMillis, COME_MILLIS);
    if (before > 0) {
      long notices = spark.getConf().getTimeAsMs("spark.network.timeout", "120s");
      millis = Math.max(settings.timeoutMillis, notices + COME_MILLIS);
    }
    long until = System.nanoTime() + millis * 1_000_000;
    int slots = slots(spark);
    while (slots < hoped && System.nanoTime() < until && !spark.isLocal()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while it waited for executors", e);
      }
      slots = slots(spark);
    }
    if (slots < wanted) {
      throw new IllegalStateException(
          "workers: "
              + wanted
              + " must run at the same time, but the cluster has slots for "
              + slots
              + ": set workers("
              + Math.max(1, slots)
              + ") or fewer, or give it more executors or cores (spark.executor.instances,"
              + " spark.executor.cores, spark.cores.max; spark.task.cpus is "
              + spark.getConf().get("spark.task.cpus", "1")
              + ")");
    }
    return settings.workers > 0 ? settings.workers : Math.min(slots, settings.shards);
  }

  private static int slots(SparkContext spark) {
    return spark.maxNumConcurrentTasks(spark.resourceProfileManager().defaultResourceProfile());
  }
}
