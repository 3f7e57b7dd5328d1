package io.lanewise.nn;

import io.lanewise.nn.Tensor.Kind;
import java.util.List;

/**
 * A fixed scaling of each column, y = (x - shift) scale, its constants in the network's state: so
 * that a network takes raw rows. Keras's layer of that name, with scale = 1 / sqrt(variance).
 *
 * @param index its place in the network, from 0
 * @param n values a row
 * @param shiftOff the index of shift[0] in the state
 */
public record Normalization(int index, int n, int shiftOff) implements Layer {

  public Normalization {
    LayerList.require(index, n, n);
    LayerList.requireState(index, n, shiftOff, 2L * n);
  }

  @Override
  public int nIn() {
    return n;
  }

  /** Returns the index of scale[0] in the state. */
  public int scaleOff() {
    return shiftOff + n;
  }

  @Override
  public List<Tensor> tensors() {
    return List.of(
        Tensor.vector("shift", Kind.STATE, index, shiftOff, n, 0),
        Tensor.vector("scale", Kind.STATE, index, scaleOff(), n, 1));
  }

  @Override
  public Normalization at(int index, int parameterOff, int stateOff) {
    return new Normalization(index, n, stateOff);
  }
}
