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
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class ConformanceTest {
  /** The parts of the battery are counted where SIMD is held to them. */
  @Test
  @EnabledIfSystemProperty(named = "lanewise.long", matches = "true")
  void scalarEqualsItselfInMoreThan30000ProductsAndEveryOtherOperation() {
    ConformanceReport result = Conformance.of(ScalarKernels.INSTANCE).run();
    assertTrue(result.passed(), result::toString);
    assertTrue(result.products() > 32_000, result::toString);
    assertTrue(result.calls() > result.products() + 20_000, result::toString);
  }

  @Test
  void theHashIsOfTheResults() {
    String once = Conformance.of(ScalarKernels.INSTANCE).quick().run().sha256();
    assertEquals(once, Conformance.of(ScalarKernels.INSTANCE).quick().run().sha256());
    assertEquals(once, Conformance.of(new MutantKernels(Fault.NONE)).quick().run().sha256());
    assertEquals(64, once.length());
  }

  /** Every operation is seen in longer arrays than any loop of a kernel takes at once. */
  @Test
  void fullGoesBeyondEveryBlock() {
    ConformanceReport result =
        Conformance.of(ScalarKernels.INSTANCE).battery("beyond(10000)").run();
    assertTrue(result.passed(), result::toString);
    for (ConformanceReport.Operation operation : result.operations()) {
      assertTrue(operation.longest() >= 9_999, operation::toString);
    }
    ConformanceReport quick = Conformance.of(ScalarKernels.INSTANCE).quick().run();
    assertEquals(
        quick.operations().stream().map(ConformanceReport.Operation::name).sorted().toList(),
        result.operations().stream().map(ConformanceReport.Operation::name).sorted().toList());
    assertEquals(67, quick.reach());
    assertEquals(
        List.of("what is wrong only in rows of more than 67 elements: .maximum(n) goes on to n"),
        quick.unseen());
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
    assertTrue(Conformance.of(wrongBeyond(1_200)).quick().run().passed());
    for (int elements : new int[] {1_200, 5_000}) {
      ConformanceReport result =
          Conformance.of(wrongBeyond(elements)).battery("beyond(" + (elements + 100) + ")").run();
      ConformanceReport.Operation relu = only(result);
      assertEquals("activate relu", relu.name());
      assertEquals(elements, relu.first().column());
      assertEquals(0, relu.first().row());
    }
    assertTrue(Conformance.of(wrongBeyond(5_000)).battery("beyond(5000)").run().passed());
    assertThrows(
        IllegalArgumentException.class,
        () -> Conformance.of(wrongBeyond(1)).battery("beyond(99)").run());
  }

  /** The one operation that differs. */
  private static ConformanceReport.Operation only(ConformanceReport result) {
    List<ConformanceReport.Operation> different =
        result.operations().stream().filter(o -> o.different() > 0).toList();
    assertEquals(1, different.size(), result::toString);
    return different.get(0);
  }

  @Test
  void aTailThatIsLeftOutIsNamedWithItsPlaceAndItsValues() {
    ConformanceReport result =
        Conformance.of(
                relu(
                    a -> {
                      for (int j = a.columns() & -16; j < a.columns(); j++) {
                        a.put(0, j, 7f);
                      }
                    }))
            .battery("elementLengths()")
            .run();
    ConformanceReport.Operation relu = only(result);
    ConformanceReport.Difference first = relu.first();
    assertEquals("activate relu of 1 x 1", first.what().replace(" in place", ""));
    assertEquals("[0,0]", "[" + first.row() + "," + first.column() + "]");
    assertTrue(
        result
            .difference()
            .matches(
                "activate relu of 1 x 1( in place)?: [za]\\[0,0\\] \\(1 x 1, offset \\d+, leading"
                    + " dimension \\d+\\): scalar .* \\(0x.*\\), candidate 7.0 \\(0x40e00000\\),"
                    + " \\d+ ulp; to repeat it:"
                    + " Conformance.of\\(kernels\\).battery\\(\"elementLengths\\(\\)\"\\)"
                    + ".repeat\\(\\d+\\)"),
        result::difference);
    assertTrue(relu.worst().ulps() >= first.ulps());
    assertTrue(relu.different() < relu.calls(), "lengths of 16, 32, 48 and 64 are right");
  }

  @Test
  void aNanThatBecomesZeroIsFarFromIt() {
    ConformanceReport.Operation relu =
        only(
            Conformance.of(
                    relu(
                        a -> {
                          for (int j = 0; j < a.columns(); j++) {
                            a.put(0, j, Float.isNaN(a.get(0, j)) ? 0f : a.get(0, j));
                          }
                        }))
                .quick()
                .run());
    assertTrue(Float.isNaN(relu.first().expected()));
    assertEquals(0f, relu.first().actual());
    assertEquals(Ulps.NAN, relu.worst().ulps());
  }

  @Test
  void whatIsWrittenBesideTheWindowIsSaid() {
    ConformanceReport result =
        Conformance.of(
                relu(
                    a -> {
                      int behind = a.at(a.rows() - 1) + a.columns();
                      if (behind < a.array().length) {
                        a.array()[behind] = 3f;
                      }
                    }))
            .quick()
            .run();
    ConformanceReport.Difference first = only(result).first();
    assertEquals(-1, first.row());
    assertEquals(3f, first.actual());
    assertTrue(first.toString().contains(" was written outside of its window, at element "));
  }

  @Test
  void whatWasThrownKeepsItsStackTraceAndTheOthersGoOn() {
    ConformanceReport result =
        Conformance.of(
                relu(
                    a -> {
                      if (a.columns() == 5) {
                        throw new ArrayIndexOutOfBoundsException("Index 5");
                      }
                    }))
            .quick()
            .run();
    ConformanceReport.Operation relu = only(result);
    assertEquals(ArrayIndexOutOfBoundsException.class, relu.first().thrown().getClass());
    String text = result.toString();
    assertTrue(text.contains(": threw java.lang.ArrayIndexOutOfBoundsException: Index 5"), text);
    assertTrue(text.contains("\tat "), text);
    assertTrue(text.contains(ConformanceTest.class.getName()), text);
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
    ConformanceReport result = Conformance.of(planted).quick().run();
    List<String> lines = result.toString().lines().toList();
    assertTrue(lines.get(0).startsWith("DIFFERENT: columnSums "), lines.get(0));
    assertTrue(lines.get(1).startsWith("operation "), lines.get(1));
    assertTrue(lines.get(2).matches("columnSums +\\d+ of \\d+ +columnSums m=.*"), lines.get(2));
    assertTrue(lines.get(3).matches("add +\\d+ of \\d+ +add m=.*"), lines.get(3));
    assertEquals(
        result.operations().size() - 2 + " other operations: nothing different", lines.get(4));
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
    ConformanceReport.Difference first =
        only(Conformance.of(faulty).battery("elementValues(40)").run()).first();
    assertEquals(9, first.window().columns());
    made[0] = 0;
    ConformanceReport again =
        Conformance.of(faulty).battery("elementValues(40)").repeat(first.call());
    assertEquals(1, made[0]);
    assertEquals(1, again.calls());
    assertEquals(first.toString(), only(again).first().toString());
    for (String wrong : List.of("elementValues", "elementValues(8, 40)", "nothing()", "")) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Conformance.of(faulty).battery(wrong).repeat(1),
          wrong);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> Conformance.of(faulty).battery("elementLengths()").repeat(10_000_000));
  }
}
