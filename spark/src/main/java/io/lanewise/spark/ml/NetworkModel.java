package io.lanewise.spark.ml;

import io.lanewise.spark.LanewiseModel;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsReader.Metadata;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A {@link LanewiseModel} as a stage of a pipeline: predictions are double, as evaluators of
 * spark-mllib want them, but of labels that are texts or truths; probabilities are a vector.
 */
public final class NetworkModel extends Model<NetworkModel> implements MLWritable {
  private static final long serialVersionUID = 1;
  private static final String FOLDER = "lanewise";

  private final String uid;
  private final transient LanewiseModel model;
  private final Param<String> predictionCol;
  private final Param<String> probabilityCol;

  NetworkModel(String uid, LanewiseModel model) {
    this.uid = uid;
    this.model = model;
    predictionCol = new Param<>(this, "predictionCol", "column of the predictions");
    probabilityCol =
        new Param<>(this, "probabilityCol", "column of the probabilities of the classes, a vector");
    setDefault(predictionCol, "prediction");
    setDefault(probabilityCol, "probability");
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Returns the model itself: its network, history and hash. */
  public LanewiseModel model() {
    return model;
  }

  /** The parameter of that name: column of the predictions. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** The parameter of that name: column of the probabilities of the classes, a vector. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Sets the column of the predictions. */
  public NetworkModel setPredictionCol(String value) {
    set(predictionCol, value);
    return this;
  }

  /** Sets the column of the probabilities of the classes. */
  public NetworkModel setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }

  private LanewiseModel named() {
    return model.prediction(getOrDefault(predictionCol)).probability(getOrDefault(probabilityCol));
  }

  @Override
  public Dataset<Row> transform(Dataset<?> rows) {
    Dataset<Row> out = named().transform(rows);
    StructType schema = out.schema();
    for (int i = rows.schema().size(); i < schema.size(); i++) {
      StructField field = schema.fields()[i];
      Column column = out.col("`" + field.name().replace("`", "``") + "`");
      if (field.dataType() instanceof NumericType) {
        out = out.withColumn(field.name(), column.cast(DataTypes.DoubleType));
      } else if (field.dataType() instanceof ArrayType) {
        out = out.withColumn(field.name(), functions.array_to_vector(column));
      }
    }
    return out;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return outputs(named().transformSchema(schema), schema.size());
  }

  /** What is added is of the types of spark-mllib. */
  static StructType outputs(StructType schema, int from) {
    StructType out = new StructType();
    for (int i = 0; i < schema.size(); i++) {
      StructField field = schema.fields()[i];
      DataType type = field.dataType();
      boolean added = i >= from;
      type = added && type instanceof NumericType ? DataTypes.DoubleType : type;
      type = added && type instanceof ArrayType ? SQLDataTypes.VectorType() : type;
      out = out.add(field.name(), type, field.nullable(), field.metadata());
    }
    return out;
  }

  @Override
  public NetworkModel copy(ParamMap extra) {
    return copyValues(new NetworkModel(uid, model), extra).setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new Writer(this);
  }

  /** Returns what reads a saved one. */
  public static MLReader<NetworkModel> read() {
    return new Reader();
  }

  /** Reads a saved one. */
  public static NetworkModel load(String path) {
    return read().load(path);
  }

  private static final class Writer extends MLWriter {
    private final NetworkModel of;

    Writer(NetworkModel of) {
      this.of = of;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(of, path, sparkSession());
      of.model.write(path + "/" + FOLDER);
    }
  }

  private static final class Reader extends MLReader<NetworkModel> {
    @Override
    public NetworkModel load(String path) {
      Metadata metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sparkSession(), NetworkModel.class.getName());
      NetworkModel read = new NetworkModel(metadata.uid(), LanewiseModel.load(path + "/" + FOLDER));
      metadata.getAndSetParams(read, metadata.getAndSetParams$default$2());
      return read;
    }
  }
}
