package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/** One run of batteries: draws the inputs, calls both kernels on copies, compares every float. */
final class Trial {
  /** What the elements inside a window are. */
  enum Fill {
    /** Uniform in [-1, 1). */
    NORMAL,
    /** Normal, one in six a special value. */
    SPECIAL,
    /** Normal times a power of ten from 1e-6 to 100. */
    WIDE,
    /** Of one size after another, from 1 to that of the largest float. */
    HUGE,
    /** Any 32 bits. */
    BITS,
    /** Uniform in [0, 1), times 1e-6 every other time. */
    POSITIVE,
    /** As targets are: 0, 1, or between them. */
    TARGET,
    /** Logits, one in four masked by -infinity, and ties with the largest, 3. */
    MASKED,
    /** Logits far below 0, which only their own maximum brings back. */
    LOW,
    /** Seven of eight are zeros of either sign; products of a third of the others round to 0. */
    SPARSE,
    /** NaN: the old contents of what is overwritten. */
    NAN
  }

  /** One operation on the windows that the caller laid out. */
  interface Call {
    void on(Kernels kernels, Matrix[] w);
  }

  /** Ends the battery: all that was wanted has been seen. */
  static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1;

    Enough() {
      super(null, null, false, false);
    }
  }

  private static final float[] SPECIALS = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1.8p-130f,
    -0x1.fffffcp-127f,
    Float.MIN_NORMAL,
    -Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    3e38f,
    -3e38f,
    0x1p-75f,
    88.7f,
    -87.4f,
    -103.9f,
  };
  // Squares are beyond float, then sums and differences.
  private static final float[] HUGES = {1f, 1e19f, 1e20f, 0x1p102f, 1e35f, 1e38f, 3e38f};
  private static final float[] SCALES = {1e-6f, 1e-3f, 1f, 10f, 100f};
  // Finite, so that writing anything there shows, and large, so that adding it in shows.
  private static final float SENTINEL = -0x1.2345p120f;

  private final Kernels candidate;
  private final Settings settings;
  private final SplittableRandom plan;
  private final MessageDigest digest;
  private final Map<String, Tally> tallies = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();
  // Of the call at hand, or else the plan's.
  private SplittableRandom random;
  private String operation = "";
  private boolean firstOnly;
  private long only;
  private long calls;
  private long made;
  private long products;
  private long floats;

  Trial(Kernels candidate, Settings settings) {
    this.candidate = candidate;
    this.settings = settings;
    plan = new SplittableRandom(settings.seed());
    random = plan;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Ends at the first difference. */
  Trial firstOnly() {
    firstOnly = true;
    return this;
  }

  /** Makes one call alone, counted from 1. */
  Trial only(long call) {
    only = call;
    return this;
  }

  /** How many calls the battery has, those too that were not made. */
  long calls() {
    return calls;
  }

  /** Every operation of the battery, those too that were not called. */
  Set<String> names() {
    return names;
  }

  boolean finite() {
    return settings.finite();
  }

  /**
   * Counts the next call, and says whether it is made. Then its inputs are drawn: they depend on
   * its number alone, so that it is repeated without the others.
   *
   * @param operation what it is counted under
   */
  boolean begin(String operation) {
    calls++;
    names.add(operation);
    long seed = plan.nextLong();
    if (only == 0 ? !settings.wanted().test(operation) : calls != only) {
      return false;
    }
    this.operation = operation;
    random = new SplittableRandom(seed);
    return true;
  }

  ConformanceReport report(Function<Long, String> repeat) {
    String sha256 = HexFormat.of().formatHex(digest.digest());
    List<ConformanceReport.Operation> operations =
        tallies.values().stream().map(Tally::operation).toList();
    String difference =
        operations.stream()
            .map(ConformanceReport.Operation::first)
            .filter(Objects::nonNull)
            .min(Comparator.comparingLong(ConformanceReport.Difference::call))
            .map(d -> d + "; to repeat it: " + repeat.apply(d.call()))
            .orElse(null);
    return new ConformanceReport(made, products, floats, difference, sha256, operations, List.of());
  }

  /** {@link #check} of a matrix product. */
  void product(String detail, String arguments, Measure measure, Call call, Matrix... windows) {
    products++;
    check(detail, arguments, measure, call, windows);
  }

  /**
   * Makes the call that was begun. Any window may be null; what works in place has the same one
   * twice.
   *
   * @param detail the rest of what was asked for
   * @param arguments the names of the windows, with spaces between them
   * @param measure of what may be tolerated
   */
  void check(String detail, String arguments, Measure measure, Call call, Matrix... windows) {
    random = plan;
    made++;
    double allowed = measure.allowed(settings);
    Tally tally =
        tallies.computeIfAbsent(
            operation,
            name -> new Tally(name, allowed, allowed > 0 ? measure.unit() : Measure.BITS));
    tally.count(windows);
    Matrix[] expected = copy(windows);
    Matrix[] actual = copy(windows);
    float[][] arrays = arrays(actual);
    call.on(ScalarKernels.INSTANCE, expected);
    Judge judge = new Judge(measure, settings, windows, expected, actual);
    Found found = new Found(calls, operation, detail, arguments, judge);
    try {
      call.on(candidate, actual);
      for (int i = 0; i < windows.length; i++) {
        if (windows[i] != null && Arrays.asList(arrays).indexOf(arrays[i]) == i) {
          compare(found, i, expected[i].array(), arrays[i]);
        }
        if (windows[i] != null
            && (!samePlace(windows[i], actual[i]) || actual[i].array() != arrays[i])) {
          found.thrown(
              new IllegalStateException(found.argument(i) + " was moved: it is " + actual[i]));
        }
      }
    } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
      found.thrown(e);
    }
    tally.add(found);
    if (only != 0 || firstOnly && found.first() != null) {
      throw new Enough();
    }
  }

  /** The same windows on copies of their arrays: those that share one share its copy. */
  private static Matrix[] copy(Matrix[] windows) {
    Map<float[], float[]> copies = new IdentityHashMap<>();
    Matrix[] result = new Matrix[windows.length];
    for (int i = 0; i < windows.length; i++) {
      Matrix w = windows[i];
      if (w != null) {
        result[i] = w.on(copies.computeIfAbsent(w.array(), float[]::clone));
      }
    }
    return result;
  }

  private static float[][] arrays(Matrix[] windows) {
    float[][] arrays = new float[windows.length][];
    for (int i = 0; i < windows.length; i++) {
      arrays[i] = windows[i] == null ? null : windows[i].array();
    }
    return arrays;
  }

  private static boolean samePlace(Matrix a, Matrix b) {
    return a.off() == b.off()
        && a.ld() == b.ld()
        && a.rows() == b.rows()
        && a.columns() == b.columns();
  }

  private void compare(Found found, int window, float[] expected, float[] actual) {
    // Equal here means: the same bits, or both NaN.
    int at = Arrays.mismatch(expected, actual);
    if (at >= 0) {
      found.different(window, at, expected, actual);
    }
    floats += actual.length;
    ByteBuffer bytes = ByteBuffer.allocate(4 * actual.length);
    for (float x : actual) {
      bytes.putInt(Float.floatToIntBits(x));
    }
    digest.update(bytes.array());
  }

  /** An input: what surrounds it is NaN half of the time, so that reading it in shows. */
  Matrix in(int rows, int columns, Fill fill) {
    return window(rows, columns, slack(columns), fill, random.nextBoolean() ? Float.NaN : SENTINEL);
  }

  /** An output. */
  Matrix out(int rows, int columns, Fill fill) {
    return window(rows, columns, slack(columns), fill, SENTINEL);
  }

  /** An input with an element for each row. */
  Matrix inColumn(int rows, Fill fill) {
    return window(rows, 1, 1, fill, random.nextBoolean() ? Float.NaN : SENTINEL);
  }

  /** An output with an element for each row. */
  Matrix outColumn(int rows, Fill fill) {
    return window(rows, 1, 1, fill, SENTINEL);
  }

  /** A leading dimension with gaps of 0 to 7 between the rows. */
  private int slack(int columns) {
    return Math.max(1, columns) + (random.nextBoolean() ? random.nextInt(8) : 0);
  }

  /** At offsets 0 to 17; the array's end is often its end. */
  private Matrix window(int rows, int columns, int ld, Fill fill, float outside) {
    int off = random.nextInt(18);
    int end = off + (rows == 0 || columns == 0 ? 0 : (rows - 1) * ld + columns);
    float[] x = new float[end + (random.nextBoolean() ? random.nextInt(18) : 0)];
    Arrays.fill(x, outside);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        x[off + i * ld + j] = draw(fill);
      }
    }
    return new Matrix(x, off, ld, rows, columns);
  }

  float draw(Fill fill) {
    float x = any(fill);
    return settings.finite() && fill != Fill.NAN ? ordinary(x) : x;
  }

  /** The same sign and digits, and an exponent of -49 to 49; or zero. */
  private static float ordinary(float x) {
    int exponent = Math.getExponent(x);
    if (x == 0f || exponent >= -49 && exponent <= 49) {
      return x;
    }
    int wrapped = Math.floorMod(exponent, 99) - 49;
    int rest = Float.floatToRawIntBits(x) & 0x807fffff;
    return Float.intBitsToFloat(rest | wrapped + Float.MAX_EXPONENT << 23);
  }

  private float any(Fill fill) {
    return switch (fill) {
      case NORMAL -> 2f * random.nextFloat() - 1f;
      case SPECIAL -> random.nextInt(6) == 0 ? pick(SPECIALS) : 2f * random.nextFloat() - 1f;
      case WIDE -> (2f * random.nextFloat() - 1f) * pick(SCALES);
      case HUGE -> (2f * random.nextFloat() - 1f) * pick(HUGES);
      case BITS -> Float.intBitsToFloat(random.nextInt());
      case POSITIVE -> random.nextFloat() * (random.nextBoolean() ? 1f : 1e-6f);
      case TARGET -> random.nextInt(3) == 0 ? random.nextFloat() : random.nextInt(2);
      case MASKED ->
          switch (random.nextInt(8)) {
            case 0, 1 -> Float.NEGATIVE_INFINITY;
            case 2 -> 3f;
            default -> 6f * random.nextFloat() - 3f;
          };
      case LOW -> 2f * random.nextFloat() - 100f;
      case SPARSE ->
          switch (random.nextInt(24)) {
            case 0 -> random.nextBoolean() ? 0x1p-100f : -0x1p-100f;
            case 1, 2 -> 2f * random.nextFloat() - 1f;
            default -> random.nextBoolean() ? 0f : -0f;
          };
      case NAN -> Float.NaN;
    };
  }

  private float pick(float[] values) {
    return values[random.nextInt(values.length)];
  }

  <T> T pick(T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** Uniform in 0 .. bound - 1. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Any 64 bits. */
  long bits() {
    return random.nextLong();
  }

  /** Whether an operation that can work in place does: half of the time. */
  boolean inPlace() {
    return random.nextBoolean() && !settings.apart();
  }

  boolean coin() {
    return random.nextBoolean();
  }
}
