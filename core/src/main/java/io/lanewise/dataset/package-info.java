/**
 * The rows that a network is trained on and evaluated with.
 *
 * <p>A {@link io.lanewise.dataset.Dataset} is rows in memory: features, and beside them labels or
 * targets, and perhaps a weight a row. A {@link io.lanewise.dataset.RowSource} is rows that are
 * read in order and need not fit into memory; a dataset is one too, and a training takes either.
 *
 * <pre>{@code
 * Dataset data = Dataset.ofLabels(features, 4, labels, 3);
 * Split split = data.split(0.2, 42);
 * Scaling.Fit fit = Scaling.STANDARD.fit(split.training());
 * Network network =
 *     Network.builder(4)
 *         .normalization(fit.shift(), fit.scale())
 *         .dense(16, Activation.RELU)
 *         .dense(3, Activation.SOFTMAX)
 *         .build();
 * new Trainer(network).validation(split.validation()).fit(split.training());
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.dataset.Dataset} for arrays; the module {@code
 * io.lanewise.data} for CSV, IDX, libsvm and NumPy files; {@link io.lanewise.dataset.RowSource} for
 * a source of your own, with {@link io.lanewise.dataset.RowSource.Reader} and {@link
 * io.lanewise.dataset.RowSource.Rows}.
 */
@NullMarked
package io.lanewise.dataset;

import org.jspecify.annotations.NullMarked;
