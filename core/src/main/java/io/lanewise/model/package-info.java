/**
 * Networks as files and as text.
 *
 * <p>A model file is a safetensors file whose tensors have PyTorch's names and shapes, and whose
 * metadata has the layers as {@link io.lanewise.model.Architecture} writes them, the loss and
 * whatever else the caller puts in. A file that PyTorch wrote has no such metadata: the caller then
 * says what the layers are.
 *
 * <pre>{@code
 * new Model(network, Map.of("data", "digits")).save(Path.of("digits.safetensors"));
 * Model model = Model.load(Path.of("digits.safetensors"));
 * float[] y = model.network().predict(x, rows);
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.model.Model}. What a file says that cannot be true is
 * refused by a {@link io.lanewise.model.ModelFormatException}, before anything of its size is
 * allocated.
 */
@NullMarked
package io.lanewise.model;

import org.jspecify.annotations.NullMarked;
