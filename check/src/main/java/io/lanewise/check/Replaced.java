package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Other kernels, of which some operations are somebody's. */
final class Replaced extends ForwardingKernels {
  /** One operation; the coefficients are there for an update alone. */
  interface Operation {
    void on(@Nullable Update update, Matrix[] w);
  }

  // By the function, the activation, the form of the product or the rule of the update.
  private final Map<Object, Operation> operations = new HashMap<>();

  Replaced(Kernels to) {
    super(to);
  }

  @Override
  public String describe() {
    return "yours on " + to.describe();
  }

  Replaced with(Object which, Operation operation) {
    operations.put(which, operation);
    return this;
  }

  private boolean replaces(Object which, @Nullable Update update, Matrix... w) {
    Operation operation = operations.get(which);
    if (operation != null) {
      operation.on(update, w);
    }
    return operation != null;
  }

  @Override
  protected void doMatmul(
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    if (!epilogue.equals(Epilogue.NONE) || !replaces(form, null, a, b, c)) {
      super.doMatmul(form, a, b, c, epilogue, bias, saved);
    }
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    if (!replaces(f, null, x, y)) {
      super.doMap(f, x, y);
    }
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    if (!replaces(f, null, z, a)) {
      super.doActivate(f, z, a);
    }
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    if (!replaces(Activation.SOFTMAX, null, z, a)) {
      super.doSoftmax(z, a);
    }
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    if (!replaces(Activation.LOG_SOFTMAX, null, z, a)) {
      super.doLogSoftmax(z, a);
    }
  }

  @Override
  protected void doUpdate(
      Update update, Matrix p, Matrix g, @Nullable Matrix s1, @Nullable Matrix s2) {
    if (!replaces(update.rule(), update, p, g, s1, s2)) {
      super.doUpdate(update, p, g, s1, s2);
    }
  }

  static Operation function(PlainMethods.Element f) {
    return (u, w) -> {
      for (int i = 0; i < w[0].rows(); i++) {
        for (int j = 0; j < w[0].columns(); j++) {
          w[1].put(i, j, f.apply(w[0].get(i, j)));
        }
      }
    };
  }

  static Operation function(PlainMethods.Function f) {
    return (u, w) -> {
      for (int i = 0; i < w[0].rows(); i++) {
        f.apply(w[0].columns(), w[0].array(), w[0].at(i), w[1].array(), w[1].at(i));
      }
    };
  }

  static Operation function(PlainMethods.NativeFunction f) {
    return (u, w) ->
        inNative(
            w,
            s -> {
              for (int i = 0; i < w[0].rows(); i++) {
                MemorySegment x = s[0].asSlice(4L * i * w[0].ld());
                f.apply(w[0].columns(), x, s[1].asSlice(4L * i * w[1].ld()));
              }
            });
  }

  static Operation product(Transpose form, PlainMethods.Product f) {
    return (u, w) ->
        f.apply(
            w[2].rows(),
            w[2].columns(),
            form.a() ? w[0].rows() : w[0].columns(),
            w[0].array(),
            w[0].off(),
            w[0].ld(),
            w[1].array(),
            w[1].off(),
            w[1].ld(),
            w[2].array(),
            w[2].off(),
            w[2].ld());
  }

  static Operation product(Transpose form, PlainMethods.NativeProduct f) {
    return (u, w) -> {
      int k = form.a() ? w[0].rows() : w[0].columns();
      inNative(
          w,
          s ->
              f.apply(
                  w[2].rows(),
                  w[2].columns(),
                  k,
                  s[0],
                  w[0].ld(),
                  s[1],
                  w[1].ld(),
                  s[2],
                  w[2].ld()));
    };
  }

  static Operation rows(PlainMethods.Rows f) {
    return (u, w) ->
        f.apply(
            w[0].rows(),
            w[0].columns(),
            w[0].array(),
            w[0].off(),
            w[0].ld(),
            w[1].array(),
            w[1].off(),
            w[1].ld());
  }

  static Operation rows(PlainMethods.NativeRows f) {
    return (u, w) ->
        inNative(w, s -> f.apply(w[0].rows(), w[0].columns(), s[0], w[0].ld(), s[1], w[1].ld()));
  }

  static Operation update(PlainMethods.Step f) {
    return (u, w) ->
        f.apply(
            u,
            w[0].columns(),
            w[0].array(),
            w[0].off(),
            w[1].array(),
            w[1].off(),
            w[2] == null ? null : w[2].array(),
            w[2] == null ? 0 : w[2].off(),
            w[3] == null ? null : w[3].array(),
            w[3] == null ? 0 : w[3].off());
  }

  static Operation update(PlainMethods.NativeStep f) {
    return (u, w) -> inNative(w, s -> f.apply(u, w[0].columns(), s[0], s[1], s[2], s[3]));
  }

  /** Calls it with copies of the arrays, and copies all that they hold then back. */
  private static void inNative(Matrix[] w, Consumer<@Nullable MemorySegment[]> call) {
    try (Arena arena = Arena.ofConfined()) {
      Map<float[], MemorySegment> copies = new IdentityHashMap<>();
      MemorySegment[] segments = new MemorySegment[w.length];
      for (int i = 0; i < w.length; i++) {
        if (w[i] != null) {
          MemorySegment copy =
              copies.computeIfAbsent(
                  w[i].array(), x -> arena.allocateFrom(ValueLayout.JAVA_FLOAT, x));
          segments[i] = copy.asSlice(4L * w[i].off());
        }
      }
      call.accept(segments);
      copies.forEach((x, s) -> MemorySegment.copy(s, ValueLayout.JAVA_FLOAT, 0, x, 0, x.length));
    }
  }
}
