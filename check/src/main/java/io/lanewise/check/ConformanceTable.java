package io.lanewise.check;

import io.lanewise.check.KernelConformance.Difference;
import io.lanewise.check.KernelConformance.Operation;
import io.lanewise.check.internal.TextTable;
import java.util.List;

/** The operations that differed, for people. */
final class ConformanceTable {
  private ConformanceTable() {}

  static String of(List<Operation> operations) {
    TextTable table = new TextTable();
    table.add("operation", "different", "first", "worst");
    StringBuilder thrown = new StringBuilder();
    int identical = 0;
    for (Operation operation : operations) {
      Difference first = operation.first();
      Difference worst = operation.worst();
      if (first == null || worst == null) {
        identical++;
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
    return table + thrown.toString() + identical + " other operations: identical\n";
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
