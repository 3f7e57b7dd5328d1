package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.KernelLookup;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Einsum, run and compiled, beside ONNX Runtime; the standard's own tests are with the others. */
final class EinsumTest {
  /** How long what a letter names is; other letters stand for 3. */
  private static final Map<Character, Integer> SIZES = Map.of('b', 2, 'h', 4, 'd', 5, 'k', 6);

  private final Random random = new Random(9);

  private OnnxTensor tensor(int... dims) {
    float[] values = new float[Shapes.count(dims)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return OnnxTensor.of(values, dims);
  }

  /** An ellipsis stands for two dimensions, of which the first operand has 2 and 3. */
  private static int[] dims(String term, boolean first) {
    return term.replace("...", first ? "bi" : "1i")
        .chars()
        .map(label -> label == '1' ? 1 : SIZES.getOrDefault((char) label, 3))
        .toArray();
  }

  private static SmallGraph graph(String equation, int[]... dims) {
    SmallGraph graph = new SmallGraph(13, dims[0]);
    if (dims.length == 1) {
      return graph.node("Einsum", "x", "y").with("equation", equation);
    }
    graph.input("z", 1, dims[1]);
    return graph.node("Einsum", "x", "z", "y").with("equation", equation);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bhqd,bhkd->bhqk",
        "bqhd,bkhd->bhqk",
        "bhqk,bkhd->bqhd",
        "bij,bjk->bik",
        "bsd,df->bsf",
        "bsd,fd->bsf",
        "bsd,dhf->bshf",
        "bshf,hfd->bsd",
        "bij , jk -> ikb",
        "ij,jk",
        "i,i",
        "i,j->ij",
        "ij,j->i",
        "ij,k->ij",
        "ab,cd->",
        "ij,ij->ij",
        "bij,bij->b",
        "...ij,...jk->...ik",
        "...d,df->...f",
        "Ab,bC->AC",
        "iij,ijk->ik",
      })
  void twoOperands(String equation) throws Exception {
    String[] terms = equation.replace(" ", "").split("->")[0].split(",");
    int[] a = dims(terms[0], true);
    int[] b = dims(terms[1], false);
    RuntimeNodesTest.compare(graph(equation, a, b), Map.of("x", tensor(a), "z", tensor(b)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ij->ji", "bhqd->bqhd", "ij->i", "bij->j", "ij->", "ii", "...ii->...i"})
  void oneOperand(String equation) throws Exception {
    int[] a = dims(equation.split("->")[0], true);
    RuntimeNodesTest.compare(graph(equation, a), Map.of("x", tensor(a)));
  }

  /** So their weights are packed, and their heads read where they lie. */
  @Test
  void productsOfMatricesArePlannedAsSuch() throws IOException {
    SmallGraph graph = new SmallGraph(13, -1, -1, 5);
    graph.floats("w", new int[] {3, 5}, tensor(3, 5).floats());
    graph.node("Einsum", "x", "w", "y").with("equation", "bsd,fd->bsf");
    List<Op> ops = Fusion.of(graph.model().graph(), KernelLookup.named("simd")).ops();
    assertEquals(1, ops.size(), ops::toString);
    assertTrue(ops.get(0) instanceof Op.Product, ops::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ij,jk->ijm; has 'm' in its output",
        "ij,jk->ii; has 'i' in its output",
        "ij->i; is of 1 inputs, it has 2",
        "i1,jk->i; is none",
        "....ij,jk->ik; is none",
        "; is of 1 inputs",
      })
  void othersAreNoEquations(String equation, String why) {
    String text = equation == null ? "" : equation;
    SmallGraph graph = graph(text, new int[] {3, 3}, new int[] {3, 3});
    String message = assertThrows(ModelFormatException.class, graph::model).getMessage();
    assertTrue(message.startsWith("node 0 (Einsum, opset 13): the equation"), message);
    assertTrue(message.contains(why), message);
  }

  @Test
  void shapesMustFit() throws IOException {
    OnnxModel model = graph("ij,jk->ki", new int[] {-1, -1}, new int[] {-1, -1, -1}).model();
    Map<String, OnnxTensor> inputs = Map.of("x", tensor(2, 3), "z", tensor(3, 3, 3));
    assertThrows(ModelFormatException.class, () -> model.run(inputs));
    OnnxModel other = graph("iij,jk->ki", new int[] {-1, -1, -1}, new int[] {-1, -1}).model();
    Map<String, OnnxTensor> odd = Map.of("x", tensor(2, 3, 3), "z", tensor(3, 3));
    String message = assertThrows(ModelFormatException.class, () -> other.run(odd)).getMessage();
    assertTrue(message.endsWith("'i' is 2 and 3"), message);
  }

  /** A product of matrices would take them, and broadcast. */
  @Test
  void ranksMustFit() throws IOException {
    OnnxModel known = graph("ij,jk->ik", new int[] {-1, -1, -1}, new int[] {-1, -1}).model();
    Map<String, OnnxTensor> inputs = Map.of("x", tensor(2, 3, 3), "z", tensor(3, 3));
    assertThrows(ModelFormatException.class, () -> known.run(inputs));
    SmallGraph made = new SmallGraph(13, -1, -1, -1).ints("shape", 2, 3, 3);
    made.input("z", 1, -1, -1).node("Reshape", "x", "shape", "r");
    OnnxModel unknown = made.node("Einsum", "r", "z", "y").with("equation", "ij,jk->ik").model();
    assertThrows(ModelFormatException.class, () -> unknown.run(inputs));
    CompiledModel compiled = unknown.compile();
    assertThrows(ModelFormatException.class, () -> compiled.run(inputs));
  }

  @Test
  void moreOperandsAreRefused() {
    SmallGraph graph = new SmallGraph(13, 3, 3);
    graph.node("Einsum", "x", "x", "x", "y").with("equation", "ij,jk,kl->il");
    String message = assertThrows(ModelFormatException.class, graph::model).getMessage();
    assertEquals(
        "node 0 (Einsum, opset 13): an equation of more than two inputs is not supported", message);
  }
}
