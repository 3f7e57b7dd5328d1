package io.lanewise.spark;

import io.lanewise.train.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.CollectionAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;
import scala.Tuple4;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;

/** What the driver is told of a fit that is under way, by the executors' heartbeats. */
final class Progress extends SparkListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("io.lanewise.spark");

  private final SparkContext spark;
  private final int most;
  private final CollectionAccumulator<String> epochs;
  private int told;

  Progress(SparkContext spark, int most) {
    this.spark = spark;
    this.most = most;
    epochs = spark.collectionAccumulator("Lanewise epochs");
    spark.addSparkListener(this);
  }

  /** What worker 0 adds each epoch to, as CSV. */
  CollectionAccumulator<String> epochs() {
    return epochs;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    Iterator<Tuple4<Object, Object, Object, Seq<AccumulableInfo>>> tasks =
        update.accumUpdates().iterator();
    while (tasks.hasNext()) {
      Iterator<AccumulableInfo> each = tasks.next()._4().iterator();
      while (each.hasNext()) {
        AccumulableInfo info = each.next();
        Option<Object> value = info.update();
        if (info.id() == epochs.id() && value.isDefined() && value.get() instanceof List<?> all) {
          List<History.Epoch> parsed = new ArrayList<>();
          all.forEach(one -> parsed.addAll(HistoryText.epochs(String.valueOf(one))));
          tell(parsed);
        }
      }
    }
  }

  private synchronized void tell(List<History.Epoch> all) {
    for (History.Epoch epoch : all) {
      if (epoch.epoch() > told) {
        told = epoch.epoch();
        LOG.info(text(epoch));
        spark.listenerBus().post(new LanewiseEpoch(most, epoch));
      }
    }
  }

  private String text(History.Epoch epoch) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT, "Epoch %d of %d: loss %.5f", epoch.epoch(), most, epoch.loss()));
    add(text, "accuracy", epoch.accuracy());
    add(text, "validation loss", epoch.validationLoss());
    add(text, "validation accuracy", epoch.validationAccuracy());
    return text.append(String.format(Locale.ROOT, ", %,.0f rows/s", epoch.rowsPerSecond()))
        .toString();
  }

  private static void add(StringBuilder text, String name, double value) {
    if (!Double.isNaN(value)) {
      text.append(String.format(Locale.ROOT, ", %s %.5f", name, value));
    }
  }

  /** Tells what no heartbeat has told. */
  void end(String history) {
    tell(HistoryText.epochs(history));
  }

  @Override
  public void close() {
    spark.removeSparkListener(this);
  }
}
