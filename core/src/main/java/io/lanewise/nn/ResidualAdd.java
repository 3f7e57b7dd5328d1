package io.lanewise.nn;

/**
 * The end of a residual block (He et al. 2016): y = the output of the layer before + the output of
 * the layer before the block.
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param from the layer before the block, less than index - 1; -1 for the network's input
 */
public record ResidualAdd(int index, int n, int from) implements Layer {

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public int nOut() {
    return n;
  }
}
