package io.lanewise.kernel;

import static io.lanewise.kernel.Check.apart;
import static io.lanewise.kernel.Check.column;
import static io.lanewise.kernel.Check.divides;
import static io.lanewise.kernel.Check.inPlace;
import static io.lanewise.kernel.Check.row;
import static io.lanewise.kernel.Check.sameOrApart;
import static io.lanewise.kernel.Check.sameShape;
import static io.lanewise.kernel.Check.shape;
import static io.lanewise.kernel.Check.size;

import io.lanewise.math.FloatMath;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Every numeric operation, on windows of flat row-major {@code float[]}; see {@link Matrix}. More
 * lines than a file should have: each operation is a sentence of the one contract, and stands here
 * with its formula, its checks and what an implementation fills in.
 *
 * <p>{@link ScalarKernels} is the executable specification: any other implementation gives the same
 * bits (NaNs are equal to NaNs, signed zeros are told apart), for every argument. The public
 * methods check their arguments, before anything is written, and hand them to the protected ones,
 * which may trust them.
 *
 * <p>Sizes are those of the windows: m rows and n columns of what an operation is about. Nothing
 * outside an output's window is written. Implementations have no mutable state: an instance may be
 * shared by threads unless it says otherwise. A sum over the rows of a column is one chain, rows
 * ascending, from +0. A sum over a row has 16 virtual lanes: lane l takes elements l, l + 16, ...,
 * from +0; then lane l is added to l + 8, l + 4, l + 2, l + 1. NaN in, NaN out, but for an element
 * that is dropped.
 *
 * <p>All methods throw {@link NullPointerException} with the argument's name for a null, and {@link
 * IllegalArgumentException}, naming the argument, what it got and what it wanted, for a shape that
 * does not fit the others, or an output that overlaps an input where the operation does not say
 * that it works in place.
 */
public abstract class Kernels {
  /**
   * A packed matrix may be cut between columns that are multiples of this, if as many are left
   * behind the cut: so its last panels stay together.
   */
  protected static final int PACKED_GRAIN = 96;

  /** The elements of a block of {@link #sumOfSquares}; the last has what is left. */
  protected static final int BLOCK = 4096;

  /** Elementary functions of one float, beside those that are an {@link Activation}. */
  public enum Function {
    /** e^x. */
    EXP,
    /** e^x - 1. */
    EXPM1,
    /** The natural logarithm. */
    LOG,
    /** ln(1 + x). */
    LOG1P,
    /** The error function, 2/sqrt(pi) times the integral of e^-t^2 from 0 to x. */
    ERF;

    /** Returns the function of x. */
    float apply(float x) {
      return switch (this) {
        case EXP -> FloatMath.exp(x);
        case EXPM1 -> FloatMath.expm1(x);
        case LOG -> FloatMath.log(x);
        case LOG1P -> FloatMath.log1p(x);
        case ERF -> FloatMath.erf(x);
      };
    }
  }

  /** For implementations. */
  protected Kernels() {}

  /** Returns the name that {@code -Dlanewise.kernels} selects this by, such as "scalar". */
  public abstract String name();

  /** Returns one line for people: the name, the lanes and whether they have FMA. */
  public abstract String describe();

  @Override
  public String toString() {
    return describe();
  }

  /**
   * Returns these kernels without their start. Those of {@link KernelLookup#best()} answer by the
   * scalar ones until the vectors of an operation are compiled: the bits are the same, but who
   * compares kernels or times them wants each call to be theirs.
   */
  public Kernels direct() {
    return this;
  }

  /**
   * Has the JVM compile the products with a packed B, of every shape, where that would take long:
   * by many small ones, until they are fast. No result changes, and others may compute at the same
   * time. It ends early where its thread is interrupted. {@link io.lanewise.nn.Predictor#warmUp()}
   * calls it.
   *
   * @param most how long at most; it ends behind the products at hand. Zero does nothing
   * @throws IllegalArgumentException if that is negative
   */
  public final void warmUp(Duration most) {
    if (Objects.requireNonNull(most, "most").isNegative()) {
      throw new IllegalArgumentException("most must be at least 0, got " + most);
    }
    doWarmUp(most);
  }

  /** {@link #warmUp} with a checked argument: does nothing, unless it is overridden. */
  protected void doWarmUp(Duration most) {}

  /**
   * Spends about so long on having the JVM compile products.
   *
   * @param form of products of that form; null: of those with a packed B
   * @param isRow of those where C is a single row, if B is packed
   * @param nanos 0 asks alone
   * @return whether they are compiled; always, unless it is overridden
   */
  protected boolean rehearse(@Nullable Transpose form, boolean isRow, long nanos) {
    return true;
  }

  /**
   * Spends about so long on having the JVM compile products that need little of that, for the time
   * until {@link #rehearse} has had it compile the others.
   *
   * @param nanos 0 asks alone
   * @return kernels with such products, for C of 4 rows and columns and more; null where they are
   *     not compiled, always, unless it is overridden
   */
  protected @Nullable Kernels early(long nanos) {
    return null;
  }

