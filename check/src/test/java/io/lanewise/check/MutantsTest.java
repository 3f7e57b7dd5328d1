package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lanewise.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The judge of the kernels bites: kernels with any one of the planted faults are found out, by the
 * battery that the forked JVMs run, which is the smallest; the same kernels without a fault pass.
 */
class MutantsTest {
  @Test
  void withoutAFaultEveryBitIsRight() {
    MutantKernels none = new MutantKernels(Fault.NONE);
    assertNull(Conformance.of(none).quick().run().difference());
    assertNull(run("matmulGrid()").difference());
    assertNull(run("matmulFused(4)").difference());
    assertNull(run("matmulScaled(300, 40)").difference());
    assertNull(run("rows(300)").difference());
    assertNull(run("updateValues(1)").difference());
    assertNull(run("layers(100)").difference());
  }

  private static ConformanceReport run(String battery) {
    return Conformance.of(new MutantKernels(Fault.NONE)).battery(battery).run();
  }

  /** Else the battery of an operation, or that it has one, would be held to nothing. */
  @Test
  void everyOperationHasALoopForFaults() {
    Set<String> planted = new TreeSet<>();
    for (Class<?> c = MutantKernels.class; c != DelegatingKernels.class; c = c.getSuperclass()) {
      Stream.of(c.getDeclaredMethods()).map(Method::getName).forEach(planted::add);
    }
    // Made of doMatmul by the class that the others extend.
    planted.add("doMatmulPacked");
    Set<String> operations =
        Stream.of(Kernels.class.getDeclaredMethods())
            .filter(m -> Modifier.isAbstract(m.getModifiers()) && m.getName().startsWith("do"))
            .map(Method::getName)
            .collect(Collectors.toCollection(TreeSet::new));
    operations.removeAll(planted);
    assertEquals(Set.of(), operations);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedFaultIsFound(Fault fault) {
    ConformanceReport result = Conformance.of(new MutantKernels(fault)).quick().runUntilDifferent();
    assertFalse(result.passed(), () -> fault + " survived: " + result);
  }
}
