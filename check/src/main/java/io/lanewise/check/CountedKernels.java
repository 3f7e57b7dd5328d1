package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Other kernels, of which it counts the operations that are called; for one thread. */
final class CountedKernels extends ForwardingKernels {
  private static final int LANES = 16;

  private final Set<String> called = new TreeSet<>();
  private final Map<String, Counter> counters = new LinkedHashMap<>();
  // By the elements of ours, which its copies in workspaces share.
  private final Map<float[], PackedMatrix> packed = new IdentityHashMap<>();

  private static final class Counter {
    private long count;
    private boolean tail;
    private final Set<String> sizes = new LinkedHashSet<>();
  }

  CountedKernels(Kernels to) {
    super(to);
  }

  @Override
  public String name() {
    return to.name();
  }

  @Override
  public String describe() {
    return to.describe();
  }

  KernelCalls calls() {
    List<KernelCalls.Call> calls = new ArrayList<>();
    counters.forEach(
        (name, c) -> calls.add(new KernelCalls.Call(name, c.count, List.copyOf(c.sizes), c.tail)));
    return KernelCalls.of(to, calls, called);
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    PackedMatrix mine = super.doPack(b);
    packed.put(mine.elements(), to.pack(b));
    return mine;
  }

  @Override
  protected void doMatmulPacked(
      Matrix a,
      PackedMatrix b,
      int from,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    onProduct("matmulPacked", "", epilogue, c, b.k());
    to.matmulPacked(a, packed.get(b.elements()), c, epilogue, bias, saved);
  }

  @Override
  void onCall(String operation, Object detail, Matrix x) {
    count(operation, " " + detail, x.rows() + "x" + x.columns(), x.columns());
  }

  private void count(String operation, String detail, String size, int row) {
    called.add(operation);
    Counter counter =
        counters.computeIfAbsent((operation + detail).stripTrailing(), key -> new Counter());
    counter.count++;
    counter.tail |= row % LANES != 0;
    counter.sizes.add(size);
  }

  @Override
  void onProduct(String operation, String form, Epilogue e, Matrix c, int k) {
    String then = e.activation() == Activation.IDENTITY ? "" : ", then " + e.activation();
    String derivative = e.derivative() == null ? "" : ", then derivative of " + e.derivative();
    String size = c.rows() + "x" + c.columns() + "x" + k;
    count(operation, form + then + derivative, size, c.columns());
  }
}
