package io.lanewise.check;

import io.lanewise.check.internal.TextTable;
import io.lanewise.kernel.Kernels;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which operations of some kernels a check has called: of the others it knows nothing. A network
 * calls few of them, and an activation that follows a product is part of the product.
 *
 * @param kernels their name
 * @param calls what was called, in the order of the first calls
 * @param missed the operations that were not, in the order of their names
 * @param ownMissed those of them that the kernels have of their own, where they have some of others
 */
public record KernelCalls(
    String kernels, List<Call> calls, List<String> missed, List<String> ownMissed) {
  private static final int SHOWN = 4;

  /** Takes copies of the lists. */
  public KernelCalls {
    calls = List.copyOf(calls);
    missed = List.copyOf(missed);
    ownMissed = List.copyOf(ownMissed);
  }

  /**
   * One operation.
   *
   * @param operation such as "matmul NN, then relu" or "update ADAM"
   * @param count how often it was called
   * @param sizes the different ones, such as "19x35x67" of a product or "19x35"
   * @param tail whether a row of any of them is not a multiple of 16, the lanes of the widest
   *     vector
   */
  public record Call(String operation, long count, List<String> sizes, boolean tail) {
    /** Takes a copy of the list. */
    public Call {
      sizes = List.copyOf(sizes);
    }

    private String shown() {
      return String.join(", ", sizes.subList(0, Math.min(SHOWN, sizes.size())))
          + (sizes.size() > SHOWN ? " and " + (sizes.size() - SHOWN) + " more" : "");
    }
  }

  /** Returns those that were called, but in no size that leaves a tail. */
  public List<String> withoutTail() {
    return calls.stream().filter(c -> !c.tail()).map(Call::operation).toList();
  }

  /** Returns a table of what was called, and what nothing is known of. */
  @Override
  public String toString() {
    TextTable table = new TextTable();
    table.add("called", "times", "sizes");
    calls.forEach(c -> table.add(c.operation(), Long.toString(c.count()), c.shown()));
    StringBuilder text = new StringBuilder(table.toString());
    if (!withoutTail().isEmpty()) {
      text.append("only in multiples of 16, so without the tail of a vector: ")
          .append(String.join("; ", withoutTail()))
          .append('\n');
    }
    if (!missed.isEmpty()) {
      text.append("never called, so nothing is known of: ")
          .append(String.join(", ", missed))
          .append("; Conformance.of(kernels) calls all\n");
    }
    for (String own : ownMissed) {
      text.append("WARNING: the " + own + " of " + kernels + " itself was never called\n");
    }
    return text.toString();
  }

  /**
   * @param called the names of the operations that were
   */
  static KernelCalls of(Kernels kernels, List<Call> calls, Set<String> called) {
    Set<String> all = new TreeSet<>();
    for (Method method : Kernels.class.getDeclaredMethods()) {
      if (Modifier.isAbstract(method.getModifiers()) && method.getName().startsWith("do")) {
        all.add(operation(method));
      }
    }
    Set<String> own = new TreeSet<>();
    for (Method method : kernels.getClass().getDeclaredMethods()) {
      own.add(operation(method));
    }
    own.retainAll(all);
    List<String> missed = new ArrayList<>(all);
    missed.removeAll(called);
    List<String> ownMissed = new ArrayList<>();
    if (own.size() < all.size()) {
      ownMissed.addAll(own);
      ownMissed.retainAll(missed);
    }
    return new KernelCalls(kernels.name(), calls, missed, ownMissed);
  }

  /** The public operation that a protected method implements: batchNormBackward has two. */
  private static String operation(Method method) {
    String name = method.getName().replaceFirst("^do(Block)?", "");
    String normal = name.replaceFirst("Norm(Parameters|Input)$", "NormBackward");
    return normal.isEmpty() ? "" : Character.toLowerCase(normal.charAt(0)) + normal.substring(1);
  }
}
