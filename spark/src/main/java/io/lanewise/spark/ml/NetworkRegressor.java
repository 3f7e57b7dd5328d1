package io.lanewise.spark.ml;

import io.lanewise.spark.LanewiseEstimator;
import io.lanewise.spark.LanewiseRegressor;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;

/** {@link LanewiseRegressor} as a stage of a pipeline. */
public final class NetworkRegressor extends NetworkEstimator<NetworkRegressor> {
  private static final long serialVersionUID = 1;

  /** Makes one with the defaults. */
  public NetworkRegressor() {
    this(Identifiable$.MODULE$.randomUID("lanewiseRegressor"));
  }

  /** Makes one of that name. */
  public NetworkRegressor(String uid) {
    super(uid);
  }

  @Override
  NetworkRegressor self() {
    return this;
  }

  @Override
  LanewiseEstimator<?> delegate() {
    return new LanewiseRegressor().label(getOrDefault(labelCol()));
  }

  /** Returns what reads a saved one. */
  public static MLReader<NetworkRegressor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved one. */
  public static NetworkRegressor load(String path) {
    return read().load(path);
  }
}
