package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The layers of a network that is being built: gives each its index and its offsets, and knows the
 * limits of both.
 */
final class LayerList {
  private static final int MAX_LAYERS = 2048;
  private static final int MAX_BLOCKS = 32;
  // The longest array that every JVM makes.
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private final List<Layer> layers = new ArrayList<>();
  // For each open residual block the layer before it.
  private final Deque<Integer> blocks = new ArrayDeque<>();
  private final int nIn;
  private int n;
  private int parameterCount;
  private int stateCount;

  LayerList(int nIn) {
    this.nIn = requirePositive("nIn", nIn);
    n = nIn;
  }

  List<Layer> layers() {
    return layers;
  }

  /** The values a row that the next layer takes. */
  int width() {
    return n;
  }

  /** The index of the next layer. */
  int next() {
    return layers.size();
  }

  int parameterCount() {
    return parameterCount;
  }

  int stateCount() {
    return stateCount;
  }

  boolean inBlock() {
    return !blocks.isEmpty();
  }

  /**
   * Adds a layer that takes {@link #width} values, with the index and the offsets that come next.
   */
  void add(Layer layer) {
    Layer placed = layer.at(next(), parameterCount, stateCount);
    layers.add(placed);
    List<Tensor> tensors = placed.tensors();
    // A file of words has many layers without any: not even an iterator for each.
    if (!tensors.isEmpty()) {
      parameterCount += Tensor.count(tensors, true);
      stateCount += Tensor.count(tensors, false);
    }
    n = placed.nOut();
  }

  /** Whether the last layer is a dense one without an activation, and no block begins from it. */
  boolean endsPlainDense() {
    boolean begins = inBlock() && blocks.peek() == layers.size() - 1;
    return !layers.isEmpty()
        && !begins
        && layers.getLast() instanceof Dense dense
        && dense.activation() == Activation.IDENTITY;
  }

  /** Goes into an identity dense layer directly before, unless that is what a block begins from. */
  void activation(Activation f) {
    if (endsPlainDense()) {
      layers.set(layers.size() - 1, ((Dense) layers.getLast()).with(f));
    } else if (f != Activation.IDENTITY) {
      add(new ActivationLayer(next(), n, f));
    }
  }

  void beginBlock() {
    if (blocks.size() == MAX_BLOCKS) {
      throw new IllegalArgumentException(
          "at most " + MAX_BLOCKS + " residual blocks may be inside each other");
    }
    blocks.push(layers.size() - 1);
  }

  void endBlock() {
    int from = blocks.pop();
    List<Layer> block = layers.subList(from + 1, layers.size());
    boolean computes = false;
    for (Layer layer : block) {
      computes |= !layer.isForTrainingOnly();
    }
    if (!computes) {
      throw new IllegalArgumentException("a residual block needs a layer other than dropout");
    }
    int before = from < 0 ? nIn : layers.get(from).nOut();
    if (n != before) {
      throw new IllegalArgumentException(
          "a residual block must make as many values a row as it takes, "
              + before
              + ", this one makes "
              + n);
    }
    add(new ResidualAdd(next(), n, from));
  }

  /** What each layer requires of its shape. */
  static void require(int index, int nIn, int nOut) {
    if (index < 0 || index >= MAX_LAYERS) {
      throw new IllegalArgumentException("a network may have at most " + MAX_LAYERS + " layers");
    }
    requirePositive("nIn", nIn);
    requirePositive("nOut", nOut);
  }

  static int requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1, got " + value);
    }
    return value;
  }

  /** Room for {@code count} parameters from off on. */
  static void requireParameters(int index, int nIn, int nOut, int off, long count) {
    if (off < 0 || off + count > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "layer " + index + " of (" + nIn + ", " + nOut + "): too many parameters");
    }
  }

  /** Room for {@code count} numbers of the state from off on. */
  static void requireState(int index, int n, int off, long count) {
    if (off < 0 || off + count > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "layer " + index + " of " + n + " values a row: too much state");
    }
  }

  static void requireEpsilon(float epsilon) {
    if (!(epsilon > 0 && epsilon < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be > 0 and finite, got " + epsilon);
    }
  }
}
