package io.lanewise.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.kernel.ScalarKernels;
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

  @Test
  void aDifferenceNamesTheOperationTheElementAndBothValues() {
    KernelConformance.Result result = KernelConformance.quick(new MutantKernels(Fault.SGD_SIGN));
    assertFalse(result.identical());
    assertTrue(
        result
            .toString()
            .matches("update SGD of [12]: array 0 element \\d+: scalar .*, candidate .*"),
        result::toString);
  }
}
