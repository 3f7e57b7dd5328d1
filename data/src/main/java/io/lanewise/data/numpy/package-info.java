/**
 * Arrays of NumPy, in and out: {@link io.lanewise.data.numpy.Npy} is one array, a .npy file, and
 * {@link io.lanewise.data.numpy.Npz} several by name, a .npz file.
 *
 * <pre>{@code
 * try (Npy x = Npy.open(Path.of("x.npy"))) {
 *   float[] values = x.floats();
 * }
 * Npy.save(Path.of("y.npy"), new long[] {rows, 10}, y);
 * }</pre>
 *
 * <p>A .npz file of a state_dict of PyTorch is a network:
 *
 * <pre>{@code
 * try (StateDict file = StateDict.open(Path.of("torch.npz"))) {
 *   Model model = file.load( Activation.RELU, Activation.SOFTMAX);
 * }
 * Npz.writer().add(network).save(Path.of("net.npz"));
 * }</pre>
 *
 * <p>To train on arrays begin with {@link io.lanewise.data.NumpyReader}.
 */
@NullMarked
package io.lanewise.data.numpy;

import org.jspecify.annotations.NullMarked;
