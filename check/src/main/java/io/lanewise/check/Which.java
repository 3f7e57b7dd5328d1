package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Transpose;

/** What is judged: a function, an activation, the form of a product, or the rule of an update. */
final class Which {
  private Which() {}

  /** The name of its operation in a battery. */
  static String operation(Object which) {
    if (which instanceof Activation f && !f.elementwise()) {
      return f == Activation.SOFTMAX ? "softmax" : "logSoftmax";
    }
    String name =
        which instanceof Function
            ? "map "
            : which instanceof Activation
                ? "activate "
                : which instanceof Transpose ? "product " : "update ";
    return name + which;
  }

  /** What a program writes for it. */
  static String code(Object which) {
    if (which instanceof Activation f) {
      return f.equals(Activation.of(f.kind()))
          ? "Activation." + f.kind()
          : "Activation.parse(\"" + f + "\")";
    }
    return which.getClass().getSimpleName() + "." + which;
  }

  static Activation elementwise(Activation which) {
    if (!which.elementwise()) {
      throw new IllegalArgumentException(
          "which: " + which + " is not elementwise; wanted rows(" + code(which) + ", f)");
    }
    return which;
  }

  static Activation ofRows(Activation which) {
    if (which.elementwise()) {
      throw new IllegalArgumentException(
          "which: " + which + " is elementwise; wanted function(" + code(which) + ", f)");
    }
    return which;
  }
}
