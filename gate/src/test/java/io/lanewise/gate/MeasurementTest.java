package io.lanewise.gate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The gate's own clock: nothing reads as nothing, twice the work as twice the time. */
class MeasurementTest {
  private final Work fma = Ruler.FMA.prepare();

  MeasurementTest() throws Exception {}

  private double ratio(Work work, boolean slow) throws Exception {
    return Bootstrap.median(new Measurement(work, fma, slow).measure().ratios());
  }

  private double bytes(Work work) throws Exception {
    return Bootstrap.median(new Measurement(work, fma, false).measure().bytes());
  }

  /** The ruler takes microseconds; a hundredth of it is some ns. */
  @Test
  void anEmptyJobReadsAsNothing() throws Exception {
    double ratio = ratio(() -> 0, false);
    assertTrue(ratio > 100, "an empty job is only " + ratio + " times as fast as the ruler");
  }

  @Test
  void theSameWorkReadsAsOneAndTwiceTheWorkAsHalf() throws Exception {
    Work same = Ruler.FMA.prepare();
    assertEquals(1, ratio(same, false), 0.1);
    assertEquals(0.5, ratio(() -> same.run() + same.run(), false), 0.05);
  }

  @Test
  void theHookSlowsByATenth() throws Exception {
    assertEquals(1 / 1.1, ratio(Ruler.FMA.prepare(), true), 0.06);
  }

  @Test
  void bytesAreCountedExactly() throws Exception {
    float[][] kept = new float[1][];
    // 16 bytes of header before 100 floats.
    assertEquals(
        416,
        bytes(
            () -> {
              kept[0] = new float[100];
              return kept[0].length;
            }));
    boolean all = Boolean.getBoolean("lanewise.long");
    List<Ruler> three = List.of(Ruler.FMA, Ruler.INTEGER, Ruler.MEMORY);
    for (Ruler ruler : three.subList(0, all ? 3 : 1)) {
      assertEquals(0, bytes(ruler.prepare()), ruler::toString);
    }
  }

  @Test
  void theSiteIsTheLineThatAllocatesAndNotTheJdk() throws Exception {
    byte[][] kept = new byte[1][];
    String site =
        AllocationSite.of(
            () -> {
              kept[0] = java.util.Arrays.copyOf(new byte[0], 1000);
              return kept[0].length;
            });
    assertTrue(site.matches("byte\\[\\] at io\\.lanewise\\.gate\\.Measurement.*:\\d+"), site);
  }

  @Test
  void aForkThatWroteSomethingElseIsAnError() throws IOException {
    List<String> lines =
        List.of("figures 0.5 0.6", "bytes 0 1 2", "warm 1", "site byte[] at A.b:1");
    Fork fork = ForkMain.parse(lines);
    assertArrayEquals(new double[] {0.5, 0.6}, fork.figures());
    assertEquals(new Fork.Bytes(0, 1, 2, "byte[] at A.b:1"), fork.bytes());
    assertTrue(fork.warm());
    assertThrows(IOException.class, () -> ForkMain.parse(List.of("oops", "bytes 0")));
    assertThrows(
        IOException.class, () -> ForkMain.parse(List.of("oops 1", "bytes 0", "warm 1", "site ")));
  }
}
