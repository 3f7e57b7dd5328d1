package io.lanewise.bench.gate;

import io.lanewise.bench.Machine;
import io.lanewise.gate.Check;
import io.lanewise.gate.Gate;
import io.lanewise.gate.GatePlan;
import io.lanewise.gate.GateReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The gate of our kernels. */
public final class KernelGate {
  private KernelGate() {}

  /** What a fork of it runs; by itself the gate on other class paths, with the gate's arguments. */
  public static void main(String[] args) {
    Gate.main(args, GateCases.ALL);
  }

  /** Prints the cases, and how long they take. */
  public static void list(GatePlan plan, PrintStream out) throws IOException, InterruptedException {
    check(plan, out).list();
  }

  /** Measures the baseline of this lane width and processor anew; returns the exit code. */
  public static int updateBaseline(GatePlan plan, Path baseline, PrintStream out)
      throws IOException, InterruptedException {
    return check(plan, out).updateBaseline(baseline, machine());
  }

  /** Compares with the baseline. */
  public static GateReport check(GatePlan plan, Path baseline, PrintStream out)
      throws IOException, InterruptedException {
    return check(plan, out).against(baseline, machine());
  }

  private static Check check(GatePlan plan, PrintStream out)
      throws IOException, InterruptedException {
    return Check.of(KernelGate.class.getName(), GateCases.ALL, plan, out);
  }

  private static Map<String, Object> machine() {
    Machine here = Machine.here();
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("date", here.date());
    machine.put("cpu", here.cpu());
    machine.put("cores", (long) here.cores());
    machine.put("caches", here.caches());
    machine.put("os", here.os());
    machine.put("jdk", here.jdk());
    machine.put("lanes", (long) here.lanes());
    machine.put("kernels", here.kernels());
    machine.put("flags", here.flags());
    machine.put("environment", here.environment());
    machine.put("versions", here.versions());
    machine.put("commit", here.commit());
    return machine;
  }
}
