package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class KernelConformanceTest {
  @Test
  void scalarEqualsItselfInMoreThan30000ProductsAndEveryOtherOperation() {
    KernelConformance.Result result = KernelConformance.full(ScalarKernels.INSTANCE);
    assertTrue(result.identical(), result::toString);
    assertTrue(result.products() > 32_000, result::toString);
    assertTrue(result.calls() > result.products() + 20_000, result::toString);
  }

  @Test
  void theHashIsOfTheResults() {
    String once = KernelConformance.quick(ScalarKernels.INSTANCE).sha256();
    assertEquals(once, KernelConformance.quick(ScalarKernels.INSTANCE).sha256());
    assertEquals(once, KernelConformance.quick(new MutantKernels(Fault.NONE)).sha256());
    assertEquals(64, once.length());
  }

  /** Every operation is seen in longer arrays than any loop of a kernel takes at once. */
  @Test
  void fullGoesBeyondEveryBlock() {
    KernelConformance.Result result = KernelConformance.beyond(ScalarKernels.INSTANCE, 10_000);
    assertTrue(result.identical(), result::toString);
    for (KernelConformance.Operation operation : result.operations()) {
      assertTrue(operation.largest() >= 9_999, operation::toString);
    }
    KernelConformance.Result quick = KernelConformance.quick(ScalarKernels.INSTANCE);
    assertEquals(
        quick.operations().stream().map(KernelConformance.Operation::name).sorted().toList(),
        result.operations().stream().map(KernelConformance.Operation::name).sorted().toList());
    assertTrue(quick.toString().endsWith("; each up to 67 elements or more"), quick::toString);
  }

  /** A ReLU that is wrong in some way. */
  private static Kernels relu(Consumer<Matrix> spoil) {
    return new DelegatingKernels() {
      @Override
      protected void doActivate(Activation f, Matrix z, Matrix a) {
        super.doActivate(f, z, a);
        if (f == Activation.RELU) {
          spoil.accept(a);
        }
      }
    };
  }

  private static Kernels wrongBeyond(int elements) {
    return relu(
        a -> {
          if (a.columns() > elements) {
            a.put(0, elements, -1f);
          }
        });
  }

  @Test
  void whatIsWrongInLongArraysAloneIsFoundThere() {
    assertTrue(KernelConformance.quick(wrongBeyond(1_200)).identical());
    for (int elements : new int[] {1_200, 5_000}) {
      KernelConformance.Result result =
          KernelConformance.beyond(wrongBeyond(elements), elements + 100);
      KernelConformance.Operation relu = only(result);
      assertEquals("activate relu", relu.name());
      assertEquals(elements, relu.first().column());
      assertEquals(0, relu.first().row());
    }
    assertTrue(KernelConformance.beyond(wrongBeyond(5_000), 5_000).identical());
    assertThrows(
        IllegalArgumentException.class, () -> KernelConformance.beyond(wrongBeyond(1), 99));
  }

  /** The one operation that differs. */
  private static KernelConformance.Operation only(KernelConformance.Result result) {
    List<KernelConformance.Operation> different =
        result.operations().stream().filter(o -> o.different() > 0).toList();
    assertEquals(1, different.size(), result::toString);
    return different.get(0);
  }

  @Test
  void aTailThatIsLeftOutIsNamedWithItsPlaceAndItsValues() {
    KernelConformance.Result result =
        KernelConformance.elementLengths(
            relu(
                a -> {
                  for (int j = a.columns() & -16; j < a.columns(); j++) {
                    a.put(0, j, 7f);
                  }
                }));
    KernelConformance.Operation relu = only(result);
    KernelConformance.Difference first = relu.first();
    assertEquals("activate relu of 1 x 1", first.what().replace(" in place", ""));
    assertEquals("[0,0]", "[" + first.row() + "," + first.column() + "]");
    assertTrue(
        result
            .difference()
            .matches(
                "activate relu of 1 x 1( in place)?: [za]\\[0,0\\] \\(1 x 1, offset \\d+, leading"
                    + " dimension \\d+\\): scalar .* \\(0x.*\\), candidate 7.0 \\(0x40e00000\\),"
                    + " \\d+ ulp; to repeat it:"
                    + " KernelConformance.repeat\\(kernels, \"elementLengths\\(\\)\", \\d+\\)"),
        result::difference);
    assertTrue(relu.worst().ulps() >= first.ulps());
    assertTrue(relu.different() < relu.calls(), "lengths of 16, 32, 48 and 64 are right");
  }

  @Test
  void aNanThatBecomesZeroIsFarFromIt() {
    KernelConformance.Operation relu =
        only(
            KernelConformance.quick(
                relu(
                    a -> {
                      for (int j = 0; j < a.columns(); j++) {
                        a.put(0, j, Float.isNaN(a.get(0, j)) ? 0f : a.get(0, j));
                      }
                    })));
    assertTrue(Float.isNaN(relu.first().expected()));
    assertEquals(0f, relu.first().actual());
    assertEquals(Ulps.NAN, relu.worst().ulps());
  }

  @Test
  void whatIsWrittenBesideTheWindowIsSaid() {
    KernelConformance.Result result =
        KernelConformance.quick(
            relu(
                a -> {
                  int behind = a.at(a.rows() - 1) + a.columns();
                  if (behind < a.array().length) {
                    a.array()[behind] = 3f;
                  }
                }));
    KernelConformance.Difference first = only(result).first();
    assertEquals(-1, first.row());
    assertEquals(3f, first.actual());
    assertTrue(first.toString().contains(" was written outside of its window, at element "));
  }

  @Test
  void whatWasThrownKeepsItsStackTraceAndTheOthersGoOn() {
    KernelConformance.Result result =
        KernelConformance.quick(
            relu(
                a -> {
                  if (a.columns() == 5) {
                    throw new ArrayIndexOutOfBoundsException("Index 5");
                  }
                }));
    KernelConformance.Operation relu = only(result);
    assertEquals(ArrayIndexOutOfBoundsException.class, relu.first().thrown().getClass());
    String text = result.toString();
    assertTrue(text.contains(": threw java.lang.ArrayIndexOutOfBoundsException: Index 5"), text);
    assertTrue(text.contains("\tat "), text);
    assertTrue(text.contains(KernelConformanceTest.class.getName()), text);
    assertTrue(!text.contains("org.junit"), text);
  }

  @Test
  void severalOperationsAreATable() {
    Kernels planted =
        new DelegatingKernels() {
          @Override
          protected void doColumnSums(Matrix x, Matrix sums) {
            super.doColumnSums(x, sums);
            sums.put(0, 0, Math.nextUp(sums.get(0, 0)));
          }

          @Override
          protected void doAdd(Matrix a, Matrix b, Matrix y) {
            super.doAdd(a, b, y);
            y.put(0, 0, 5f);
          }
        };
    KernelConformance.Result result = KernelConformance.quick(planted);
    List<String> lines = result.toString().lines().toList();
    assertTrue(lines.get(0).startsWith("columnSums "), lines.get(0));
    assertTrue(lines.get(1).startsWith("operation "), lines.get(1));
    assertTrue(lines.get(2).matches("columnSums +\\d+ of \\d+ +columnSums m=.*"), lines.get(2));
    assertTrue(lines.get(3).matches("add +\\d+ of \\d+ +add m=.*"), lines.get(3));
    assertEquals(result.operations().size() - 2 + " other operations: identical", lines.get(4));
  }

  /** A breakpoint in the candidate is reached at once. */
  @Test
  void oneCallIsRepeatedWithTheSameInputs() {
    int[] made = new int[1];
    Kernels faulty =
        relu(
            a -> {
              made[0]++;
              a.put(0, 0, a.columns() == 9 ? 2f : a.get(0, 0));
            });
    KernelConformance.Difference first =
        only(KernelConformance.elementValues(faulty, 8, 40)).first();
    assertEquals(9, first.window().columns());
    made[0] = 0;
    KernelConformance.Result again =
        KernelConformance.repeat(faulty, "elementValues(8, 40)", first.call());
    assertEquals(1, made[0]);
    assertEquals(1, again.calls());
    assertEquals(first.toString(), only(again).first().toString());
    for (String wrong : List.of("elementValues", "elementValues(8)", "nothing()", "")) {
      assertThrows(
          IllegalArgumentException.class, () -> KernelConformance.repeat(faulty, wrong, 1), wrong);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> KernelConformance.repeat(faulty, "elementLengths()", 10_000_000));
  }
}
