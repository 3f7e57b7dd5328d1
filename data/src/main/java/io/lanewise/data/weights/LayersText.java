package io.lanewise.data.weights;

import io.lanewise.kernel.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The layers that modules in their forward order are, as text: where activations stand is told by
 * the numbers that are left out in a Sequential (0, 1, 3: at 2), else each is behind the norm that
 * follows a linear layer.
 */
final class LayersText {
  private final List<WeightModule> modules;
  private final NameOrder names;
  private final int[] order;
  private final double epsilon;
  // Of each module whether an activation follows.
  private final boolean[] activation;
  private String open = "";

  /**
   * @param epsilon of the norms; NaN for the default of the library that has such names
   */
  LayersText(List<WeightModule> modules, NameOrder names, int[] order, double epsilon) {
    this.modules = modules;
    this.names = names;
    this.order = order;
    this.epsilon = epsilon;
    activation = new boolean[order.length];
  }

  /** Returns what the numbers leave open about the places of the activations, or "". */
  String open() {
    return open;
  }

  /** Returns the text with an activation for each linear layer but the last, and the last's. */
  String format(Activation hidden, Activation output) {
    place(hidden != Activation.IDENTITY);
    StringBuilder out = new StringBuilder().append(module(0).nIn());
    for (int at = 0; at < order.length; at++) {
      out.append(' ').append(word(module(at)));
      if (activation[at]) {
        out.append(' ').append(hidden);
      }
    }
    return output == Activation.IDENTITY
        ? out.toString()
        : out.append(' ' + "" + output).toString();
  }

  private WeightModule module(int at) {
    return modules.get(order[at]);
  }

  private String word(WeightModule module) {
    boolean keras = module.hasKerasNames();
    return switch (module.kind()) {
      case DENSE -> Integer.toString(module.nOut());
      case NORMALIZATION -> "normalization";
      case BATCH_NORM -> {
        if (Double.isNaN(epsilon) && !keras) {
          yield "batchnorm";
        }
        yield String.format(
            Locale.ROOT, "batchnorm:%s:%s", keras ? "0.01" : "0.1", epsilonOf(keras));
      }
      case LAYER_NORM, VECTOR ->
          Double.isNaN(epsilon) && !keras ? "layernorm" : "layernorm:" + epsilonOf(keras);
    };
  }

  private float epsilonOf(boolean keras) {
    return Double.isNaN(epsilon) ? keras ? 1e-3f : 1e-5f : (float) epsilon;
  }

  /** Puts one between each two linear layers. */
  private void place(boolean some) {
    List<Integer> dense = new ArrayList<>();
    for (int at = 0; at < order.length; at++) {
      if (module(at).isDense()) {
        dense.add(at);
      }
    }
    if (!some || dense.isEmpty()) {
      return;
    }
    if (gapsIn(0, dense.getFirst()).size() > 0) {
      open("what stood before the first linear layer");
    }
    boolean skips = !gapsIn(0, order.length - 1).isEmpty();
    for (int d = 0; d + 1 < dense.size(); d++) {
      int from = dense.get(d);
      int to = dense.get(d + 1);
      List<Integer> gaps = gapsIn(from, to);
      if (gaps.size() > 1) {
        open("which of the gaps in the numbers was the activation");
      } else if (gaps.isEmpty() && skips && isNumbered(from, to)) {
        open("there is no gap in the numbers for an activation");
      }
      activation[gaps.isEmpty() ? to - 1 : gaps.getFirst()] = true;
    }
    if (gapsIn(dense.getLast(), order.length - 1).size() > 0) {
      open("what stood behind the last linear layer");
    }
  }

  private void open(String what) {
    open = open.isEmpty() ? what : open;
  }

  /** The places in [from, to) behind which the numbers leave some out. */
  private List<Integer> gapsIn(int from, int to) {
    List<Integer> gaps = new ArrayList<>();
    for (int at = from; at < to; at++) {
      if (names.between(order[at], order[at + 1]) > 0) {
        gaps.add(at);
      }
    }
    return gaps;
  }

  private boolean isNumbered(int from, int to) {
    for (int at = from; at < to; at++) {
      if (names.between(order[at], order[at + 1]) < 0) {
        return false;
      }
    }
    return true;
  }
}
