package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.Network;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reshapes by shapes that are computed, as exporters write x.view(x.size(0), -1). */
final class ReshapesTest {
  private static final float[] X = {1, 2, 3, 4, 5, 6, 7, 8};
  // Of rows 1,2,3,4 and 5,6,7,8 with the weights 1,-1,2,0 and the bias 10.
  private static final float[] WANTED = {15, 23};

  /** An image of 2 x 2, the shape "s" of two elements, and the layer after the reshape. */
  private static SmallGraph image(int... dims) {
    return new SmallGraph(17, dims)
        .floats("w", new int[] {4, 1}, 1, -1, 2, 0)
        .row("b", 10)
        .ints("zero", new int[0], 0)
        .ints("first", 0)
        .ints("second", 1)
        .ints("rest", -1)
        .ints("four", 4);
  }

  private static SmallGraph layer(SmallGraph graph) {
    return graph.node("Reshape", "x", "s", "r").node("Gemm", "r", "w", "b", "y");
  }

  private static void assertFolds(String architecture, SmallGraph graph, int... dims)
      throws IOException {
    OnnxModel model = graph.model();
    assertArrayEquals(WANTED, SmallGraph.run(model, X, dims).floats());
    Network network = model.toNetwork();
    assertEquals(architecture, Architecture.format(network));
    assertArrayEquals(WANTED, network.predict(X, 2));
  }

  private static void assertRefused(String wanted, SmallGraph graph) throws IOException {
    OnnxModel model = graph.model();
    String message = assertThrows(ModelFormatException.class, model::toNetwork).getMessage();
    assertTrue(message.contains(wanted), message);
  }

  private static SmallGraph sizeOf(SmallGraph graph, String value) {
    return graph
        .node("Shape", value, "shape")
        .node("Gather", "shape", "zero", "n")
        .node("Unsqueeze", "n", "first", "n1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rest", "four"})
  void byTheSizeOfTheBatch(String columns) throws IOException {
    SmallGraph graph = sizeOf(image(-1, 1, 2, 2), "x").node("Concat", "n1", columns, "s");
    assertFolds("4 1", layer(graph.with("axis", 0)), 2, 1, 2, 2);
  }

  /** The batch was 2 when the model was exported: the shape says 2, or asks for it. */
  @Test
  void byABatchThatIsFixed() throws IOException {
    SmallGraph asked = sizeOf(image(2, 2, 2), "x").node("Concat", "n1", "rest", "s");
    assertFolds("4 1", layer(asked.with("axis", 0)), 2, 2, 2);
    assertFolds("4 1", layer(image(2, 2, 2).ints("s", 2, -1)), 2, 2, 2);
    assertFolds("4 1", layer(image(2, 2, 2).ints("s", 2, 4)), 2, 2, 2);
    assertRefused("does not leave rows", layer(image(-1, 2, 2).ints("s", 2, -1)));
    assertRefused("does not leave rows", layer(image(4, 2, 2).ints("s", 2, -1)));
  }

  @Test
  void bySlicesAndProductsOfTheShape() throws IOException {
    SmallGraph slices =
        image(-1, 2, 2)
            .ints("end", 9)
            .node("Shape", "x", "shape")
            .node("Slice", "shape", "first", "second", "n")
            .node("Gather", "shape", "second", "h")
            .node("Slice", "shape", "second", "end", "hw")
            .ints("two", 2)
            .node("Gather", "shape", "two", "w1")
            .node("Mul", "h", "w1", "size")
            .node("Concat", "n", "size", "s")
            .with("axis", 0);
    assertFolds("4 1", layer(slices), 2, 2, 2);
    SmallGraph ends = image(-1, 2, 2).node("Shape", "x", "n").with("start", 0).with("end", 1);
    assertFolds("4 1", layer(ends.node("Concat", "n", "rest", "s").with("axis", 0)), 2, 2, 2);
  }

