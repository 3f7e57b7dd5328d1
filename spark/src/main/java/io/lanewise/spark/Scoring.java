package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Predictions of rows where they are: one predictor for each JVM, whatever the partitions. */
final class Scoring implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1;
  private static final int ROWS = 64;
  private static final int MOST_LOADED = 8;
  // Those of this JVM, by the hash of their file; the ones that were used last.
  private static final Map<String, Loaded> LOADED =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Loaded> eldest) {
          return size() > MOST_LOADED;
        }
      };

  private final String key;
  private final Broadcast<byte[]> model;
  private final String encoding;
  private final List<String> features;
  private final StructType schema;
  private final DataType labelType;

  private Scoring(LanewiseModel model, String key, Broadcast<byte[]> bytes, StructType schema) {
    this.key = key;
    this.model = bytes;
    encoding = model.meaning().encoding().format();
    features = model.features();
    this.schema = schema;
    labelType = model.labelType();
  }

  static Dataset<Row> transform(LanewiseModel model, Dataset<Row> rows) {
    StructType schema = rows.schema();
    new RowReader(schema, model.features(), model.meaning().encoding());
    StructType out = model.outputs(schema);
    byte[] file = model.bytes();
    Broadcast<byte[]> bytes =
        JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext()).broadcast(file);
    Scoring scoring =
        new Scoring(
            model, HexFormat.of().formatHex(ModelBytes.digest().digest(file)), bytes, schema);
    return rows.mapPartitions(scoring, Encoders.row(out));
  }

  private Loaded loaded() throws IOException {
    synchronized (LOADED) {
      Loaded loaded = LOADED.get(key);
      if (loaded == null) {
        Network network = ModelBytes.network(model.value());
        loaded = new Loaded(network, new Predictor(network));
        LOADED.put(key, loaded);
      }
      return loaded;
    }
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    Loaded loaded = loaded();
    Encoding learnt = Encoding.parse(encoding);
    return new Batches(
        rows,
        loaded.network(),
        loaded.predictor().session(),
        new RowReader(schema, features, learnt),
        learnt);
  }

  private record Loaded(Network network, Predictor predictor) {}

  /** Reads so many rows at once as are predicted at once. */
  private final class Batches implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final Network network;
    private final Predictor.Session session;
    private final RowReader reader;
    private final Encoding learnt;
    private final List<Row> batch = new ArrayList<>(ROWS);
    private final float[] x;
    private final float[] y;
    private int next;

    Batches(
        Iterator<Row> rows,
        Network network,
        Predictor.Session session,
        RowReader reader,
        Encoding learnt) {
      this.rows = rows;
      this.network = network;
      this.session = session;
      this.reader = reader;
      this.learnt = learnt;
      x = new float[ROWS * network.nIn()];
      y = new float[ROWS * network.nOut()];
    }

    @Override
    public boolean hasNext() {
      return next < batch.size() || rows.hasNext();
    }

    @Override
    public Row next() {
      if (next == batch.size()) {
        batch.clear();
        next = 0;
        while (batch.size() < ROWS && rows.hasNext()) {
          Row row = rows.next();
          reader.features(row, x, batch.size() * network.nIn());
          batch.add(row);
        }
        int n = network.nIn();
        session.predict(batch.size(), x, 0, n, y, 0, network.nOut());
      }
      return out(batch.get(next), next++);
    }

    private Row out(Row row, int i) {
      int width = row.size();
      int nOut = network.nOut();
      Object[] values = new Object[width + (learnt.hasLabels() ? 2 : 1)];
      for (int c = 0; c < width; c++) {
        values[c] = row.get(c);
      }
      Double[] outputs = new Double[nOut];
      for (int j = 0; j < nOut; j++) {
        outputs[j] = (double) y[i * nOut + j];
      }
      if (learnt.hasLabels()) {
        int c = Evaluation.predictedClass(network, session.scores(), i * nOut);
        values[width] = c == Evaluation.NO_CLASS ? null : label(learnt.className(c));
        values[width + 1] = outputs;
      } else {
        values[width] = nOut == 1 ? outputs[0] : (Object) outputs;
      }
      return RowFactory.create(values);
    }

    private Object label(String name) {
      return switch (labelType.typeName()) {
        case "string" -> name;
        case "boolean" -> Boolean.valueOf(name);
        case "integer" -> Integer.valueOf(name);
        case "long" -> Long.valueOf(name);
        case "short" -> Short.valueOf(name);
        case "byte" -> Byte.valueOf(name);
        case "float" -> Float.valueOf(name);
        default -> Double.valueOf(name);
      };
    }
  }
}
