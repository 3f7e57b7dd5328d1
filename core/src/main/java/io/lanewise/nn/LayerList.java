package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

/** The layers of a network that is being built: gives each its index and its offsets. */
final class LayerList {
  private static final int MAX_LAYERS = 2048;
  private static final int MAX_BLOCKS = 32;

  private final List<Layer> layers = new ArrayList<>();
  // For each open residual block the layer before it.
  private final Deque<Integer> blocks = new ArrayDeque<>();
  private final int nIn;
  private int n;
  private long parameterCount;
  private long stateCount;

  LayerList(int nIn) {
    this.nIn = nIn;
    n = nIn;
  }

  List<Layer> layers() {
    return layers;
  }

  /** The values a row that the next layer takes. */
  int width() {
    return n;
  }

  long parameterCount() {
    return parameterCount;
  }

  long stateCount() {
    return stateCount;
  }

  boolean inBlock() {
    return !blocks.isEmpty();
  }

  void dense(int nOut, Activation activation) {
    int weightOff = parameters((long) n * nOut + nOut, nOut);
    int biasOff = weightOff + n * nOut;
    layers.add(new Dense(next(), n, nOut, activation, weightOff, biasOff));
    n = nOut;
  }

  /** Goes into an identity dense layer directly before, unless that is what a block begins from. */
  void activation(Activation f) {
    int last = layers.size() - 1;
    boolean begins = inBlock() && blocks.peek() == last;
    if (last >= 0
        && !begins
        && layers.get(last) instanceof Dense dense
        && dense.activation() == Activation.IDENTITY) {
      int nOut = dense.nOut();
      layers.set(last, new Dense(last, dense.nIn(), nOut, f, dense.weightOff(), dense.biasOff()));
    } else if (f != Activation.IDENTITY) {
      layers.add(new ActivationLayer(next(), n, f));
    }
  }

  void batchNorm(double momentum, double epsilon) {
    if (!((float) momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException("momentum must be in (0, 1], got " + momentum);
    }
    float positive = requireEpsilon(epsilon);
    int gammaOff = parameters(2L * n, n);
    int meanOff = state(2L * n);
    layers.add(
        new BatchNorm(
            next(), n, (float) momentum, positive, gammaOff, gammaOff + n, meanOff, meanOff + n));
  }

  void layerNorm(double epsilon) {
    float positive = requireEpsilon(epsilon);
    int gammaOff = parameters(2L * n, n);
    layers.add(new LayerNorm(next(), n, positive, gammaOff, gammaOff + n));
  }

  private static float requireEpsilon(double epsilon) {
    float value = (float) epsilon;
    if (!(value > 0 && value < Float.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("epsilon must be > 0 and finite, got " + epsilon);
    }
    return value;
  }

  void dropout(double rate, boolean alpha) {
    if (!(rate >= 0 && (float) rate < 1)) {
      throw new IllegalArgumentException("rate must be in [0, 1), got " + rate);
    }
    layers.add(new Dropout(next(), n, (float) rate, alpha));
  }

  /** One finite value for each that the next layer takes. */
  void requireColumns(String name, float[] values) {
    Objects.requireNonNull(values, name);
    if (values.length != n) {
      throw new IllegalArgumentException(
          name + " must have " + n + " elements, got " + values.length);
    }
    for (int j = 0; j < n; j++) {
      if (!Float.isFinite(values[j])) {
        throw new IllegalArgumentException(name + "[" + j + "] must be finite, got " + values[j]);
      }
    }
  }

  void normalization() {
    int shiftOff = state(2L * n);
    layers.add(new Normalization(next(), n, shiftOff, shiftOff + n));
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
    if (block.stream().allMatch(layer -> layer instanceof Dropout)) {
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
    layers.add(new ResidualAdd(next(), n, from));
  }

  private int next() {
    if (layers.size() == MAX_LAYERS) {
      throw new IllegalArgumentException("a network may have at most " + MAX_LAYERS + " layers");
    }
    return layers.size();
  }

  private int parameters(long count, int nOut) {
    int off = (int) parameterCount;
    if (parameterCount + count > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "layer " + layers.size() + " of (" + n + ", " + nOut + "): too many parameters");
    }
    parameterCount += count;
    return off;
  }

  private int state(long count) {
    int off = (int) stateCount;
    if (stateCount + count > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "layer " + layers.size() + " of " + n + " values a row: too much state");
    }
    stateCount += count;
    return off;
  }
}
