package io.lanewise.model;

import java.io.IOException;
import java.util.Collection;
import java.util.Map;

/**
 * Tensors by name, from wherever they come: what {@link ModelFile#load(NamedTensors, String)} makes
 * a network of. {@link Safetensors} is one; a reader of another format that is one too reads
 * networks.
 *
 * <p>{@code toString()} is the name of the file: the messages of errors begin with it.
 */
public interface NamedTensors {
  /** Returns the names of all tensors. */
  Collection<String> names();

  /** Returns the short texts beside the tensors. Default: none. */
  default Map<String, String> metadata() {
    return Map.of();
  }

  /**
   * Returns the type of a tensor's elements.
   *
   * @throws ModelFormatException if there is no such tensor
   */
  DType type(String name) throws IOException;

  /**
   * Returns the shape of a tensor.
   *
   * @throws ModelFormatException if there is no such tensor
   */
  long[] shape(String name) throws IOException;

  /**
   * Reads a matrix as floats: element (i, j) goes to {@code to[off + i * rowStride + j *
   * columnStride]}; with strides 1 and the number of rows it is transposed.
   *
   * @param name a tensor of two dimensions, or of one, which is a single row
   * @throws ModelFormatException if there is no such tensor, or it is damaged
   */
  void read(String name, float[] to, int off, int rowStride, int columnStride) throws IOException;
}