  @Test
  void ofRowsOnTheWay() throws IOException {
    SmallGraph graph = image(-1, 4).node("Relu", "x", "h");
    graph.node("Shape", "h", "shape").node("Gather", "shape", "zero", "n");
    graph.node("Cast", "n", "n64").with("to", 7).node("Unsqueeze", "n64", "first", "n1");
    graph.node("Gather", "shape", "second", "m1");
    graph.node("Concat", "n1", "m1", "s").with("axis", 0);
    graph.node("Reshape", "h", "s", "r").node("Gemm", "r", "w", "b", "y");
    assertFolds("4 relu 1", graph, 2, 4);
  }

  @Test
  void whatTheRowsDoNotSettleIsRefused() throws IOException {
    // The rows of something else, which are not as many.
    SmallGraph other = image(-1, 4).node("Transpose", "x", "t");
    sizeOf(other, "t").node("Concat", "n1", "rest", "s").with("axis", 0);
    assertRefused("\"t\", whose rows it counts, is not on the way", layer(other));
    SmallGraph second = image(-1, -1, 2).node("Shape", "x", "shape");
    second.node("Gather", "shape", "first", "n").node("Gather", "shape", "second", "c");
    second.node("Concat", "n", "c", "s").with("axis", 0);
    assertRefused("its columns are not those of its input", layer(second));
    SmallGraph turned = sizeOf(image(-1, 4), "x").node("Concat", "rest", "n1", "s");
    assertRefused("its columns are not those of its input", layer(turned.with("axis", 0)));
    SmallGraph sum = sizeOf(image(-1, 4), "x").node("Add", "n1", "n1", "n2");
    sum.node("Concat", "n2", "rest", "s").with("axis", 0);
    assertRefused("its shape is no constant", layer(sum));
    // As INT32 the number of an open dimension would be another.
    SmallGraph cast = sizeOf(image(-1, 4), "x").node("Cast", "n1", "n2").with("to", 6);
    cast.node("Cast", "n2", "n3").with("to", 7).node("Concat", "n3", "rest", "s").with("axis", 0);
    assertRefused("its shape is no constant", layer(cast));
    // The number that stands for an open dimension, in a file.
    assertRefused("does not leave rows", layer(image(-1, 4).ints("s", Long.MIN_VALUE, -1)));
    assertRefused("does not leave rows", layer(image(-1, 4).ints("s", Long.MIN_VALUE + 9, -1)));
  }

  /** PyTorch's squeeze(1), squeeze(-1), view(-1) and flatten() after one output. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "-1", "reshape", "sigmoid"})
  void oneOutputAsAVector(String axis) throws IOException {
    SmallGraph graph = image(-1, 4).node("Gemm", "x", "w", "b", "z");
    if (axis.equals("reshape")) {
      graph.node("Reshape", "z", "rest", "y");
    } else if (axis.equals("sigmoid")) {
      graph.node("Squeeze", "z", "second", "v").node("Relu", "v", "y");
    } else {
      graph.ints("axis", Long.parseLong(axis)).node("Squeeze", "z", "axis", "y");
    }
    assertFolds(axis.equals("sigmoid") ? "4 1:relu" : "4 1", graph, 2, 4);
  }

  @Test
  void aVectorOfMoreThanOneOutputIsRefused() throws IOException {
    SmallGraph two = image(-1, 4).floats("v", new int[] {4, 2}, new float[8]);
    two.node("MatMul", "x", "v", "z").node("Reshape", "z", "rest", "y");
    assertRefused("it takes 1 values a row, there are 2", two);
    SmallGraph batch = image(-1, 4).node("Gemm", "x", "w", "b", "z");
    assertRefused("does not leave rows", batch.node("Squeeze", "z", "first", "y"));
    SmallGraph softmax = image(-1, 4).node("Gemm", "x", "w", "b", "z");
    softmax.node("Squeeze", "z", "second", "v").node("Softmax", "v", "y");
    assertRefused("does not leave rows", softmax);
  }
}
