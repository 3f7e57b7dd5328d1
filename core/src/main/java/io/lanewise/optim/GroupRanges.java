package io.lanewise.optim;

import io.lanewise.nn.Network.Tensor;
import io.lanewise.optim.Optimizer.ParameterGroup;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The parameters in ranges, each of tensors of one group that lie one after another. */
final class GroupRanges {
  private final int[] ends;
  private final @Nullable ParameterGroup[] groups;
  private int count;

  private GroupRanges(int most) {
    ends = new int[most];
    groups = new ParameterGroup[most];
  }

  /** The tensors must cover the parameters, in their order. */
  static GroupRanges of(List<Tensor> tensors, List<ParameterGroup> groups) {
    GroupRanges ranges = new GroupRanges(tensors.size());
    for (Tensor tensor : tensors) {
      if (tensor.off() != ranges.length()) {
        throw new IllegalArgumentException(
            "tensors: " + tensor.name() + " must begin at " + ranges.length() + ", got " + tensor);
      }
      ranges.add(tensor.off() + tensor.count(), groupOf(tensor, groups));
    }
    return ranges;
  }

  /** What each group does to which tensors, in a line: what else there is changes no bit. */
  static String describe(List<Tensor> tensors, List<ParameterGroup> groups) {
    StringJoiner text = new StringJoiner("; ").setEmptyValue("none");
    for (ParameterGroup group : groups) {
      StringJoiner names = new StringJoiner(" ");
      for (Tensor tensor : tensors) {
        if (groupOf(tensor, groups) == group) {
          names.add(tensor.name());
        }
      }
      if (names.length() > 0) {
        text.add(group.describe() + ": " + names);
      }
    }
    return text.toString();
  }

  private static @Nullable ParameterGroup groupOf(Tensor tensor, List<ParameterGroup> groups) {
    for (ParameterGroup group : groups) {
      if (group.tensors().test(tensor)) {
        return group;
      }
    }
    return null;
  }

  private void add(int end, @Nullable ParameterGroup group) {
    if (count == 0 || groups[count - 1] != group) {
      groups[count++] = group;
    }
    ends[count - 1] = end;
  }

  int count() {
    return count;
  }

  /** The number of all parameters. */
  int length() {
    return count == 0 ? 0 : ends[count - 1];
  }

  int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }

  int end(int i) {
    return ends[i];
  }

  double rate(int i, double rate) {
    return groups[i] == null ? rate : rate * groups[i].rateFactor();
  }

  double weightDecay(int i, double weightDecay) {
    return groups[i] == null ? weightDecay : groups[i].weightDecay().orElse(weightDecay);
  }

  double l1(int i, double l1) {
    return groups[i] == null ? l1 : groups[i].l1().orElse(l1);
  }
}
