package io.lanewise.data.weights;

import io.lanewise.data.weights.NameOrder.Pairing;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In which orders modules can run one after the other: each takes as many values as the one before
 * it makes. Of those that fit, the one that names, or else the order of the file, speak for.
 */
final class ForwardOrder {
  /** What a layer of a given architecture wants of its module. */
  record Need(WeightModule.Kind kind, int nIn, int nOut, int layer, String type) {
    /** What the layers with tensors want, in order. */
    static List<Need> of(Network network) {
      List<Need> needs = new ArrayList<>();
      for (Layer layer : network.layers()) {
        if (layer.tensors().isEmpty()) {
          continue;
        }
        WeightModule.Kind kind =
            layer.hasWeights()
                ? WeightModule.Kind.DENSE
                : layer.parameterCount() == 0
                    ? WeightModule.Kind.NORMALIZATION
                    : layer instanceof BatchNorm
                        ? WeightModule.Kind.BATCH_NORM
                        : WeightModule.Kind.LAYER_NORM;
        needs.add(
            new Need(
                kind, layer.nIn(), layer.nOut(), layer.index(), layer.getClass().getSimpleName()));
      }
      return needs;
    }

    boolean fits(WeightModule module) {
      boolean vector =
          kind == WeightModule.Kind.LAYER_NORM && module.kind() == WeightModule.Kind.VECTOR;
      return (vector || kind == module.kind()) && nIn == module.nIn() && nOut == module.nOut();
    }
  }

  /**
   * What came out.
   *
   * @param order the one order, or null where several fit or none does
   * @param reason what settled it
   * @param choices the orders that fit, some of them, where none was settled
   */
  record Found(int @Nullable [] order, String reason, List<int[]> choices) {}

  private static final int MOST_CHOICES = 3;
  // Scanned candidates: some tenths of a second.
  private static final int BUDGET = 20_000_000;

  private final List<WeightModule> modules;
  private final @Nullable List<Need> needs;
  private final NameOrder names;
  private int left;

  ForwardOrder(List<WeightModule> modules, @Nullable List<Need> needs, NameOrder names) {
    this.modules = modules;
    this.needs = needs;
    this.names = names;
  }

  /**
   * Finds it.
   *
   * @param inFileOrder whether the modules come in an order that somebody gave the file
   */
  Found find(boolean inFileOrder) {
    List<int[]> byShape = search(null, 2);
    if (byShape.size() == 1 && left > 0) {
      return new Found(byShape.get(0), "no other fits", List.of());
    }
    if (byShape.isEmpty() && left > 0) {
      return new Found(null, "", List.of());
    }
    long[][] before = before(Pairing.AFTER);
    List<int[]> byName = search(before, MOST_CHOICES + 1);
    if (byName.isEmpty()) {
      before = before(Pairing.OPEN);
      byName = search(before, MOST_CHOICES + 1);
    }
    if (byName.isEmpty()) {
      before = new long[modules.size()][(modules.size() + 63) / 64];
      byName = search(null, MOST_CHOICES + 1);
    }
    int[] ofFile = new int[modules.size()];
    Arrays.setAll(ofFile, i -> i);
    if (!inFileOrder || !fits(ofFile)) {
      return byName.size() == 1 && left > 0
          ? new Found(byName.get(0), "by the names", List.of())
          : new Found(null, "", byName);
    }
    if (byName.size() == 1 && left > 0) {
      return contradicts(byName.get(0))
          ? new Found(null, "", List.of(ofFile, byName.get(0)))
          : new Found(byName.get(0), "by the names", List.of());
    }
    if (keeps(before)) {
      return new Found(ofFile, "as the file has them", List.of());
    }
    return new Found(null, "", byName);
  }

  /** Whether each takes what the one before it makes, and is what the architecture wants. */
  boolean fits(int[] order) {
    for (int at = 0; at < order.length; at++) {
      if (!fits(at, order[at], at == 0 ? -1 : order[at - 1])) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(int at, int module, int previous) {
    WeightModule next = modules.get(module);
    return (previous < 0 || modules.get(previous).nOut() == next.nIn())
        && (needs == null || needs.get(at).fits(next));
  }

  /** For each module those that the names put before it, a bit each. */
  private long[][] before(Pairing pairing) {
    int n = modules.size();
    long[][] before = new long[n][(n + 63) / 64];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        int order = names.compare(i, j, pairing);
        if (order < 0) {
          before[j][i / 64] |= 1L << i;
        } else if (order > 0) {
          before[i][j / 64] |= 1L << j;
        }
      }
    }
    return before;
  }

  /** Whether the order of the file is one that the names allow. */
  private boolean keeps(long[][] before) {
    for (int i = 0; i < modules.size(); i++) {
      for (int j = i + 1; j < modules.size(); j++) {
        if ((before[i][j / 64] >>> j & 1) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** Norms are often declared behind all layers; the order of the layers is not by chance. */
  private boolean contradicts(int[] byName) {
    int last = -1;
    for (int module : byName) {
      if (modules.get(module).isDense()) {
        if (module < last && !names.sequential(last, module)) {
          return true;
        }
        last = module;
      }
    }
    return false;
  }

  /** The orders that fit, the file's first; {@code left} is 0 where the search was given up. */
  private List<int[]> search(long @Nullable [][] before, int most) {
    int n = modules.size();
    List<int[]> found = new ArrayList<>();
    int[] path = new int[n];
    int[] next = new int[n + 1];
    long[] used = new long[(n + 63) / 64];
    left = BUDGET;
    int depth = 0;
    while (depth >= 0) {
      int module = depth == n ? n : next[depth];
      while (module < n && !isNext(module, depth, path, used, before)) {
        module++;
      }
      left -= module - (depth == n ? n : next[depth]) + 1;
      if (left <= 0) {
        left = 0;
        return found;
      }
      if (depth == n) {
        found.add(path.clone());
        if (found.size() == most) {
          return found;
        }
      }
      if (module < n) {
        next[depth] = module + 1;
        path[depth++] = module;
        used[module / 64] |= 1L << module;
        next[depth] = 0;
      } else if (--depth >= 0) {
        used[path[depth] / 64] &= ~(1L << path[depth]);
      }
    }
    return found;
  }

  private boolean isNext(
      int module, int depth, int[] path, long[] used, long @Nullable [][] before) {
    if ((used[module / 64] >>> module & 1) != 0
        || !fits(depth, module, depth == 0 ? -1 : path[depth - 1])) {
      return false;
    }
    for (int w = 0; before != null && w < used.length; w++) {
      if ((before[module][w] & ~used[w]) != 0) {
        return false;
      }
    }
    return true;
  }
}