  /**
   * The product alone: {@link #matmul(Transpose, Matrix, Matrix, Matrix, Epilogue, Matrix, Matrix)}
   * from +0.
   */
  public final void matmul(Transpose form, Matrix a, Matrix b, Matrix c) {
    matmul(form, a, b, c, Epilogue.NONE, null, null);
  }

  /**
   * Matrix product C = op(A) op(B), with what {@code epilogue} adds to it. Each element of C is one
   * chain of fused multiply-adds, k ascending: c = fma(a[i,p], b[p,j], c), p = 0 .. k-1. With k = 0
   * each chain stays at its start.
   *
   * @param form which operands are stored transposed
   * @param a (m, k), or (k, m) where transposed
   * @param b (k, n), or (n, k) where transposed
   * @param c (m, n); must not overlap a, b, the bias or the saved values
   * @param epilogue where the chains start and what follows them, the factors of BLAS included
   * @param bias (1, n) where the chains start from it; otherwise null
   * @param saved (m, n) where a derivative follows; otherwise null
   */
  public final void matmul(
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    Objects.requireNonNull(form, "form");
    Objects.requireNonNull(a, "a");
    Objects.requireNonNull(c, "c");
    int k = form.a() ? a.rows() : a.columns();
    shape("a", a, form.a() ? k : c.rows(), form.a() ? c.rows() : k);
    shape("b", b, form.b() ? c.columns() : k, form.b() ? k : c.columns());
    apart("c", c, "a", a);
    apart("c", c, "b", b);
    checkEpilogue(c, epilogue, bias, saved);
    if (!c.isEmpty()) {
      doMatmul(form, a, b, c, epilogue, bias, saved);
    }
  }

  private static void checkEpilogue(
      Matrix c, Epilogue epilogue, @Nullable Matrix bias, @Nullable Matrix saved) {
    Objects.requireNonNull(epilogue, "epilogue");
    if (epilogue.start() == Epilogue.Start.BIAS) {
      row("bias", bias, c.columns());
      apart("c", c, "bias", bias);
    } else if (bias != null) {
      throw new IllegalArgumentException("bias must be null where no chain starts from it");
    }
    if (epilogue.derivative() != null) {
      sameShape("saved", saved, c);
      apart("c", c, "saved", saved);
    } else if (saved != null) {
      throw new IllegalArgumentException("saved must be null where no derivative follows");
    }
  }

  /** {@link #matmul} with checked arguments, m and n &gt; 0. */
  protected abstract void doMatmul(
      Transpose form,
      Matrix a,
      Matrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved);

  /**
   * Copies B into the order in which these kernels read it, for {@link #matmulPacked}: worth it for
   * a B of many products, such as the weights that a service predicts with.
   *
   * @param b (k, n)
   */
  public final PackedMatrix pack(Matrix b) {
    return doPack(Objects.requireNonNull(b, "b"));
  }

  /** {@link #pack} with checked arguments: the rows without gaps, unless it is overridden. */
  protected PackedMatrix doPack(Matrix b) {
    int n = b.columns();
    float[] rows = new float[Math.multiplyExact(b.rows(), n)];
    for (int p = 0; p < b.rows() && n != 0; p++) {
      System.arraycopy(b.array(), b.at(p), rows, p * n, n);
    }
    return new PackedMatrix(this, b.rows(), n, rows, 1);
  }

  /**
   * {@link #pack} for products of integers: the kernels may multiply them as such, which is faster.
   * The bits are those of any other product, as these are exact: the elements of A must be integers
   * from -128 to 127. A B whose elements are no integers, or has a column of more than 2^17 in all,
   * whatever their signs, is packed as floats. Such a product has no epilogue.
   *
   * @param b (k, n)
   */
  public final PackedMatrix packIntegers(Matrix b) {
    boolean exact = PackedMatrix.isExact(Objects.requireNonNull(b, "b"));
    PackedMatrix packed = exact ? doPackIntegers(b) : doPack(b);
    packed.ofIntegers = true;
    return packed;
  }

  /** {@link #packIntegers} with checked arguments: as floats, unless it is overridden. */
  protected PackedMatrix doPackIntegers(Matrix b) {
    return doPack(b);
  }

  /**
   * Copies a part of a row of a B that these kernels packed, for others to compute with: overridden
   * where {@link #doPack} is.
   *
   * @param p the row
   * @param column the first column
   * @param columns how many
   * @param to where they go, from 0 on
   */
  protected void doUnpack(PackedMatrix b, int p, int column, int columns, float[] to) {
    System.arraycopy(b.elements(), p * b.n() + column, to, 0, columns);
  }

  /** Returns which kernels must have packed a B: these, or those that they cut the work for. */
  protected Kernels packer() {
    return this;
  }

