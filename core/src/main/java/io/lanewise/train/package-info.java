/**
 * The training of a network: epochs of batches, validation, early stopping, checkpoints.
 *
 * <p>A {@link io.lanewise.train.Trainer} trains a network that is there, and gives the {@link
 * io.lanewise.train.History} of what it did. A {@link io.lanewise.train.Classifier} or {@link
 * io.lanewise.train.Regressor} makes the network too. A {@link io.lanewise.train.Training.Listener}
 * is told how it goes. The same seeds give the same bits, whatever the processor and threads; a
 * training that was interrupted goes on from its checkpoint to the same end.
 *
 * <pre>{@code
 * History history =
 *     new Trainer(network)
 *         .optimizer(new Adam(1e-3))
 *         .batchSize(32)
 *         .epochs(100)
 *         .validationSplit(0.1)
 *         .earlyStopping(new EarlyStopping(10))
 *         .fit(data);
 * System.out.println(history.last().validationAccuracy());
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.train.Classifier} for a table of rows, else {@link
 * io.lanewise.train.Trainer}.
 */
@NullMarked
package io.lanewise.train;

import org.jspecify.annotations.NullMarked;
