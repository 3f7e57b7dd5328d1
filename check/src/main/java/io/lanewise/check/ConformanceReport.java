package io.lanewise.check;

import io.lanewise.kernel.Matrix;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Conformance} found.
 *
 * @param calls the operations compared
 * @param products how many of them were matrix products
 * @param floats the floats compared
 * @param difference the first difference in one line, with the call that repeats it; or null
 * @param sha256 of all floats that the candidate left in the arrays, every NaN as 0x7fc00000
 * @param operations one entry an operation, in the order of their first calls
 * @param unseen what this run cannot see, and what would, a line each
 */
public record ConformanceReport(
    long calls,
    long products,
    long floats,
    @Nullable String difference,
    String sha256,
    List<Operation> operations,
    List<String> unseen) {
  /** Takes copies of the lists. */
  public ConformanceReport {
    operations = List.copyOf(operations);
    unseen = List.copyOf(unseen);
  }

  /** Returns whether nothing differed, or by no more than is tolerated. */
  public boolean passed() {
    return difference == null;
  }

  /** Returns the length of the longest row or column that every operation has been seen with. */
  public int reach() {
    return operations.stream().mapToInt(Operation::longest).min().orElse(0);
  }

  /** The same, with what it cannot see. */
  ConformanceReport unseen(List<String> lines) {
    return new ConformanceReport(calls, products, floats, difference, sha256, operations, lines);
  }

  /**
   * Returns the counts and, where anything differed, a table of these operations with the first and
   * the worst difference of each, and the stack traces of what was thrown; then the worst errors of
   * what was tolerated, and what the run cannot see.
   */
  @Override
  public String toString() {
    String counts =
        some(calls, "call")
            + " of "
            + some(operations.size(), "operation")
            + ", "
            + floats
            + " floats";
    StringBuilder text = new StringBuilder();
    if (passed()) {
      text.append(tolerant() ? "passed: " : "passed bit for bit: ").append(counts).append('\n');
    } else {
      text.append("DIFFERENT: ").append(difference).append('\n');
      text.append(ConformanceTable.of(operations));
      text.append("of ").append(counts).append('\n');
    }
    text.append(ConformanceTable.tolerated(operations));
    for (String line : unseen) {
      text.append("not seen: ").append(line).append('\n');
    }
    return text.toString();
  }

  private static String some(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private boolean tolerant() {
    return operations.stream().anyMatch(o -> o.allowed() > 0);
  }

  /**
   * What was found about one operation.
   *
   * @param name such as "activate relu", "update ADAM" or "matmul"
   * @param calls how often it was compared
   * @param different in how many calls an error was larger than allowed
   * @param longest the most rows or columns of an argument
   * @param allowed the largest error that passes: 0 for the same bits
   * @param unit of the errors: "ulp", or "x rounding", the rounding errors of a sum in any order
   * @param first its first difference, or null
   * @param worst the element of the largest error, which may be tolerated, or null; an exception is
   *     the largest
   */
  public record Operation(
      String name,
      long calls,
      long different,
      int longest,
      double allowed,
      String unit,
      @Nullable Difference first,
      @Nullable Difference worst) {}

  /**
   * One element whose bits differ, or what was thrown.
   *
   * @param call its number, from 1, for {@link Conformance#repeat}
   * @param what the operation and its sizes
   * @param argument the name of the window that it is in or beside; empty if something was thrown
   * @param window the place of the argument in its array
   * @param element the index in the array
   * @param expected by the scalar kernels
   * @param actual by the candidate
   * @param ulps their distance in units in the last place; the largest long for NaN and a number
   * @param error in the unit of the operation; infinite for NaN and a number, for what is written
   *     outside of a result, and for what was thrown
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
      double error,
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
}
