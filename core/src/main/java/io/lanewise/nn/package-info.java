/**
 * Networks: what they are made of, and how a batch goes through them.
 *
 * <p>A {@link io.lanewise.nn.Network} is a list of {@link io.lanewise.nn.Layer}s, a {@link
 * io.lanewise.nn.Loss} and two flat arrays of numbers, and computes nothing itself. A {@link
 * io.lanewise.nn.Workspace} has the buffers for that: outputs, losses and gradients of a batch, for
 * one thread. A {@link io.lanewise.nn.Predictor} gives outputs only, to any number of threads.
 *
 * <pre>{@code
 * Network network =
 *     Network.builder(4)
 *         .dense(16, Activation.RELU)
 *         .dense(3, Activation.SOFTMAX)
 *         .build();
 * System.out.print(network.summary());
 * float[] probabilities = network.predict(new float[] {5.1f, 3.5f, 1.4f, 0.2f}, 1);
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.nn.NetworkBuilder} has all layers; with a trained network,
 * {@link io.lanewise.nn.Predictor}.
 */
@NullMarked
package io.lanewise.nn;

import org.jspecify.annotations.NullMarked;
