package io.lanewise.check;

import io.lanewise.check.ConformanceReport.Difference;
import io.lanewise.check.ConformanceReport.Operation;
import io.lanewise.check.internal.TextTable;
import java.util.List;
import java.util.Locale;

/** The operations that differed, for people. */
final class ConformanceTable {
  private ConformanceTable() {}

  static String of(List<Operation> operations) {
    TextTable table = new TextTable();
    table.add("operation", "different", "first", "worst");
    StringBuilder thrown = new StringBuilder();
    int passed = 0;
    for (Operation operation : operations) {
      Difference first = operation.first();
      Difference worst = operation.worst();
      if (first == null || worst == null) {
        passed++;
        continue;
      }
      table.add(
          operation.name(),
          operation.different() + " of " + operation.calls(),
          first.toString(),
          worst.equals(first) ? "the first" : worst.toString());
      if (worst.thrown() != null) {
        thrown.append(trace(worst));
      }
    }
    return table + thrown.toString() + passed + " other operations: nothing different\n";
  }

  /** The worst error of each that has a tolerance, or that differs in what is not compared. */
  static String tolerated(List<Operation> operations) {
    TextTable table = new TextTable();
    table.add("operation", "allowed", "worst", "at");
    for (Operation operation : operations) {
      Difference worst = operation.worst();
      if (operation.allowed() > 0) {
        table.add(
            operation.name(),
            number(operation.allowed()) + " " + operation.unit(),
            worst == null ? "0" : number(worst.error()),
            worst == null ? "" : worst.toString());
      }
    }
    return operations.stream().anyMatch(o -> o.allowed() > 0) ? table.toString() : "";
  }

  private static String number(double x) {
    return String.format(Locale.ROOT, x == Math.rint(x) ? "%.0f" : "%.3g", x);
  }

  /** As far as it is the candidate's. */
  private static String trace(Difference difference) {
    StringBuilder text = new StringBuilder(difference + "\n");
    for (Throwable e = difference.thrown(); e != null; e = e.getCause()) {
      text.append(e == difference.thrown() ? "" : "Caused by: " + e + "\n");
      for (StackTraceElement frame : e.getStackTrace()) {
        if (frame.getClassName().equals(Trial.class.getName())) {
          break;
        }
        text.append("\tat ").append(frame).append('\n');
      }
    }
    return text.toString();
  }
}
