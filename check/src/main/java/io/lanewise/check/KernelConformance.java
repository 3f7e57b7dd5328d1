package io.lanewise.check;

import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.ScalarKernels;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds kernels to the specification: runs seeded batteries of every operation on them and on
 * {@link ScalarKernels}, and compares the bits of every float of every array that was passed, so
 * also of the inputs and of what lies round an output's window. It goes on to the next call where
 * one differs, and ends in a table.
 *
 * <p>Who writes a provider should run {@link #full}; it wants a minute. There is no tolerance: NaNs
 * are equal to NaNs, signed zeros are told apart, and an exception is a difference.
 */
public final class KernelConformance {
  private static final long SEED = 20260401;
  private static final Pattern BATTERY = Pattern.compile("(\\w+)\\(([-0-9, ]*)\\)");
  private static final int LONGEST = (1 << 16) + 67;

  /**
   * What a battery found.
   *
   * @param calls the operations compared
   * @param products how many of them were matrix products
   * @param floats the floats compared
   * @param difference the first difference in one line, with the call that repeats it; or null
   * @param sha256 of all floats that the candidate left in the arrays, every NaN as 0x7fc00000
   * @param operations one entry an operation, in the order of their first calls
   */
  public record Result(
      long calls,
      long products,
      long floats,
      @Nullable String difference,
      String sha256,
      List<Operation> operations) {
    /** Takes a copy of the list. */
    public Result {
      operations = List.copyOf(operations);
    }

    /** Returns whether no bit differed. */
    public boolean identical() {
      return difference == null;
    }

    /**
     * Returns the counts and, where anything differed, a table of these operations with the first
     * and the worst difference of each, and the stack traces of what was thrown.
     */
    @Override
    public String toString() {
      String counts = calls + " calls, " + products + " of them products, " + floats + " floats";
      return identical()
          ? "identical: " + counts + "; " + reach()
          : difference + "\n" + ConformanceTable.of(operations) + "of " + counts;
    }

    /** Returns how far it went: what is wrong only beyond that was not seen. */
    private String reach() {
      return operations.stream()
          .min(Comparator.comparingLong(Operation::largest))
          .map(o -> "each up to " + o.largest() + " elements or more")
          .orElse("");
    }
  }

  /**
   * What was found about one operation.
   *
   * @param name such as "activate relu", "update ADAM" or "matmul"
   * @param calls how often it was compared
   * @param different how often it differed
   * @param largest the most elements of an argument
   * @param first its first difference, or null
   * @param worst the one of the largest distance; an exception is the largest
   */
  public record Operation(
      String name,
      long calls,
      long different,
      long largest,
      @Nullable Difference first,
      @Nullable Difference worst) {}

  /**
   * One element whose bits differ, or what was thrown.
   *
   * @param call its number in the battery, from 1
   * @param what the operation and its sizes
   * @param argument the name of the window that it is in or beside; empty if something was thrown
   * @param window the place of the argument in its array
   * @param element the index in the array
   * @param expected by the scalar kernels
   * @param actual by the candidate
   * @param ulps their distance in units in the last place; the largest long for NaN and a number
   * @param thrown by the candidate, or null
   */
  public record Difference(
      long call,
      String what,
      String argument,
      Matrix window,
      int element,
      float expected,
      float actual,
      long ulps,
      @Nullable Throwable thrown) {

    /** Returns the row of the element, or -1 if it lies outside of the window. */
    public int row() {
      return isIn(window, element) ? (element - window.off()) / window.ld() : -1;
    }

    /** Returns the column of the element, or -1 if it lies outside of the window. */
    public int column() {
      return isIn(window, element) ? (element - window.off()) % window.ld() : -1;
    }

    static boolean isIn(Matrix w, int element) {
      int from = element - w.off();
      return from >= 0 && from / w.ld() < w.rows() && from % w.ld() < w.columns();
    }

    @Override
    public String toString() {
      if (thrown != null) {
        return what + ": threw " + thrown;
      }
      return what
          + ": "
          + argument
          + (row() < 0
              ? " was written outside of its window, at element " + element
              : "[" + row() + "," + column() + "]")
          + " ("
          + window.rows()
          + " x "
          + window.columns()
          + ", offset "
          + window.off()
          + ", leading dimension "
          + window.ld()
          + "): scalar "
          + show(expected)
          + ", candidate "
          + show(actual)
          + (ulps == Ulps.NAN ? "" : ", " + ulps + " ulp");
    }

    private static String show(float x) {
      return x + " (0x" + HexFormat.of().toHexDigits(Float.floatToRawIntBits(x)) + ")";
    }
  }

  private KernelConformance() {}

  /**
   * Every operation at every length from 0 to 67 (4 x 16 lanes + 3), a grid of small products and
   * thin ones that cross the usual block sizes: 2 million multiply-adds in all, for a JVM in which
   * each of them is emulated. What is wrong only in longer arrays it does not see: {@link #full}.
   */
  public static Result quick(Kernels candidate) {
    return run(candidate, "quick");
  }

  /**
   * All batteries at the sizes of the test suite: 35,000 products and every other operation, up to
   * 65,603 elements in a row.
   */
  public static Result full(Kernels candidate) {
    return full(candidate, LONGEST);
  }

  /**
   * {@link #full(Kernels)} with other lengths.
   *
   * @param longest the most elements in a row, or rows, 100 to 10,000,000: more than any block or
   *     unrolled loop of the candidate
   */
  public static Result full(Kernels candidate, int longest) {
    return run(candidate, "full", longest);
  }

  /**
   * Every operation on a few long rows and columns of odd lengths, for loops that go another way
   * where there is much to do.
   *
   * @param longest as for {@link #full(Kernels, int)}
   */
  public static Result beyond(Kernels candidate, int longest) {
    return run(candidate, "beyond", longest);
  }

  /**
   * Makes one call of a battery alone: the one that a difference names.
   *
   * @param battery the method and its arguments but for the kernels, such as "full(65603)"
   * @param call its number, from 1
   */
  public static Result repeat(Kernels candidate, String battery, long call) {
    Matcher parts = BATTERY.matcher(battery);
    if (!parts.matches()) {
      throw new IllegalArgumentException("battery: wanted such as \"full(1000)\", got " + battery);
    }
    long[] numbers =
        Stream.of(parts.group(2).split(", *"))
            .filter(n -> !n.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();
    Trial trial = new Trial(candidate, seed(numbers)).only(call);
    try {
      battery(parts.group(1), numbers).accept(trial);
    } catch (Trial.Enough e) {
      return trial.result(repeat(battery));
    }
    throw new IllegalArgumentException(
        "call: " + battery + " has calls 1 to " + trial.calls() + ", got " + call);
  }

  private static void full(Trial trial, int longest) {
    quick(trial);
    MatmulBattery.grid(trial);
    MatmulBattery.random(trial, 5_000, 200);
    MatmulBattery.large(trial, 50);
    MatmulBattery.fused(trial, 8);
    MatmulBattery.scaled(trial, 2_000, 100);
    MatmulBattery.packed(trial, 2_000, 150);
    MatmulBattery.packedLarge(trial);
    ElementBattery.values(trial, 64);
    UpdateBattery.values(trial, 16);
    RowBattery.rows(trial, 2_000);
    LayerBattery.random(trial, 1_000);
    beyond(trial, longest);
  }

  private static void quick(Trial trial) {
    MatmulBattery.sample(trial);
    ElementBattery.lengths(trial);
    UpdateBattery.lengths(trial);
    RowBattery.lengths(trial);
    MatmulBattery.scaledSample(trial);
    MatmulBattery.packedSample(trial);
    LayerBattery.lengths(trial);
  }

  private static void beyond(Trial trial, int longest) {
    if (longest < 100 || longest > 10_000_000) {
      throw new IllegalArgumentException("longest must be 100 to 10,000,000, got " + longest);
    }
    ElementBattery.beyond(trial, longest);
    UpdateBattery.beyond(trial, longest);
    RowBattery.beyond(trial, longest);
    LayerBattery.beyond(trial, longest);
    MatmulBattery.thin(trial, longest);
  }

  /**
   * Products with m, n and k in {0, 1, 2, 3, 5, 7, 9, 31, 63}, the sizes of the reference BLAS's
   * sblat3, in every form, from every start, each with nothing, an activation and a derivative
   * after it: 26,244.
   */
  public static Result matmulGrid(Kernels candidate) {
    return run(candidate, "matmulGrid");
  }

  /** Products of random shape, form and fusion, m, n and k in 0..max. */
  public static Result matmulRandom(Kernels candidate, long seed, int count, int max) {
    return run(candidate, "matmulRandom", seed, count, max);
  }

  /** Products up to 1,100 whose sizes are one less, equal or one more than usual block sizes. */
  public static Result matmulLarge(Kernels candidate, long seed, int count) {
    return run(candidate, "matmulLarge", seed, count);
  }

  /** Every activation and every derivative after a product, {@code shapes} random shapes each. */
  public static Result matmulFused(Kernels candidate, long seed, int shapes) {
    return run(candidate, "matmulFused", seed, shapes);
  }

  /** Products scaled by random factors, special ones among them, m, n and k in 0..max. */
  public static Result matmulScaled(Kernels candidate, long seed, int count, int max) {
    return run(candidate, "matmulScaled", seed, count, max);
  }

  /**
   * Products with a packed B: {@code count} of random shape and fusion, m, n and k in 0..max, as
   * many sparse rows, and 39 larger ones that cross its cuts.
   */
  public static Result matmulPacked(Kernels candidate, long seed, int count, int max) {
    return run(candidate, "matmulPacked", seed, count, max);
  }

  /** The elementwise operations at every length from 0 to 67. */
  public static Result elementLengths(Kernels candidate) {
    return run(candidate, "elementLengths");
  }

  /** Every function, activation and derivative on {@code blocks} blocks of 4,099 random floats. */
  public static Result elementValues(Kernels candidate, long seed, int blocks) {
    return run(candidate, "elementValues", seed, blocks);
  }

  /** The updates of every optimizer and the sum of squares at every length from 0 to 67. */
  public static Result updateLengths(Kernels candidate) {
    return run(candidate, "updateLengths");
  }

  /** The updates of every optimizer on {@code blocks} blocks of 4,099 random floats each. */
  public static Result updateValues(Kernels candidate, long seed, int blocks) {
    return run(candidate, "updateValues", seed, blocks);
  }

  /** Softmax, the losses and the column sums on rows of every length from 0 to 67. */
  public static Result rowLengths(Kernels candidate) {
    return run(candidate, "rowLengths");
  }

  /** Softmax, the losses and the column sums on {@code count} random shapes each. */
  public static Result rows(Kernels candidate, long seed, int count) {
    return run(candidate, "rows", seed, count);
  }

  /** The operations of the layers on rows of every length from 0 to 67, and some longer ones. */
  public static Result layerLengths(Kernels candidate) {
    return run(candidate, "layerLengths");
  }

  /** The operations of the layers on {@code count} random shapes each. */
  public static Result layers(Kernels candidate, long seed, int count) {
    return run(candidate, "layers", seed, count);
  }

  /** By their names, so that a text can say how one is repeated. */
  private static Consumer<Trial> battery(String name, long... n) {
    int count = n.length < 2 ? 0 : Math.toIntExact(n[1]);
    int max = n.length < 3 ? 0 : Math.toIntExact(n[2]);
    return switch (name + " " + n.length) {
      case "quick 0" -> KernelConformance::quick;
      case "full 1" -> trial -> full(trial, Math.toIntExact(n[0]));
      case "beyond 1" -> trial -> beyond(trial, Math.toIntExact(n[0]));
      case "matmulGrid 0" -> MatmulBattery::grid;
      case "matmulRandom 3" -> trial -> MatmulBattery.random(trial, count, max);
      case "matmulLarge 2" -> trial -> MatmulBattery.large(trial, count);
      case "matmulFused 2" -> trial -> MatmulBattery.fused(trial, count);
      case "matmulScaled 3" -> trial -> MatmulBattery.scaled(trial, count, max);
      case "matmulPacked 3" ->
          trial -> {
            MatmulBattery.packed(trial, count, max);
            MatmulBattery.packedRows(trial, count);
            MatmulBattery.packedLarge(trial);
          };
      case "elementLengths 0" -> ElementBattery::lengths;
      case "elementValues 2" -> trial -> ElementBattery.values(trial, count);
      case "updateLengths 0" -> UpdateBattery::lengths;
      case "updateValues 2" -> trial -> UpdateBattery.values(trial, count);
      case "rowLengths 0" -> RowBattery::lengths;
      case "rows 2" -> trial -> RowBattery.rows(trial, count);
      case "layerLengths 0" -> LayerBattery::lengths;
      case "layers 2" -> trial -> LayerBattery.random(trial, count);
      default ->
          throw new IllegalArgumentException(
              "battery: there is no " + name + " with " + n.length + " numbers");
    };
  }

  /** Those with two numbers and more begin with it. */
  private static long seed(long[] numbers) {
    return numbers.length < 2 ? SEED : numbers[0];
  }

  private static String repeat(String battery) {
    return "KernelConformance.repeat(kernels, \"" + battery + "\", %d)";
  }

  /** Ends at the first difference, which is enough to know that there is one. */
  static Result quickUntilDifferent(Kernels candidate) {
    return run(new Trial(candidate, SEED).firstOnly(), "quick");
  }

  private static Result run(Kernels candidate, String name, long... numbers) {
    return run(new Trial(candidate, seed(numbers)), name, numbers);
  }

  private static Result run(Trial trial, String name, long... numbers) {
    String arguments =
        LongStream.of(numbers).mapToObj(Long::toString).collect(Collectors.joining(", "));
    try {
      battery(name, numbers).accept(trial);
    } catch (Trial.Enough e) {
      // The result says what was seen.
    }
    return trial.result(repeat(name + "(" + arguments + ")"));
  }
}
