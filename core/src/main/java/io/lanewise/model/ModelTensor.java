package io.lanewise.model;

import io.lanewise.nn.Network;
import io.lanewise.nn.Tensor;
import io.lanewise.nn.Tensor.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * A tensor of a network as a file has it: PyTorch's name, shape and order of the elements. {@code
 * 0.weight} of a dense layer is [out, in], the transpose of W here; all others are vectors. The
 * names are those of a Sequential's state_dict, running_mean and running_var included; a residual
 * block is a Sequential inside, {@code 3.0.weight}; the constants of a normalization are {@code
 * 0.shift} and {@code 0.scale}.
 *
 * @param tensor the window of {@code array}
 * @param array the network's parameters or state themselves, not a copy
 */
public record ModelTensor(Tensor tensor, float[] array) {

  /** Returns all tensors of a network, layer by layer, the parameters of each before its state. */
  public static List<ModelTensor> of(Network network) {
    Objects.requireNonNull(network, "network");
    List<ModelTensor> all = new ArrayList<>();
    network.tensors().forEach(tensor -> all.add(new ModelTensor(tensor, network.parameters())));
    network.stateTensors().forEach(tensor -> all.add(new ModelTensor(tensor, network.state())));
    all.sort(Comparator.comparingInt(each -> each.tensor.layer()));
    return all;
  }

  /** Returns its name in the file. */
  public String name() {
    return tensor.name();
  }

  /** Returns its shape in the file: [out, in] for a weight, [n] otherwise. */
  public long[] shape() {
    return isWeight()
        ? new long[] {tensor.columns(), tensor.rows()}
        : new long[] {tensor.columns()};
  }

  /** Returns the number of its elements. */
  public int count() {
    return tensor.count();
  }

  /** Returns the index in {@code array} of the file's first element. */
  public int off() {
    return tensor.off();
  }

  /** Returns how far apart in {@code array} the first elements of two rows of the file are. */
  public int rowStride() {
    return 1;
  }

  /** Returns how far apart in {@code array} two elements of a row of the file are. */
  public int columnStride() {
    return isWeight() ? tensor.columns() : 1;
  }

  private boolean isWeight() {
    return tensor.kind() == Kind.WEIGHT;
  }
}
