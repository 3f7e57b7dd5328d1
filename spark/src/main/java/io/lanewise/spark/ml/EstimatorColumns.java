package io.lanewise.spark.ml;

import io.lanewise.spark.LanewiseEstimator;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsWritable;

/** Which columns a {@link NetworkEstimator} takes, and which rows it holds back, as parameters. */
abstract class EstimatorColumns<E extends EstimatorColumns<E>> extends Estimator<NetworkModel>
    implements DefaultParamsWritable {
  private static final long serialVersionUID = 1;

  private final String uid;
  private final Param<String> featuresCol;
  private final StringArrayParam featuresCols;
  private final Param<String> labelCol;
  private final Param<String> predictionCol;
  private final Param<String> weightCol;
  private final Param<String> validationIndicatorCol;
  private final DoubleParam validationFraction;

  EstimatorColumns(String uid) {
    this.uid = uid;
    featuresCol =
        new Param<>(this, "featuresCol", "column of the features: vectors or arrays of numbers");
    setDefault(featuresCol, "features");
    featuresCols =
        new StringArrayParam(
            this,
            "featuresCols",
            "columns of the features, one value each, instead of featuresCol");
    labelCol =
        new Param<>(this, "labelCol", "column of the label, or of the number to be predicted");
    setDefault(labelCol, "label");
    predictionCol = new Param<>(this, "predictionCol", "column of the predictions");
    setDefault(predictionCol, "prediction");
    weightCol = new Param<>(this, "weightCol", "column of the rows' weights");
    validationIndicatorCol =
        new Param<>(
            this, "validationIndicatorCol", "column that is true for the rows to hold back");
    validationFraction =
        new DoubleParam(
            this,
            "validationFraction",
            "share of the rows that is held back",
            ParamValidators.inRange(0, 1, true, false));
    setDefault(validationFraction, 0.0);
  }

  abstract E self();

  @Override
  public String uid() {
    return uid;
  }

  /** The parameter of that name: column of the features: vectors or arrays of numbers. */
  public Param<String> featuresCol() {
    return featuresCol;
  }

  /**
   * The parameter of that name: columns of the features, one value each, instead of featuresCol.
   */
  public StringArrayParam featuresCols() {
    return featuresCols;
  }

  /** The parameter of that name: column of the label, or of the number to be predicted. */
  public Param<String> labelCol() {
    return labelCol;
  }

  /** The parameter of that name: column of the predictions. */
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /** The parameter of that name: column of the rows' weights. */
  public Param<String> weightCol() {
    return weightCol;
  }

  /** The parameter of that name: column that is true for the rows to hold back. */
  public Param<String> validationIndicatorCol() {
    return validationIndicatorCol;
  }

  /** The parameter of that name: share of the rows that is held back. */
  public DoubleParam validationFraction() {
    return validationFraction;
  }

  /**
   * Sets the parameter: column of the features: vectors or arrays of numbers. Default: features.
   */
  public E setFeaturesCol(String value) {
    set(featuresCol, value);
    return self();
  }

  /**
   * Sets the parameter: columns of the features, one value each, instead of featuresCol. Default:
   * none.
   */
  public E setFeaturesCols(String... value) {
    set(featuresCols, value);
    return self();
  }

  /** Sets the parameter: column of the label, or of the number to be predicted. Default: label. */
  public E setLabelCol(String value) {
    set(labelCol, value);
    return self();
  }

  /** Sets the parameter: column of the predictions. Default: prediction. */
  public E setPredictionCol(String value) {
    set(predictionCol, value);
    return self();
  }

  /** Sets the parameter: column of the rows' weights. Default: none. */
  public E setWeightCol(String value) {
    set(weightCol, value);
    return self();
  }

  /** Sets the parameter: column that is true for the rows to hold back. Default: none. */
  public E setValidationIndicatorCol(String value) {
    set(validationIndicatorCol, value);
    return self();
  }

  /** Sets the parameter: share of the rows that is held back. Default: 0.0. */
  public E setValidationFraction(double value) {
    set(validationFraction, value);
    return self();
  }

  /** Gives an estimator these settings. */
  void columns(LanewiseEstimator<?> made) {
    made.features(
        isDefined(featuresCols)
            ? getOrDefault(featuresCols)
            : new String[] {getOrDefault(featuresCol)});
    made.prediction(getOrDefault(predictionCol));
    made.weight(isDefined(weightCol) ? getOrDefault(weightCol) : null);
    made.validation((double) getOrDefault(validationFraction));
    if (isDefined(validationIndicatorCol)) {
      made.validationColumn(getOrDefault(validationIndicatorCol));
    }
  }
}
