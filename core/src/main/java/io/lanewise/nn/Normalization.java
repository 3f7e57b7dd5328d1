package io.lanewise.nn;

/**
 * A fixed scaling of each column, y = (x - shift) scale, its constants in the network's state: so
 * that a network takes raw rows. Keras's layer of that name, with scale = 1 / sqrt(variance).
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param shiftOff the index of shift[0] in the state
 * @param scaleOff the index of scale[0] in the state
 */
public record Normalization(int index, int n, int shiftOff, int scaleOff) implements Layer {

  @Override
  public int nIn() {
    return n;
  }

  @Override
  public int nOut() {
    return n;
  }

  @Override
  public int stateCount() {
    return 2 * n;
  }
}
