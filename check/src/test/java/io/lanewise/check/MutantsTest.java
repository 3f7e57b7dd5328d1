package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

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
    assertNull(KernelConformance.quick(none).difference());
    assertNull(KernelConformance.matmulGrid(none).difference());
    assertNull(KernelConformance.matmulFused(none, 1, 4).difference());
    assertNull(KernelConformance.matmulScaled(none, 3, 300, 40).difference());
    assertNull(KernelConformance.rows(none, 2, 300).difference());
    assertNull(KernelConformance.updateValues(none, 2, 1).difference());
    assertNull(KernelConformance.layers(none, 2, 100).difference());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void aPlantedFaultIsFound(Fault fault) {
    KernelConformance.Result result = KernelConformance.quick(new MutantKernels(fault));
    assertFalse(result.identical(), () -> fault + " survived: " + result);
  }
}
