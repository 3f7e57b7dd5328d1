package io.lanewise.spark.ml;

import io.lanewise.spark.LanewiseClassifier;
import io.lanewise.spark.LanewiseEstimator;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;

/** {@link LanewiseClassifier} as a stage of a pipeline. */
public final class NetworkClassifier extends NetworkEstimator<NetworkClassifier> {
  private static final long serialVersionUID = 1;

  private final Param<String> probabilityCol;

  /** Makes one with the defaults. */
  public NetworkClassifier() {
    this(Identifiable$.MODULE$.randomUID("lanewiseClassifier"));
  }

  /** Makes one of that name. */
  public NetworkClassifier(String uid) {
    super(uid);
    probabilityCol =
        new Param<>(this, "probabilityCol", "column of the probabilities of the classes, a vector");
    setDefault(probabilityCol, "probability");
  }

  @Override
  NetworkClassifier self() {
    return this;
  }

  @Override
  LanewiseEstimator<?> delegate() {
    return new LanewiseClassifier()
        .label(getOrDefault(labelCol()))
        .probability(getOrDefault(probabilityCol));
  }

  /** The parameter of that name: column of the probabilities of the classes, a vector. */
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /** Sets the column of the probabilities of the classes. Default: probability. */
  public NetworkClassifier setProbabilityCol(String value) {
    set(probabilityCol, value);
    return this;
  }

  /** Returns what reads a saved one. */
  public static MLReader<NetworkClassifier> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved one. */
  public static NetworkClassifier load(String path) {
    return read().load(path);
  }
}