  /**
   * {@link #matmul} of the form NN with a packed B: the same bits.
   *
   * @param a (m, k), k as B has it
   * @param b packed by these kernels, whatever the threads
   * @param c (m, n), n as B has it; must not overlap a, the bias or the saved values
   * @param epilogue where the chains start and what follows them; not scaled
   * @param bias (1, n) where the chains start from it; otherwise null
   * @param saved (m, n) where a derivative follows; otherwise null
   */
  public final void matmulPacked(
      Matrix a,
      PackedMatrix b,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved) {
    Objects.requireNonNull(b, "b");
    Objects.requireNonNull(c, "c");
    if (b.packer() != packer()) {
      throw new IllegalArgumentException(
          "b was packed by " + b.packer().describe() + ", wanted " + packer().describe());
    }
    shape("a", a, c.rows(), b.k());
    shape("c", c, c.rows(), b.n());
    apart("c", c, "a", a);
    checkEpilogue(c, epilogue, bias, saved);
    if (epilogue.isScaled() || b.ofIntegers && epilogue != Epilogue.NONE) {
      throw new IllegalArgumentException(
          "epilogue: a product with a packed B cannot be scaled, and one of integers has none");
    }
    if (b.ofIntegers && !PackedMatrix.isOfBytes(a)) {
      throw new IllegalArgumentException(
          "a must be of integers from -128 to 127, as b is packed for");
    }
    if (!c.isEmpty()) {
      b.turn();
      doMatmulPacked(a, b, 0, c, epilogue, bias, saved);
    }
  }

  /**
   * {@link #matmulPacked} with checked arguments, for some columns of B.
   *
   * @param from the first column of B, a multiple of {@value #PACKED_GRAIN}
   * @param c (m, n), n &gt; 0: a multiple of that too which leaves as many, or all that are left
   * @param bias of these columns, as saved
   */
  protected abstract void doMatmulPacked(
      Matrix a,
      PackedMatrix b,
      int from,
      Matrix c,
      Epilogue epilogue,
      @Nullable Matrix bias,
      @Nullable Matrix saved);

  /**
   * Column sums, as in the bias gradient: sums[j] = x[0,j] + x[1,j] + ..., i ascending, one chain a
   * column, from +0.
   *
   * @param x (m, n)
   * @param sums (1, n); must not overlap x
   */
  public final void columnSums(Matrix x, Matrix sums) {
    Objects.requireNonNull(x, "x");
    row("sums", sums, x.columns());
    apart("sums", sums, "x", x);
    if (x.columns() != 0) {
      doColumnSums(x, sums);
    }
  }

  /** {@link #columnSums} with checked arguments, n &gt; 0. */
  protected abstract void doColumnSums(Matrix x, Matrix sums);

  /**
   * y = f(x), elementwise. Works in place (y the same window as x).
   *
   * @param x (m, n)
   * @param y (m, n)
   */
  public final void map(Function f, Matrix x, Matrix y) {
    Objects.requireNonNull(f, "f");
    inPlace("y", y, "x", x);
    if (!x.isEmpty()) {
      doMap(f, x, y);
    }
  }

  /** {@link #map} with checked arguments, m and n &gt; 0. */
  protected abstract void doMap(Function f, Matrix x, Matrix y);

  /**
   * a = f(z) for an elementwise activation. Works in place (a the same window as z).
   *
   * @param f elementwise
   * @param z (m, n)
   * @param a (m, n)
   */
  public final void activate(Activation f, Matrix z, Matrix a) {
    requireElementwise(f);
    inPlace("a", a, "z", z);
    if (!z.isEmpty()) {
      doActivate(f, z, a);
    }
  }

  /** {@link #activate} with checked arguments, m and n &gt; 0. */
  protected abstract void doActivate(Activation f, Matrix z, Matrix a);

