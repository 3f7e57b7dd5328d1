package io.lanewise.check;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.DropoutMask;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.LossFunction;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.Norm;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.kernel.Update;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Other kernels, of which it counts the operations that are called; for one thread. */
final class CountedKernels extends Kernels {
  private static final int LANES = 16;

  private final Kernels to;
  // By the elements of ours, which its copies in workspaces share.
  private final Map<float[], PackedMatrix> packed = new IdentityHashMap<>();
  private final Set<String> called = new TreeSet<>();
  private final Map<String, Counter> counters = new LinkedHashMap<>();

  private static final class Counter {
    private long count;
    private boolean tail;
    private final Set<String> sizes = new LinkedHashSet<>();
  }

  CountedKernels(Kernels to) {
    this.to = to;
  }

  KernelCalls calls() {
    List<KernelCalls.Call> calls = new ArrayList<>();
    counters.forEach(
        (name, c) -> calls.add(new KernelCalls.Call(name, c.count, List.copyOf(c.sizes), c.tail)));
    return KernelCalls.of(to, calls, called);
  }

  private void count(String operation, Object detail, Matrix x) {
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

  private void product(String operation, String form, Epilogue e, Matrix c, int k) {
    String then = e.activation() == Activation.IDENTITY ? "" : ", then " + e.activation();
    String derivative = e.derivative() == null ? "" : ", then derivative of " + e.derivative();
    String size = c.rows() + "x" + c.columns() + "x" + k;
    count(operation, form + then + derivative, size, c.columns());
  }

  @Override
  public String name() {
    return to.name();
  }

  @Override
  public String describe() {
    return to.describe();
  }

  @Override
  protected void doMatmul(
      Transpose form, Matrix a, Matrix b, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    product("matmul", " " + form, epilogue, c, form.a() ? a.rows() : a.columns());
    to.matmul(form, a, b, c, epilogue, bias, saved);
  }

  @Override
  protected PackedMatrix doPack(Matrix b) {
    PackedMatrix mine = super.doPack(b);
    packed.put(mine.elements(), to.pack(b));
    return mine;
  }

  @Override
  protected void doMatmulPacked(
      Matrix a, PackedMatrix b, int from, Matrix c, Epilogue epilogue, Matrix bias, Matrix saved) {
    product("matmulPacked", "", epilogue, c, b.k());
    to.matmulPacked(a, packed.get(b.elements()), c, epilogue, bias, saved);
  }

  @Override
  protected void doColumnSums(Matrix x, Matrix sums) {
    count("columnSums", "", x);
    to.columnSums(x, sums);
  }

  @Override
  protected void doMap(Function f, Matrix x, Matrix y) {
    count("map", f, x);
    to.map(f, x, y);
  }

  @Override
  protected void doActivate(Activation f, Matrix z, Matrix a) {
    count("activate", f, z);
    to.activate(f, z, a);
  }

  @Override
  protected void doActivateBackward(Activation f, Matrix saved, Matrix da, Matrix dz) {
    count("activateBackward", f, saved);
    to.activateBackward(f, saved, da, dz);
  }

  @Override
  protected void doSoftmax(Matrix z, Matrix a) {
    count("softmax", "", z);
    to.softmax(z, a);
  }

  @Override
  protected void doSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    count("softmaxBackward", "", a);
    to.softmaxBackward(a, da, dz);
  }

  @Override
  protected void doLogSoftmax(Matrix z, Matrix a) {
    count("logSoftmax", "", z);
    to.logSoftmax(z, a);
  }

  @Override
  protected void doLogSoftmaxBackward(Matrix a, Matrix da, Matrix dz) {
    count("logSoftmaxBackward", "", a);
    to.logSoftmaxBackward(a, da, dz);
  }

  @Override
  protected void doCrossEntropy(
      Matrix z, int[] labels, int labelsOff, float scale, Matrix dz, Matrix rowLoss) {
    count("crossEntropy", "", z);
    to.crossEntropy(z, labels, labelsOff, scale, dz, rowLoss);
  }

  @Override
  protected void doLoss(
      LossFunction loss, Matrix z, Matrix y, float scale, Matrix dz, Matrix rowLoss) {
    count("loss", loss, z);
    to.loss(loss, z, y, scale, dz, rowLoss);
  }

  @Override
  protected void doNormalize(Matrix x, Matrix mean, Matrix scale, Matrix shift, Matrix y) {
    count("normalize", "", x);
    to.normalize(x, mean, scale, shift, y);
  }

  @Override
  protected void doColumnMoments(Matrix x, Matrix mean, Matrix variance) {
    count("columnMoments", "", x);
    to.columnMoments(x, mean, variance);
  }

  @Override
  protected void doBatchNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    count("batchNormBackward", "", x);
    to.batchNormBackward(x, norm, dy, null, dgamma, dbeta);
  }

  @Override
  protected void doBatchNormInput(
      int batch, Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta, Matrix dx) {
    int n = x.columns();
    to.batchNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
  }

  @Override
  protected void doLayerNorm(Matrix x, Norm norm, float epsilon, Matrix y) {
    count("layerNorm", "", x);
    to.layerNorm(x, norm, epsilon, y);
  }

  @Override
  protected void doLayerNormParameters(
      Matrix x, Norm norm, Matrix dy, Matrix dgamma, Matrix dbeta) {
    count("layerNormBackward", "", x);
    to.layerNormBackward(x, norm, dy, null, dgamma, dbeta);
  }

  @Override
  protected void doLayerNormInput(Matrix x, Norm norm, Matrix dy, Matrix dx) {
    int n = x.columns();
    to.layerNormBackward(x, norm, dy, dx, new Matrix(1, n), new Matrix(1, n));
  }

  @Override
  protected void doDropout(
      DropoutMask mask, long seed, long stream, int firstRow, Matrix x, Matrix y) {
    count("dropout", "", x);
    to.dropout(mask, seed, stream, firstRow, x, y);
  }

  @Override
  protected void doAdd(Matrix a, Matrix b, Matrix y) {
    count("add", "", a);
    to.add(a, b, y);
  }

  @Override
  protected void doScaleRows(Matrix x, Matrix w, Matrix y) {
    count("scaleRows", "", x);
    to.scaleRows(x, w, y);
  }

  @Override
  protected void doUpdate(Update update, Matrix p, Matrix g, Matrix s1, Matrix s2) {
    count("update", update.rule(), p);
    to.update(update, p, g, s1, s2);
  }

  @Override
  protected float doBlockSumOfSquares(float[] g, int gOff, int length) {
    count("sumOfSquares", "", "1x" + length, length);
    return (float) to.sumOfSquares(Matrix.row(g, gOff, length));
  }
}
