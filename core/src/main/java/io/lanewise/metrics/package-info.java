/**
 * How good a network's outputs are, by scikit-learn's definitions.
 *
 * <p>An {@link io.lanewise.metrics.Evaluation} is of a network and a dataset: the loss, and with
 * classes the accuracy and the {@link io.lanewise.metrics.Confusion}, and the values of the {@link
 * io.lanewise.metrics.Metric}s, which are also functions of predictions in arrays. A {@link
 * io.lanewise.metrics.Figure} is what a training has of each epoch: early stopping, a schedule and
 * the history name it.
 *
 * <pre>{@code
 * Evaluation evaluation = Evaluation.of(network, test);
 * System.out.println(evaluation.accuracy());
 * System.out.println(evaluation.value(Metric.ROC_AUC));
 * System.out.println(evaluation.confusion().recall(2));
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.metrics.Evaluation}.
 */
@NullMarked
package io.lanewise.metrics;

import org.jspecify.annotations.NullMarked;
