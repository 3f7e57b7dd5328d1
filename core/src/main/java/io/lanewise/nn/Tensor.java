package io.lanewise.nn;

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
 */
public record Tensor(String name, Kind kind, int layer, int off, int rows, int columns) {

  /** What a tensor is. */
  public enum Kind {
    /** The weights of a dense layer, (nIn, nOut). */
    WEIGHT,
    /** The bias of a dense layer. */
    BIAS,
    /** Gamma or beta of a normalization. */
    NORM,
    /** Not trained: running statistics, or the constants of a {@link Normalization}. */
    STATE
  }

  /** Returns the number of its elements. */
  public int count() {
    return rows * columns;
  }
}
