package io.lanewise.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.lanewise.kernel.Activation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every library that can be loaded here does its tasks right, and the judge finds what is wrong.
 */
class PeersTest {
  private static final List<String> SHAPES =
      List.of(
          "1x1x1 NN",
          "3x5x7 NN",
          "17x33x65 TN",
          "31x10x19 NT",
          "13x11x9 TT",
          "1x37x53 NN",
          "1x37x53 NT",
          "37x53x1 TN",
          "70x70x300 NN");

  private static final List<Task> OTHERS =
      List.of(
          new TrainingTask(7, false, 13, 11, 5),
          new TrainingTask(7, true, 13, 11, 5),
          new Inference(9, 13, 11, 5),
          new Inference(1, 13, 11, 5),
          new ElementwiseTask(null, 1, 1001),
          new ElementwiseTask(Activation.TANH, 1, 1001),
          new ElementwiseTask(Activation.SIGMOID, 1, 1001),
          new ElementwiseTask(Activation.RELU, 1, 1001),
          new ElementwiseTask(Activation.SOFTMAX, 13, 77));

  private static Stream<Task> tasks() {
    return Stream.concat(SHAPES.stream().map(Product::new), OTHERS.stream());
  }

  private static Peer load(String name) {
    try {
      return Peers.load(name);
    } catch (UnusableException e) {
      return abort(name + ": " + e.getMessage());
    }
  }

  /** Not djl: it and libtorch are two builds of one library, which do not share a process. */
  @TestFactory
  Stream<DynamicTest> theLibrariesAreRight() {
    return Peers.names().stream()
        .filter(name -> !name.equals("djl"))
        .flatMap(
            name ->
                tasks()
                    .map(
                        task ->
                            DynamicTest.dynamicTest(
                                name + ", " + task.name(), () -> right(load(name), task))));
  }

  private static void right(Peer peer, Task task) {
    Work work = peer.prepare(task);
    if (work == null) {
      abort("does not do it");
    }
    Turns.check(task, work);
    // A product starts from the bias each time.
    if (task.runs() == 1) {
      work.run();
      task.check(work.result());
    }
  }

  @TestFactory
  Stream<DynamicTest> aWrongResultIsFound() {
    Peer us = load(Peers.US);
    return tasks()
        .map(
            task ->
                DynamicTest.dynamicTest(
                    task.name(),
                    () -> {
                      Work work = us.prepare(task);
                      Turns.check(task, work);
                      float[] result = work.result().clone();
                      int last = result.length - 1;
                      result[last] += 0.01f;
                      assertThrows(IllegalStateException.class, () -> task.check(result));
                      result[last] = Float.NaN;
                      assertThrows(IllegalStateException.class, () -> task.check(result));
                    }));
  }

  @Test
  void everyTaskHasItsOwnNameAndEveryComparisonItsPeers() {
    for (Kind kind : Kind.values()) {
      for (Task task : kind.tasks.get()) {
        assertEquals(task.getClass(), Kind.task(task.name()).getClass(), task.name());
      }
      for (String name : kind.peers.split(",")) {
        assertTrue(Peers.names().contains(name), name);
      }
    }
  }
}
