package io.lanewise.peers;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The comparisons: of what, in which unit, and between whom. */
enum Kind {
  /** In one process: the native libraries by default, those in Java and our scalar by name. */
  MATMUL(
      "GFLOP/s",
      () -> Product.shapes().stream().map(s -> (Task) new Product(s)).collect(Collectors.toList()),
      false,
      "lanewise,openblas,mkl,onednn,blis"),
  /** A process each: two builds of libtorch do not share one. */
  STEP("us a step", TrainingTask::all, true, "lanewise,libtorch,djl,dl4j"),
  /** A process each. */
  INFER("us a call", Inference::all, true, "lanewise,libtorch,djl,dl4j,onnxruntime"),
  /** In one process, of a model that is told. */
  ENCODE("us a call", Encoding::all, false, "lanewise,onnxruntime"),
  /** In one process. */
  ACTIVATIONS("G elements/s", ElementwiseTask::all, false, "lanewise,libtorch,mkl-ha,mkl-la");

  final String unit;
  final Supplier<List<Task>> tasks;
  final boolean forks;
  final String peers;

  Kind(String unit, Supplier<List<Task>> tasks, boolean forks, String peers) {
    this.unit = unit;
    this.tasks = tasks;
    this.forks = forks;
    this.peers = peers;
  }

  /**
   * Returns the task of that name, of any kind.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Task task(String name) {
    for (Kind kind : values()) {
      if (kind == ENCODE) {
        continue;
      }
      for (Task task : kind.tasks.get()) {
        if (task.name().equals(name)) {
          return task;
        }
      }
    }
    throw new IllegalArgumentException("no task \"" + name + "\"");
  }

  /** Returns what is printed for a rate in operations per ns. */
  double shown(Task task, double rate) {
    return unit.startsWith("us") ? task.operations() / rate / 1e3 : rate;
  }
}