  /**
   * dz = da f'(.) for an elementwise activation: one multiplication by the derivative. Works in
   * place (dz may be the same window as da).
   *
   * @param f elementwise
   * @param saved (m, n), its outputs, or its inputs where {@link Activation#savesInput()}
   * @param da (m, n), the gradient of the output
   * @param dz (m, n), the gradient of the input; must not overlap saved
   */
  public final void activateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    requireElementwise(f);
    checkBackward("saved", saved, da, dz);
    if (!saved.isEmpty()) {
      doActivateBackward(f, saved, da, dz);
    }
  }

  /** {@link #activateBackward} with checked arguments, m and n &gt; 0. */
  protected abstract void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz);

  private static void checkBackward(String name, Matrix saved, Matrix da, Matrix dz) {
    Objects.requireNonNull(saved, name);
    sameShape("da", da, saved);
    inPlace("dz", dz, "da", da);
    apart("dz", dz, name, saved);
  }

  private static void requireElementwise(Activation f) {
    if (!Objects.requireNonNull(f, "f").elementwise()) {
      throw new IllegalArgumentException(
          "f: " + f + " is not elementwise; call its own method instead");
    }
  }

  /**
   * Softmax of each row, the row's maximum taken out: a[i,j] = e_j / sum of e, e_j = exp(z[i,j] -
   * max). Works in place.
   *
   * @param z (m, n)
   * @param a (m, n)
   */
  public final void softmax(Matrix z, Matrix a) {
    inPlace("a", a, "z", z);
    if (z.columns() != 0) {
      doSoftmax(z, a);
    }
  }

  /** {@link #softmax} with checked arguments, n &gt; 0. */
  protected abstract void doSoftmax(Matrix z, Matrix a);

  /**
   * The full Jacobian of softmax applied to da: dz[i,j] = a[i,j] (da[i,j] - sum_k a[i,k] da[i,k]).
   * Works in place (dz may be the same window as da).
   *
   * @param a (m, n), the outputs of softmax
   * @param da (m, n)
   * @param dz (m, n); must not overlap a
   */
  public final void softmaxBackward(Matrix a, Matrix da, Matrix dz) {
    checkBackward("a", a, da, dz);
    if (a.columns() != 0) {
      doSoftmaxBackward(a, da, dz);
    }
  }

  /** {@link #softmaxBackward} with checked arguments, n &gt; 0. */
  protected abstract void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz);

  /**
   * The logarithm of softmax of each row: a[i,j] = (z[i,j] - max) - ln sum_k exp(z[i,k] - max).
   * Works in place.
   *
   * @param z (m, n)
   * @param a (m, n)
   */
  public final void logSoftmax(Matrix z, Matrix a) {
    inPlace("a", a, "z", z);
    if (z.columns() != 0) {
      doLogSoftmax(z, a);
    }
  }

  /** {@link #logSoftmax} with checked arguments, n &gt; 0. */
  protected abstract void doLogSoftmax(Matrix z, Matrix a);

  /**
   * The full Jacobian of log-softmax applied to da: dz[i,j] = da[i,j] - exp(a[i,j]) sum_k da[i,k].
   * Works in place (dz may be the same window as da).
   *
   * @param a (m, n), the outputs of log-softmax
   * @param da (m, n)
   * @param dz (m, n); must not overlap a
   */
  public final void logSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    checkBackward("a", a, da, dz);
    if (a.columns() != 0) {
      doLogSoftmaxBackward(a, da, dz);
    }
  }

  /** {@link #logSoftmaxBackward} with checked arguments, n &gt; 0. */
  protected abstract void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz);

  /**
   * Scaled dot-product attention (Vaswani et al. 2017) of every head of every text. The rows of a
   * text lie one after another, the columns of a head too: so q, k and v may be windows of one
   * product, and nothing is copied. Of a query i of a text, its keys j and a head:
   *
   * <pre>
   * s_j = sum_p q[i,p] k[j,p], the chain of {@link #matmul}
   * e_j = exp(z_j - max of z),  z_j = fma(s_j, scale, mask_j)
   * y[i,c] = (t_c + 0) / sum_j e_j,  t_c = sum_j e_j v[j,c], the chain of {@link #matmul}
   * </pre>
   *
   * A key whose e_j is 0, as a mask of -10000 or -infinity makes it, changes no bit while its row
   * of v is finite: a text may be padded. Where a mask is -infinity for all keys, y is NaN; where
   * it is the same large number for all, they are told apart by what is left of their scores.
   *
   * @param heads which texts and heads there are, and the factor of their scores
   * @param q (texts * queries, heads * d)
   * @param k (texts * keys, heads * d), keys at least 1
   * @param v (texts * keys, heads * n)
   * @param mask what is added to the scores: (texts, keys), a row for each text, or (texts *
   *     queries, keys), a row for each query; null for nothing
   * @param y (texts * queries, heads * n); must not overlap the others
   */
  public final void attention(
      Heads heads, Matrix q, Matrix k, Matrix v, @Nullable Matrix mask, Matrix y) {
    Objects.requireNonNull(heads, "heads");
    Objects.requireNonNull(q, "q");
    Objects.requireNonNull(k, "k");
    Objects.requireNonNull(v, "v");
    Objects.requireNonNull(y, "y");
    int texts = heads.texts();
    divides("texts", texts, "rows of q", q, q.rows());
    divides("heads", heads.heads(), "columns of q", q, q.columns());
    divides("texts", texts, "rows of k", k, k.rows());
    divides("heads", heads.heads(), "columns of v", v, v.columns());
    shape("k", k, k.rows(), q.columns());
    shape("v", v, k.rows(), v.columns());
    shape("y", y, q.rows(), v.columns());
    if (mask != null) {
      boolean ofQueries = mask.rows() == q.rows();
      shape("mask", mask, ofQueries ? q.rows() : texts, k.rows() / texts);
      apart("y", y, "mask", mask);
    }
    apart("y", y, "q", q);
    apart("y", y, "k", k);
    apart("y", y, "v", v);
    if (y.isEmpty()) {
      return;
    }
    if (k.rows() == 0) {
      throw new IllegalArgumentException("k must have a row for each text, got none");
    }
    doAttention(heads, q, k, v, mask, y);
  }

  /** {@link #attention} with checked arguments, y not empty, of the heads from first to end. */
  protected abstract void doAttention(
      Heads heads, Matrix q, Matrix k, Matrix v, @Nullable Matrix mask, Matrix y);

  /** What {@link #attention} is of; made once, for any number of calls. */
  public static final class Heads {
    private int texts;
    private int heads;
    private float scale;
    private int first;
    private int end;

    Heads() {}

    /**
     * All heads of all texts.
     *
     * @param texts how many texts there are, at least 1, each of as many rows
     * @param heads how many heads there are, at least 1, each of as many columns
     * @param scale the factor of the scores, such as 1 / sqrt(d)
     */
    public Heads(int texts, int heads, float scale) {
      this.texts = texts;
      this.heads = heads;
      this.scale = scale;
      end = texts * heads;
    }

    /** Makes it some of the heads of another one. */
    Heads part(Heads of, int first, int count) {
      texts = of.texts;
      heads = of.heads;
      scale = of.scale;
      this.first = first;
      end = first + count;
      return this;
    }

    /** Returns how many texts there are. */
    public int texts() {
      return texts;
    }

    /** Returns how many heads a text has. */
    public int heads() {
      return heads;
    }

    /** Returns the factor of the scores. */
    public float scale() {
      return scale;
    }

    /**
     * Returns the first of the heads that are meant, as {@link #end} counts them: head h is head h
     * % heads of text h / heads.
     */
    public int first() {
      return first;
    }

    /** Returns the head after the last of those that are meant. */
    public int end() {
      return end;
    }

    @Override
    public String toString() {
      return "heads "
          + first
          + " to "
          + (end - 1)
          + " of "
          + texts
          + " x "
          + heads
          + ", scale "
          + scale;
    }
  }

  /**
   * Softmax and cross-entropy of class indices, fused: rowLoss[i] = -ln softmax(z[i])[labels[i]],
   * and dz[i,j] = scale (softmax(z[i])[j] - (j == labels[i])).
   *
   * @param z (m, n), the logits
   * @param labels m class indices from labelsOff on, each in [0, n)
   * @param scale the factor of the gradient, 1/m for a mean over the batch
   * @param dz (m, n), or null for the loss alone; may be the same window as z
   * @param rowLoss (m, 1), not scaled; overlaps nothing
   */
  public final void crossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    checkLoss(z, dz, rowLoss);
    Objects.requireNonNull(labels, "labels");
    Check.elements("labels", labels.length, labelsOff, z.rows());
    for (int i = 0; i < z.rows(); i++) {
      int label = labels[labelsOff + i];
      if (label < 0 || label >= z.columns()) {
        throw new IllegalArgumentException(
            "labels["
                + (labelsOff + i)
                + "] must be in 0.."
                + (z.columns() - 1)
                + ", got "
                + label);
      }
    }
    doCrossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
  }

  /** The cross-entropy of class indices with checked arguments. */
  protected abstract void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, @Nullable Matrix dz, Matrix rowLoss);

  /**
   * A loss of targets that are rows of floats: its value a row and its gradient, which carries
   * {@code scale}. See {@link LossFunction.Kind} for the formulas.
   *
   * @param loss which, and its parameters; weights of positive parts must be n
   * @param z (m, n), what the loss is a function of: the logits, or the outputs for the errors of a
   *     difference
   * @param y (m, n), the targets
   * @param scale the factor of the gradient, 1/m for a mean over the batch
   * @param dz (m, n), or null for the loss alone; may be the same window as z; must not overlap y
   * @param rowLoss (m, 1), summed over the row, not scaled; overlaps nothing
   */
  public final void loss(
      LossFunction loss, Matrix z, Matrix y, float scale, @Nullable Matrix dz, Matrix rowLoss) {
    Objects.requireNonNull(loss, "loss");
    checkLoss(z, dz, rowLoss);
    float[] weights = loss.positiveWeights();
    if (weights != null && weights.length != z.columns()) {
      throw new IllegalArgumentException(
          "loss must have n = " + z.columns() + " positive weights, got " + weights.length);
    }
    sameShape("y", y, z);
    if (dz != null) {
      apart("dz", dz, "y", y);
    }
    apart("rowLoss", rowLoss, "y", y);
    doLoss(loss, z, y, scale, dz, rowLoss);
  }

  /** {@link #loss} with checked arguments. */
  protected abstract void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, @Nullable Matrix dz, Matrix rowLoss);

  private static void checkLoss(Matrix z, @Nullable Matrix dz, Matrix rowLoss) {
    Objects.requireNonNull(z, "z");
    column("rowLoss", rowLoss, z.rows());
    apart("rowLoss", rowLoss, "z", z);
    if (dz != null) {
      sameShape("dz", dz, z);
      sameOrApart("dz", dz, "z", z);
      apart("rowLoss", rowLoss, "dz", dz);
    }
  }

  /**
   * y[i,j] = fma(x[i,j] - mean[j], scale[j], shift[j]). Works in place (y the same window as x).
   * Where |mean[j]| &gt;= 2^102, fma(x / 2 - mean / 2, 2 scale, shift), as the difference might be
   * beyond the range of float.
   *
   * @param x (m, n)
   * @param mean (1, n)
   * @param scale (1, n), such as gamma times rstd
   * @param shift (1, n), such as beta; all -0 to add nothing
   * @param y (m, n); must not overlap mean, scale and shift
   */
  public final void normalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    Objects.requireNonNull(x, "x");
    row("mean", mean, x.columns());
    row("scale", scale, x.columns());
    row("shift", shift, x.columns());
    sameShape("y", y, x);
    sameOrApart("y", y, "x", x);
    apart("y", y, "mean", mean);
    apart("y", y, "scale", scale);
    apart("y", y, "shift", shift);
    if (x.columns() != 0) {
      ScalarNorms.unlessLarge(mean, this).doNormalize(x, mean, scale, shift, y);
    }
  }

  /** {@link #normalize} with checked arguments, n &gt; 0, and |mean| &lt; 2^102. */
  protected abstract void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y);

  /**
   * Mean and variance of each column, in two passes: mean[j] = (x[0,j] + x[1,j] + ...) / m, then
   * with d = x[i,j] - mean[j] the chain v = fma(d, d, v), and variance[j] = v / m: the biased one.
   * NaN for m = 0.
   *
   * <p>A column whose variance would so be infinite or NaN is done again, its sums in double, rows
   * ascending, and then a variance beyond the range of float is {@link Float#MAX_VALUE}: {@link
   * Norm#rstd(Matrix, int, float, float)} has what it is for. So both are finite whenever x is.
   *
   * @param x (m, n)
   * @param mean (1, n); as variance, overlaps nothing
   * @param variance (1, n)
   */
  public final void columnMoments(Matrix x, Matrix mean, Matrix variance) {
    Objects.requireNonNull(x, "x");
    row("mean", mean, x.columns());
    row("variance", variance, x.columns());
    apart("mean", mean, "x", x);
    apart("variance", variance, "x", x);
    apart("variance", variance, "mean", mean);
    if (x.columns() != 0) {
      doColumnMoments(x, mean, variance);
      ScalarNorms.largeMoments(x, mean, variance);
    }
  }

  /** {@link #columnMoments} with checked arguments, n &gt; 0, without what is done again. */
  protected abstract void doColumnMoments(Matrix x, Matrix mean, Matrix variance);

  /**
   * The gradients of batch normalization y = gamma xhat + beta, xhat = (x - mean) rstd, whose mean
   * and rstd are those of the columns of x (Ioffe and Szegedy 2015):
   *
   * <pre>
   * xhat     = (x[i,j] - mean[j]) * rstd[j]
   * dgamma_j = the chain fma(dy[i,j], xhat, .),  dbeta_j = the chain of dy[i,j], rows ascending
   * dx[i,j]  = gamma[j] * rstd[j] * fma(-xhat, dgamma_j / m, dy[i,j] - dbeta_j / m)
   * </pre>
   *
   * Where |mean| &gt;= 2^102, xhat = (x / 2 - mean / 2) * (2 rstd).
   *
   * @param x (m, n), the inputs
   * @param norm gamma, mean and rstd (1, n); beta is not read
   * @param dy (m, n)
   * @param dx (m, n), or null for dgamma and dbeta alone; may be the same window as dy; must not
   *     overlap x or a vector
   * @param dgamma (1, n), overwritten; as dbeta, overlaps nothing
   * @param dbeta (1, n), overwritten
   */
  public final void batchNormBackward(
      Matrix x, Norm norm, Matrix dy, @Nullable Matrix dx, Matrix dgamma, Matrix dbeta) {
    checkNormBackward(false, x, norm, dy, dx, dgamma, dbeta);
    if (x.columns() == 0) {
      return;
    }
    Kernels kernels = ScalarNorms.unlessLarge(norm.mean(), this);
    kernels.doNormParameters(false, x, norm, dy, dgamma, dbeta);
    if (dx != null && x.rows() != 0) {
      kernels.doBatchNormInput(x.rows(), x, norm, dy, dgamma, dbeta, dx);
    }
  }

  private static void checkNormBackward(
      boolean ofRows,
      Matrix x,
      Norm norm,
      Matrix dy,
      @Nullable Matrix dx,
      Matrix dgamma,
      Matrix dbeta) {
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(norm, "norm").checkStatistics(ofRows, x);
    sameShape("dy", dy, x);
    row("dgamma", dgamma, x.columns());
    row("dbeta", dbeta, x.columns());
    if (dx != null) {
      sameShape("dx", dx, x);
      sameOrApart("dx", dx, "dy", dy);
      apart("dx", dx, "x", x);
      norm.checkApart("dx", dx);
      apart("dgamma", dgamma, "dx", dx);
      apart("dbeta", dbeta, "dx", dx);
    }
    apart("dgamma", dgamma, "x", x);
    apart("dgamma", dgamma, "dy", dy);
    norm.checkApart("dgamma", dgamma);
    apart("dbeta", dbeta, "x", x);
    apart("dbeta", dbeta, "dy", dy);
    norm.checkApart("dbeta", dbeta);
    apart("dbeta", dbeta, "dgamma", dgamma);
  }

  /**
   * dgamma and dbeta of {@link #batchNormBackward}, or of {@link #layerNormBackward}, with checked
   * arguments, n &gt; 0.
   *
   * @param ofRows whether the statistics are those of rows
   */
  protected abstract void doNormParameters(
      boolean ofRows, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta);

  /**
   * dx of {@link #batchNormBackward} with checked arguments, m and n &gt; 0.
   *
   * @param batch the m of the formula, where x may be some rows of it
   */
  protected abstract void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx);

  /**
   * Layer normalization (Ba et al. 2016) of each row, in two passes:
   *
   * <pre>
   * mean[i] = sum_j x[i,j] / n
   * rstd[i] = {@link Norm#rstd(float, float) rstd}(sum_j d^2 / n, epsilon),  d = x[i,j] - mean[i], lanes fma(d, d, .)
   * y[i,j]  = fma((x[i,j] - mean[i]) * rstd[i], gamma[j], beta[j])
   * </pre>
   *
   * Works in place (y the same window as x).
   *
   * <p>A row whose rstd would so be 0 or NaN, as its squares are beyond the range of float, has a
   * mean and an rstd of sums in double, j ascending, and, if |mean| &gt;= 2^102, (x / 2 - mean / 2)
   * (2 rstd) in place of the product. So y is finite whenever x, gamma and beta are of sizes that
   * allow it.
   *
   * @param x (m, n)
   * @param norm gamma and beta (1, n); mean and rstd (m, 1), overwritten
   * @param epsilon added to the variance
   * @param y (m, n); must not overlap a vector, nor mean and rstd anything
   */
  public final void layerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    Objects.requireNonNull(x, "x");
    Objects.requireNonNull(norm, "norm").checkStatistics(true, x);
    sameShape("y", y, x);
    sameOrApart("y", y, "x", x);
    norm.checkApart("y", y);
    norm.checkStatisticsApart(x);
    if (x.columns() != 0) {
      doLayerNorm(x, norm, epsilon, y);
    }
  }

  /** {@link #layerNorm} with checked arguments, n &gt; 0. */
  protected abstract void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y);

  /**
   * The gradients of {@link #layerNorm}:
   *
   * <pre>
   * xhat     = (x[i,j] - mean[i]) * rstd[i]
   * dgamma_j = the chain fma(dy[i,j], xhat, .),  dbeta_j = the chain of dy[i,j], rows ascending
   * g        = dy[i,j] * gamma[j]
   * dx[i,j]  = rstd[i] * fma(-xhat, s, g - t),  s = sum_j g xhat / n, lanes fma(g, xhat, .),
   *                                             t = sum_j g / n
   * </pre>
   *
   * Where |mean| &gt;= 2^102, xhat = (x / 2 - mean / 2) * (2 rstd).
   *
   * @param x (m, n), the inputs
   * @param norm gamma (1, n); mean and rstd (m, 1), as layerNorm left them; beta is not read
   * @param dy (m, n)
   * @param dx (m, n), or null for dgamma and dbeta alone; may be the same window as dy; must not
   *     overlap x or a vector
   * @param dgamma (1, n), overwritten; as dbeta, overlaps nothing
   * @param dbeta (1, n), overwritten
   */
  public final void layerNormBackward(
      Matrix x, Norm norm, Matrix dy, @Nullable Matrix dx, Matrix dgamma, Matrix dbeta) {
    checkNormBackward(true, x, norm, dy, dx, dgamma, dbeta);
    if (x.columns() == 0) {
      return;
    }
    Kernels kernels = ScalarNorms.unlessLarge(norm.mean(), this);
    kernels.doNormParameters(true, x, norm, dy, dgamma, dbeta);
    if (dx != null) {
      kernels.doLayerNormInput(x, norm, dy, dx);
    }
  }

  /** dx of {@link #layerNormBackward} with checked arguments, n &gt; 0. */
  protected abstract void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx);

  /**
   * Drops elements at random: y[i,j] = fma(x[i,j], scale, shift) where its word is at least the
   * mask's threshold, else the mask's value. A choice, not a product: a NaN that is dropped is
   * gone. The same call with {@link DropoutMask#backward} on dy gives dx. Works in place (y the
   * same window as x).
   *
   * <p>The word depends on the seed, the stream, the row's number and j alone, so not on threads,
   * batches, shards or lanes. With j = 64 q + 16 w + l (w in 0..3, l in 0..15) it is word w of the
   * Philox block (Salmon et al. 2011) whose counter is
   *
   * <pre>
   * 16 q + l,  firstRow + i,  low 32 bits of stream,  high 32 bits of stream | 2^31
   * </pre>
   *
   * and whose key is the low and the high 32 bits of the seed. Bit 2^31 keeps these blocks apart
   * from those of random streams with the same seed, whose last word is an index, not negative.
   *
   * @param stream not negative; see {@link DropoutMask#stream}
   * @param firstRow the number of row 0, not negative
   * @param x (m, n)
   * @param y (m, n)
   */
  public final void dropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    Objects.requireNonNull(mask, "mask");
    if (stream < 0) {
      throw new IllegalArgumentException("stream must be >= 0, got " + stream);
    }
    size("firstRow", firstRow);
    inPlace("y", y, "x", x);
    if (x.columns() != 0) {
      doDropout(mask, seed, stream, firstRow, x, y);
    }
  }

  /** {@link #dropout} with checked arguments, n &gt; 0. */
  protected abstract void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y);

  /**
   * y = a + b. Works in place (y the same window as a or b).
   *
   * @param a (m, n)
   * @param b (m, n)
   * @param y (m, n)
   */
  public final void add(Matrix a, Matrix b, Matrix y) {
    Objects.requireNonNull(a, "a");
    sameShape("b", b, a);
    sameShape("y", y, a);
    sameOrApart("y", y, "a", a);
    sameOrApart("y", y, "b", b);
    if (!a.isEmpty()) {
      doAdd(a, b, y);
    }
  }

  /** {@link #add} with checked arguments, m and n &gt; 0. */
  protected abstract void doAdd(Matrix a, Matrix b, Matrix y);

  /**
   * y[i,j] = x[i,j] * w[i], as weights of samples are. Works in place (y the same window as x).
   *
   * @param x (m, n)
   * @param w (m, 1)
   * @param y (m, n); must not overlap w
   */
  public final void scaleRows(Matrix x, Matrix w, Matrix y) {
    Objects.requireNonNull(x, "x");
    column("w", w, x.rows());
    sameShape("y", y, x);
    sameOrApart("y", y, "x", x);
    apart("y", y, "w", w);
    if (x.columns() != 0) {
      doScaleRows(x, w, y);
    }
  }

  /** {@link #scaleRows} with checked arguments, n &gt; 0. */
  protected abstract void doScaleRows(Matrix x, Matrix w, Matrix y);

  /**
   * One step of an optimizer, in one pass over all arrays; see {@link Update} for the formulas.
   *
   * @param p (1, n), the parameters, updated in place; as the states, overlaps nothing
   * @param g (1, n), their gradients
   * @param s1 (1, n), the first state of each, updated in place; not looked at where the rule has
   *     none, and then it may be null
   * @param s2 (1, n), the second state, likewise
   */
  public final void update(
      Update update, Matrix p, Matrix g, @Nullable Matrix s1, @Nullable Matrix s2) {
    int states = Objects.requireNonNull(update, "update").rule().states();
    if (!(update.limit >= 0f && Math.abs(update.l1) <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "update: limit must be >= 0, l1 finite, got " + update.limit + ", " + update.l1);
    }
    Objects.requireNonNull(p, "p");
    row("p", p, p.columns());
    row("g", g, p.columns());
    apart("p", p, "g", g);
    if (states >= 1) {
      checkState("s1", s1, p, g);
    }
    if (states == 2) {
      checkState("s2", s2, p, g);
      apart("s1", s1, "s2", s2);
    }
    if (p.columns() != 0) {
      doUpdate(update, p, g, states >= 1 ? s1 : null, states == 2 ? s2 : null);
    }
  }

  private static void checkState(String name, Matrix s, Matrix p, Matrix g) {
    row(name, s, p.columns());
    apart("p", p, name, s);
    apart(name, s, "g", g);
  }

  /** {@link #update} with checked arguments, n &gt; 0; states that the rule has not are null. */
  protected abstract void doUpdate(
      Update update, Matrix p, Matrix g, @Nullable Matrix s1, @Nullable Matrix s2);

  /**
   * The sum of the squares, for the norm of all gradients: blocks of 4096 elements, each summed in
   * floats as a row is (16 virtual lanes, each a chain of fma(g, g, lane) from +0, then folded),
   * the blocks added in double, in order. A block whose sum is no finite float is summed in double,
   * one element after another: so the result is finite whenever all elements are.
   *
   * <p>Squares of elements below 1e-19 lose digits, and those of elements below 1e-23 are 0.
   *
   * @param g (1, n)
   */
  public final double sumOfSquares(Matrix g) {
    Objects.requireNonNull(g, "g");
    row("g", g, g.columns());
    return doSumOfSquares(g);
  }

  /** {@link #sumOfSquares} with checked arguments. */
  double doSumOfSquares(Matrix g) {
    double sum = 0;
    for (int i = 0; i < g.columns(); i += BLOCK) {
      sum += blockSum(g.array(), g.off() + i, Math.min(BLOCK, g.columns() - i));
    }
    return sum;
  }

  /** The sum of one block as it is added to the others. */
  final double blockSum(float[] g, int gOff, int length) {
    float sum = doBlockSumOfSquares(g, gOff, length);
    if (Float.isFinite(sum)) {
      return sum;
    }
    double exact = 0;
    for (int i = gOff; i < gOff + length; i++) {
      exact += (double) g[i] * g[i];
    }
    return exact;
  }

  /** The sum of the squares of at most {@link #BLOCK} elements, as that of a row. */
  protected abstract float doBlockSumOfSquares(float[] g, int gOff, int length);
}
