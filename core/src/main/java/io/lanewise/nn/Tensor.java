package io.lanewise.nn;

import java.util.List;

/**
 * A window of a network's flat parameters or state, with a name: what parameter groups, gradient
 * reports and model files speak of.
 *
 * @param name as PyTorch's state_dict of a Sequential has it: the number of the module, then weight
 *     or bias ("2.weight"); a residual block is a Sequential of its own ("3.0.weight"). See {@link
 *     Network#tensors()}
 * @param kind what it is
 * @param layer the index of its layer
 * @param off the index of its first element, in {@link Network#parameters()}, or for {@link
 *     Kind#STATE} in {@link Network#state()}
 * @param rows nIn for a weight, otherwise 1
 * @param columns nOut
 * @param initial what its elements are in a new network; a {@link Kind#WEIGHT} is drawn instead
 */
public record Tensor(
    String name, Kind kind, int layer, int off, int rows, int columns, float initial) {

  /** What a tensor is. */
  public enum Kind {
    /** The weights of a dense layer, (nIn, nOut). */
    WEIGHT,
    /** The bias of a dense layer. */
    BIAS,
    /** Gamma or beta of a normalization. */
    NORM,
    /** Not trained: running statistics, or the constants of a {@link Layer.Normalization}. */
    STATE
  }

  static Tensor vector(String name, Kind kind, int layer, int off, int n, float initial) {
    return new Tensor(name, kind, layer, off, 1, n, initial);
  }

  /** The elements of those that are windows of the parameters, or else of the state. */
  static int count(List<Tensor> tensors, boolean ofParameters) {
    int count = 0;
    for (Tensor tensor : tensors) {
      count += tensor.isParameter() == ofParameters ? tensor.count() : 0;
    }
    return count;
  }

  /** Returns whether it is a window of the parameters; otherwise it is one of the state. */
  public boolean isParameter() {
    return kind != Kind.STATE;
  }

  /** The same under another name. */
  Tensor named(String name) {
    return new Tensor(name, kind, layer, off, rows, columns, initial);
  }

  /** Returns the number of its elements. */
  public int count() {
    return rows * columns;
  }
}
