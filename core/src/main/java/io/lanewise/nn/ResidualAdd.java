package io.lanewise.nn;

import java.util.List;

/**
 * The end of a residual block (He et al. 2016): y = the output of the layer before + the output of
 * the layer before the block.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param from the layer before the block, less than index - 1; -1 for the network's input
 */
public record ResidualAdd(int index, int n, int from) implements Layer {

  public ResidualAdd {
    LayerList.require(index, n, n);
    if (from < -1 || from >= index - 1) {
      throw new IllegalArgumentException("from must be -1 to " + (index - 2) + ", got " + from);
    }
  }

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of();
  }

  /** Returns the same elsewhere, its block having moved with it. */
  @Override
  public ResidualAdd at(int index, int parameterOff, int stateOff) {
    return new ResidualAdd(index, n, from + index - this.index);
  }
}
