package io.lanewise.kernel;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Answers by the scalar kernels until those on vectors are compiled, operation by operation: the
 * bits are the same. Until then each call takes time for {@link Readiness}, too. Products are
 * answered by the {@link Kernels#early} ones in between.
 */
final class StartingKernels extends CutKernels {
  /** Kinds of a function, form or rule: more than there are. */
  private static final int KINDS = 64;

  /** Products of fewer rows or columns the early ones do not have. */
  private static final int FEW = 4;

  /** What a call gives where somebody waits for vectors. */
  private static final long GIFT = 200_000;

  private final AtomicReferenceArray<Readiness> readiness =
      new AtomicReferenceArray<>(Op.values().length * KINDS);
  // Of who rehearses: one at a time.
  private final AtomicBoolean rehearsing = new AtomicBoolean();
  private volatile long gift;
  private final int sooner;
  private final Readiness ofEarly;
  private volatile @Nullable Kernels early;

  /**
   * @param sooner 1; more for tests, see {@link Readiness}
   */
  StartingKernels(Kernels vectors, int sooner) {
    super(vectors, 1);
    this.sooner = sooner;
    ofEarly = new Readiness(sooner);
  }

  @Override
  public String describe() {
    return kernels.describe();
  }

  @Override
  public Kernels direct() {
    return kernels;
  }

  @Override
  protected void doWarmUp(Duration most) {
    if (!most.isZero()) {
      kernels.doWarmUp(most);
      if (kernels.rehearse(null, true, 0)) {
        of(Op.ROW_PACKED, null).set();
      }
      if (kernels.rehearse(null, false, 0)) {
        of(Op.MATMUL_PACKED, null).set();
      }
      gift = GIFT;
    }
  }

  @Override
  @Nullable Cut begin(Op op, long nanos, @Nullable Object what) {
    Readiness ready = of(op, what);
    if (ready.isReady() || what instanceof PackedMatrix b && b.ofIntegers) {
      return null;
    }
    Cut cut = take().begin(nanos, what);
    cut.readiness = ready;
    return cut;
  }

  private Readiness of(Op op, @Nullable Object what) {
    int place = op.ordinal() * KINDS + kind(what);
    Readiness found = readiness.get(place);
    if (found == null) {
      readiness.compareAndSet(place, null, new Readiness(sooner));
      found = readiness.get(place);
    }
    return found;
  }

  private static int kind(@Nullable Object what) {
    if (what instanceof Activation f) {
      return f.kind().ordinal();
    }
    if (what instanceof Enum<?> e) {
      return e.ordinal();
    }
    if (what instanceof Update update) {
      return update.rule().ordinal();
    }
    if (what instanceof LossFunction loss) {
      return loss.kind().ordinal();
    }
    return Boolean.TRUE.equals(what) ? 1 : 0;
  }

  @Override
  void run(Cut cut, int count, long nanos) {
    boolean isEarly = cut.isTile(FEW);
    Kernels quick = isEarly && early != null ? early : ScalarKernels.INSTANCE;
    long begin = System.nanoTime();
    cut.run(quick);
    long took = System.nanoTime() - begin;
    if (rehearsing.compareAndSet(false, true)) {
      try {
        if (isEarly && early == null) {
          early = ofEarly.early(kernels, took, gift);
        }
        cut.readiness.rehearse(cut, kernels, pieces[0], took, gift);
      } finally {
        rehearsing.set(false);
      }
    }
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Epilogue now = withoutWhatIsNotReady(epilogue);
    super.doMatmul(form, a, b, c, now, bias, now == epilogue ? saved : null);
    follow(now, epilogue, c, saved);
  }

  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    Epilogue now = withoutWhatIsNotReady(epilogue);
    super.doMatmulPacked(a, b, from, c, now, bias, now == epilogue ? saved : null);
    follow(now, epilogue, c, saved);
  }

  private Epilogue withoutWhatIsNotReady(Epilogue epilogue) {
    Activation derivative = epilogue.derivative();
    Activation f = epilogue.activation();
    boolean isReady =
        derivative != null
            ? of(Op.ACTIVATE_BACKWARD, derivative).isReady()
            : f == Activation.IDENTITY || of(Op.ACTIVATE, f).isReady();
    if (isReady) {
      return epilogue;
    }
    // Not a switch, which would be a class more.
    Epilogue.Start start = epilogue.start();
    if (start == Epilogue.Start.ZERO) {
      return Epilogue.NONE;
    }
    return start == Epilogue.Start.BIAS ? Epilogue.BIAS : Epilogue.ACCUMULATE;
  }

  /** What was left out: the same operations on the same floats. */
  private void follow(Epilogue done, Epilogue epilogue, Matrix c, Matrix saved) {
    if (done == epilogue) {
      return;
    }
    if (epilogue.derivative() != null) {
      doActivateBackward(epilogue.derivative(), saved, c, c);
    } else {
      doActivate(epilogue.activation(), c, c);
    }
  }
}
