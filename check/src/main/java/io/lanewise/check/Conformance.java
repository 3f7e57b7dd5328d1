package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Holds somebody's code to the specification: calls it and {@link ScalarKernels} with the same
 * seeded inputs, and compares the bits of every float of every array that was passed, so also of
 * the inputs and of what lies round an output's window. It goes on to the next call where one
 * differs, and ends in a report.
 *
 * <pre>{@code
 * ConformanceReport report = Conformance.function(Activation.RELU, Mine::relu).run();
 * System.out.print(report);
 * }</pre>
 *
 * <p>It judges all operations of kernels ({@link #of}), some that are put in their place ({@link
 * #replacing}), or one plain method on arrays or on native memory ({@link #function}, {@link
 * #product}, {@link #rows}, {@link #update}), for which no kernels need be written.
 *
 * <p>Default: the bits, where NaNs are equal to NaNs and signed zeros are told apart; any floats;
 * rows of up to 65,603 elements; a minute for all operations, a few seconds for one. Who does not
 * promise bits says how far he may be from them, by {@link #ulps} and {@link #rounding}.
 */
public final class Conformance {
  private final String door;
  private final boolean hasArrays;
  private Kernels candidate;
  private final OperationChoice choice = new OperationChoice();
  private final BatteryChoice battery;
  private Settings settings = Settings.bits(Settings.SEED);
  private String settingsText = "";

  private Conformance(String door, Kernels candidate, boolean isProduct, boolean hasArrays) {
    this.door = "Conformance." + door;
    this.candidate = candidate;
    this.battery = new BatteryChoice(isProduct);
    this.hasArrays = hasArrays;
  }

  /** Judges every operation of those kernels. */
  public static Conformance of(Kernels kernels) {
    return new Conformance(
        "of(kernels)", Objects.requireNonNull(kernels, "kernels").direct(), false, true);
  }

  private static Conformance of(
      String door, Object which, Replaced.Operation f, boolean hasArrays) {
    Kernels replaced = new Replaced(ScalarKernels.INSTANCE).with(which, f);
    String text = door + "(" + Which.code(which) + ", f)";
    Conformance made = new Conformance(text, replaced, which instanceof Transpose, hasArrays);
    made.choice.add(Which.operation(which));
    return made;
  }

  /** Judges a function of one float. It has no arrays, so nothing of them is judged. */
  public static Conformance function(Function which, PlainMethods.Element f) {
    return of("function", which, Replaced.function(f), false);
  }

  /** Judges a function on arrays, such as {@code (n, x, xOff, y, yOff) -> ...}. */
  public static Conformance function(Function which, PlainMethods.Function f) {
    return of("function", which, Replaced.function(f), true);
  }

  /** Judges a function on native memory, such as {@code (n, x, y) -> ...}. */
  public static Conformance function(Function which, PlainMethods.NativeFunction f) {
    return of("function", which, Replaced.function(f), true);
  }

  /** Judges an elementwise activation of one float. Nothing of arrays is judged. */
  public static Conformance function(Activation which, PlainMethods.Element f) {
    return of("function", Which.elementwise(which), Replaced.function(f), false);
  }

  /** Judges an elementwise activation on arrays. */
  public static Conformance function(Activation which, PlainMethods.Function f) {
    return of("function", Which.elementwise(which), Replaced.function(f), true);
  }

  /** Judges an elementwise activation on native memory. */
  public static Conformance function(Activation which, PlainMethods.NativeFunction f) {
    return of("function", Which.elementwise(which), Replaced.function(f), true);
  }

  /** Judges the product C = A B on arrays. */
  public static Conformance product(PlainMethods.Product f) {
    return product(Transpose.NN, f);
  }

  /** Judges the product C = A B on native memory. */
  public static Conformance product(PlainMethods.NativeProduct f) {
    return product(Transpose.NN, f);
  }

  /** Judges a product on arrays, with operands that are stored transposed. */
  public static Conformance product(Transpose form, PlainMethods.Product f) {
    return of("product", form, Replaced.product(form, f), true);
  }

  /** Judges a product on native memory, with operands that are stored transposed. */
  public static Conformance product(Transpose form, PlainMethods.NativeProduct f) {
    return of("product", form, Replaced.product(form, f), true);
  }

  /**
   * Judges an operation of rows on arrays.
   *
   * @param which softmax or log-softmax
   */
  public static Conformance rows(Activation which, PlainMethods.Rows f) {
    return of("rows", Which.ofRows(which), Replaced.rows(f), true);
  }

  /**
   * Judges an operation of rows on native memory.
   *
   * @param which softmax or log-softmax
   */
  public static Conformance rows(Activation which, PlainMethods.NativeRows f) {
    return of("rows", Which.ofRows(which), Replaced.rows(f), true);
  }

  /** Judges the step of an optimizer on arrays. */
  public static Conformance update(Update.Rule which, PlainMethods.Step f) {
    return of("update", which, Replaced.update(f), true);
  }

  /** Judges the step of an optimizer on native memory. */
  public static Conformance update(Update.Rule which, PlainMethods.NativeStep f) {
    return of("update", which, Replaced.update(f), true);
  }

  /**
   * Puts an operation in the place of that of the kernels: it alone is judged, with the others that
   * are replaced too.
   */
  public Conformance replacing(Function f, PlainMethods.Windows operation) {
    return replacing((Object) f, operation);
  }

  /**
   * Puts an operation in the place of that of the kernels: it alone is judged, with the others that
   * are replaced too.
   *
   * @param f any; softmax and its logarithm are of rows
   */
  public Conformance replacing(Activation f, PlainMethods.Windows operation) {
    return replacing((Object) f, operation);
  }

  private Conformance replacing(Object which, PlainMethods.Windows operation) {
    Objects.requireNonNull(operation, "operation");
    Replaced replaced = candidate instanceof Replaced r ? r : new Replaced(candidate);
    candidate = replaced.with(which, (u, w) -> operation.apply(w[0], w[1]));
    choice.add(Which.operation(which));
    settingsText += ".replacing(" + Which.code(which) + ", f)";
    return this;
  }

  /**
   * Judges some operations alone.
   *
   * @param names as {@link #operations} has them, or the first word of several: "activate"
   */
  public Conformance only(String... names) {
    choice.only(all(), names);
    return this;
  }

  /**
   * Leaves some operations out.
   *
   * @param names as {@link #operations} has them, or the first word of several: "loss"
   */
  public Conformance without(String... names) {
    choice.without(all(), names);
    return this;
  }

  /** The names of all operations of the battery. */
  private Set<String> all() {
    Trial trial = new Trial(candidate, settings.wanted(name -> false));
    run(trial);
    return trial.names();
  }

  /** Wants the bits. This is the default. */
  public Conformance bits() {
    return set(settings.ulps(0).rounding(0), ".bits()");
  }

  /**
   * Lets elementwise operations be so many units in the last place from the scalar kernels, which
   * are within 1 or 2 of the true value. A derivative counts in units of the gradient that it is
   * multiplied with, where that is larger, and an update in those of the largest of what is added.
   *
   * @param n more than 0
   */
  public Conformance ulps(double n) {
    return set(settings.ulps(positive("n", n)), ".ulps(" + n + ")");
  }

  /**
   * Lets sums be so far from the exact value: |c - exact| &lt;= factor k u sum of |terms|, k the
   * number of the terms and u = 2^-24. The exact value is computed in double. With 1 every order of
   * summation passes, with multiply-adds or without. Sums are the products, column sums, sums of
   * squares, softmax and its logarithm, and the normalization by given means. What is neither a sum
   * nor elementwise (losses, gradients of rows and of norms, moments, dropout) is held to its bits.
   *
   * @param factor more than 0
   */
  public Conformance rounding(double factor) {
    return set(settings.rounding(positive("factor", factor)), ".rounding(" + factor + ")");
  }

  private static double positive(String name, double x) {
    if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(name + " must be finite and > 0, got " + x);
    }
    return x;
  }

  /**
   * Draws ordinary numbers alone: no NaN, no infinity, and but for zeros no magnitude below 2^-49
   * or beyond 2^50. Where the scalar kernels overflow all the same, nothing is compared. Memory
   * that must not be read still holds NaN.
   */
  public Conformance finiteOnly() {
    return set(settings.finite(true), ".finiteOnly()");
  }

  /** Never works in place. */
  public Conformance apart() {
    return set(settings.apart(true), ".apart()");
  }

  /** Sets the seed of shapes and inputs. Default: 20260401. */
  public Conformance seed(long seed) {
    return set(settings.seed(seed), ".seed(" + seed + ")");
  }

  private Conformance set(Settings changed, String text) {
    settings = changed;
    settingsText += text;
    return this;
  }

  /**
   * Sets the length of the longest rows, 100 to 10,000,000: more than any block or unrolled loop of
   * the candidate. Default: 65,603.
   */
  public Conformance maximum(int maximum) {
    battery.maximum(maximum);
    return this;
  }

  /**
   * Takes a second instead of a minute: every length from 0 to 67 (4 x 16 lanes + 3), and products
   * that cross the usual block sizes by one.
   */
  public Conformance quick() {
    battery.quick();
    return this;
  }

  /**
   * Takes one battery: quick(), full(MAXIMUM), beyond(MAXIMUM) (a few long rows and columns alone);
   * matmulGrid(), matmulRandom(COUNT, MAX), matmulLarge(COUNT), matmulFused(SHAPES),
   * matmulScaled(COUNT, MAX), matmulPacked(COUNT, MAX); elementLengths(), elementValues(BLOCKS),
   * updateLengths(), updateValues(BLOCKS), rowLengths(), rows(COUNT), layerLengths(),
   * layers(COUNT); products() and products(MAXIMUM), the product alone.
   *
   * @param text such as "matmulRandom(5000, 200)"
   */
  public Conformance battery(String text) {
    battery.text(text);
    return this;
  }

  /** Returns the names of the operations that are judged, in the order of their first calls. */
  public List<String> operations() {
    return all().stream().filter(choice::wants).toList();
  }

  private void run(Trial trial) {
    try {
      Batteries.of(battery.text()).accept(trial);
    } catch (Trial.Enough e) {
      // The report says what was seen.
    }
  }

  /** Runs it. */
  public ConformanceReport run() {
    return run(new Trial(candidate, settings.wanted(choice::wants)), 0);
  }

  /** Ends at the first difference, which is enough to know that there is one. */
  ConformanceReport runUntilDifferent() {
    return run(new Trial(candidate, settings.wanted(choice::wants)).firstOnly(), 0);
  }

  /**
   * Makes one call alone: a breakpoint in the candidate is reached at once.
   *
   * @param call its number, which a difference has
   */
  public ConformanceReport repeat(long call) {
    return run(new Trial(candidate, settings).only(call), call);
  }

  private ConformanceReport run(Trial trial, long call) {
    run(trial);
    if (call == 0 && trial.names().stream().noneMatch(choice::wants)) {
      throw new IllegalArgumentException(
          battery.text()
              + " calls none of "
              + choice
              + ", only "
              + String.join(", ", trial.names()));
    }
    if (call != 0 && (call < 1 || call > trial.calls())) {
      throw new IllegalArgumentException(
          "call: " + battery.text() + " has calls 1 to " + trial.calls() + ", got " + call);
    }
    ConformanceReport report = trial.report(n -> text() + ".repeat(" + n + ")");
    return report.unseen(Unseen.lines(report, settings, trial.names(), hasArrays));
  }

  /** Returns the lines of code that make it. */
  private String text() {
    return door + settingsText + battery;
  }

  /**
   * One operation of it, as a test.
   *
   * @param name such as "activate relu"
   * @param test throws an {@link AssertionError} that has the report as its message
   */
  public record Case(String name, Runnable test) {
    /** Runs the test. */
    public void run() {
      test.run();
    }
  }

  /**
   * Returns a test for each operation. In JUnit 5:
   *
   * <pre>{@code
   * @TestFactory
   * Stream<DynamicTest> conforms() {
   *   return Conformance.of(kernels).cases().map(c -> DynamicTest.dynamicTest(c.name(), c::run));
   * }
   * }</pre>
   */
  public Stream<Case> cases() {
    return operations().stream()
        .map(
            name ->
                new Case(
                    name,
                    () -> {
                      Settings one = settings.wanted(name::equals);
                      ConformanceReport report = run(new Trial(candidate, one), 0);
                      if (!report.passed()) {
                        throw new AssertionError(report.toString());
                      }
                    }));
  }

  @Override
  public String toString() {
    return text();
  }
}
