package io.lanewise.gate;

import java.lang.reflect.InvocationTargetException;
import java.util.SplittableRandom;

/**
 * A loop that asks the machine for one thing. A case is timed against it, in slices that alternate:
 * what slows the machine slows both, and their ratio stays. Take the one that is limited by what
 * the case is limited by.
 */
public final class Ruler {
  private static final int ROUNDS = 10_000;
  private static final int LONGS = 32_768;

  /** A chain of multiplications, shifts and additions of integers, in registers. */
  public static final Ruler INTEGER = prepared("integer", Ruler::integers);

  /** Reading 256 KiB in order, which the caches next to a core hold. */
  public static final Ruler MEMORY = prepared("memory", Ruler::reads);

  /**
   * Fused multiply-adds of vectors, in registers: the peak of a core. Needs {@code --add-modules
   * jdk.incubator.vector}.
   */
  public static final Ruler FMA = prepared("fma", Ruler::multiplyAdds);

  private final String name;
  private final Work.Preparation preparation;

  private Ruler(String name, Work.Preparation preparation) {
    this.name = Check.given("name", name);
    this.preparation = Check.given("preparation", preparation);
  }

  /**
   * Returns a ruler of one's own.
   *
   * @param name what it is called where figures are printed
   * @param work which must stay as it is: a change of it is a change of every figure
   */
  public static Ruler own(String name, Work work) {
    Check.given("work", work);
    return prepared(name, () -> work);
  }

  /** Returns a ruler of one's own that is made in the process that measures. */
  public static Ruler prepared(String name, Work.Preparation preparation) {
    return new Ruler(name, preparation);
  }

  Work prepare() throws Exception {
    return preparation.prepare();
  }

  @Override
  public String toString() {
    return name;
  }

  private static Work integers() {
    // From an array, so that the JIT does not know it.
    long[] start = {0x9E3779B97F4A7C15L};
    return () -> {
      long x = start[0];
      for (int i = 0; i < ROUNDS; i++) {
        x = (x ^ (x >>> 29)) * 0xBF58476D1CE4E5B9L + i;
      }
      return x;
    };
  }

  private static Work reads() {
    long[] data = new SplittableRandom(1).longs(LONGS).toArray();
    return () -> {
      long s0 = 0;
      long s1 = 0;
      long s2 = 0;
      long s3 = 0;
      for (int i = 0; i < LONGS; i += 4) {
        s0 += data[i];
        s1 += data[i + 1];
        s2 += data[i + 2];
        s3 += data[i + 3];
      }
      return s0 + s1 + s2 + s3;
    };
  }

  /** By name: who does not ask for this ruler need not have the module. */
  private static Work multiplyAdds() throws Exception {
    try {
      return (Work)
          Class.forName("io.lanewise.gate.FmaChains").getDeclaredConstructor().newInstance();
    } catch (InvocationTargetException | LinkageError e) {
      throw new IllegalStateException(
          "Ruler.FMA needs --add-modules jdk.incubator.vector on the command line of java", e);
    }
  }
}
