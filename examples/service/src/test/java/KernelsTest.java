import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.kernel.KernelLookup;
import org.junit.jupiter.api.Test;

/** Fails, and says why, where the JVM of the tests lacks the flag for the Vector API. */
class KernelsTest {
  @Test
  void theKernelsAreThoseOfTheVectorApi() {
    assertEquals(KernelLookup.named("simd").describe(), KernelLookup.best().describe());
  }
}
