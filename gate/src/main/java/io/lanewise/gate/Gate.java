package io.lanewise.gate;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * A gate against regressions of speed and of allocation, for a few pieces of work that must not
 * become slower. A program that has cases:
 *
 * <pre>{@code
 * public class CrcGate {
 *   public static void main(String[] args) {
 *     byte[] data = new byte[65536];
 *     Gate.main(args, Gate.of("crc", () -> Crc.of(data)).against(Ruler.INTEGER).allocating(0));
 *   }
 * }
 * }</pre>
 *
 * <p>It measures in processes of its own, which run that {@code main} again: what comes before the
 * call is done in each of them.
 */
public final class Gate {
  private static final ThreadLocal<List<GateCase>> COLLECTED = new ThreadLocal<>();

  private Gate() {}

  /**
   * Returns a case.
   *
   * @param name what it is called, which no other case is
   * @param work what is timed
   */
  public static GateCase of(String name, Work work) {
    Check.given("work", work);
    return prepared(name, () -> work);
  }

  /** Returns a case whose work returns an object, which is consumed. */
  public static GateCase of(String name, Callable<?> work) {
    Check.given("work", work);
    return prepared(name, () -> new Consumed(work));
  }

  /** Returns a case whose data are made where it is measured, and only there. */
  public static GateCase prepared(String name, Work.Preparation preparation) {
    Check.given("name", name);
    if (name.isBlank() || name.lines().count() != 1) {
      throw new IllegalArgumentException("name must be a line with words, got '" + name + "'");
    }
    return new GateCase(name, Check.given("preparation", preparation));
  }

  /**
   * Does what the arguments say, and exits: 0 passed, 1 slower or allocates, 2 wrong use, 3
   * undecided. {@code --help} lists the arguments.
   */
  public static void main(String[] args, GateCase... cases) {
    main(args, List.of(cases));
  }

  /** Does the same with a list of cases. */
  public static void main(String[] args, List<GateCase> cases) {
    if (COLLECTED.get() != null) {
      COLLECTED.get().addAll(cases);
      return;
    }
    if (ForkMain.asked()) {
      System.exit(ForkMain.run(cases));
    }
    Class<?> caller =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(
                frames ->
                    frames
                        .map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(c -> c != Gate.class)
                        .findFirst())
            .orElseThrow();
    System.exit(Main.guarded(() -> check(caller, cases, args, System.out).exit()));
  }

  /**
   * Measures the cases of a program and returns what is to be said of each: for a test framework,
   * such as {@code Gate.verdicts(CrcGate.class, "--base", "old.jar").stream().map(v ->
   * dynamicTest(v.name(), v::check))}.
   *
   * @param program whose {@code main} calls {@link #main}
   * @param args as on its command line
   * @throws IllegalArgumentException if the arguments are wrong, or there is nothing to compare
   *     with
   */
  public static List<Verdict> verdicts(Class<?> program, String... args)
      throws IOException, InterruptedException {
    GateReport report = check(program, collect(program), args, System.out);
    if (report.exit() == 2) {
      throw new IllegalArgumentException(report.summary());
    }
    return report.verdicts();
  }

  private static List<GateCase> collect(Class<?> program) {
    COLLECTED.set(new ArrayList<>());
    try {
      program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
      return COLLECTED.get();
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalArgumentException(
          program.getName() + " has no public static void main(String[]), or is not public", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("main of " + program.getName() + " failed", e.getCause());
    } finally {
      COLLECTED.remove();
    }
  }

  private static GateReport check(
      Class<?> program, List<GateCase> cases, String[] args, PrintStream out)
      throws IOException, InterruptedException {
    Set<String> names = new HashSet<>();
    cases.stream()
        .map(GateCase::name)
        .filter(name -> !names.add(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException("two cases are called '" + name + "'");
            });
    Options options = Options.parse(Arrays.asList(args));
    if (options.help()) {
      out.print(Options.HELP);
      return GateReport.nothing("");
    }
    return new Runs(options, out).ofCases(program.getName(), cases);
  }

  /**
   * Keeps what the work returns from being optimized away, as JMH does: a store that happens ever
   * more rarely, when the JIT cannot know.
   */
  private static final class Consumed implements Work {
    // Read by nobody.
    private static Object sink;

    private final Callable<?> work;
    private int random = 1;
    private int mask = 1;

    Consumed(Callable<?> work) {
      this.work = work;
    }

    @Override
    public double run() throws Exception {
      Object result = work.call();
      random = random * 1664525 + 1013904223;
      if ((random >>> 4 & mask) == 0) {
        sink = result;
        mask = mask << 1 | 1;
      }
      return random;
    }
  }
}
