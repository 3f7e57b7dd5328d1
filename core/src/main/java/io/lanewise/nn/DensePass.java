package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Form;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.PackedMatrix;

/**
 * Z = X W + b, A = f(Z), with f in the product where it is elementwise and z need not be kept; dW =
 * X' dZ, db = column sums of dZ, dX = dZ W', times f' of the layer before where that lets it.
 */
final class DensePass extends LayerPass {
  private final Kernels kernels;
  private final Dense layer;
  private final float[] parameters;
  // W as the kernels like it best, where it does not change; otherwise null.
  private final PackedMatrix packed;
  private final float[] gradients;
  private final float[] z;
  private final Fusion forward;
  // f where it is not in the product; null if it is, or if the loss takes z.
  private final ActivationPass separate;
  private final ActivationPass activation;
  private final float[] dx;
  private final Fusion backward;

  /**
   * @param dy without elements where there will be no backward
   * @param before the pass whose dy is to be filled; null for the network's input
   * @param mayFuse whether before's dy is made by this layer alone
   * @param takenByLoss whether the loss takes z and gives its gradient
   * @param packed W packed, or null
   */
  DensePass(
      Kernels kernels,
      Network network,
      Dense layer,
      Values x,
      float[] dy,
      LayerPass before,
      boolean mayFuse,
      boolean takenByLoss,
      PackedMatrix packed,
      float[] gradients,
      int maxBatch) {
    super(x, new Values(), dy);
    this.kernels = kernels;
    this.layer = layer;
    this.packed = packed == null ? null : packed.withTurnsOfItsOwn();
    this.gradients = gradients;
    parameters = network.parameters();
    Activation f = layer.activation();
    float[] a = new float[Math.multiplyExact(maxBatch, layer.nOut())];
    z = f.savesInput() && dy.length > 0 ? new float[a.length] : a;
    y.set(a, 0, layer.nOut());
    activation = new ActivationPass(kernels, f, layer.nOut(), z, a);
    Fusion bias = Fusion.bias(parameters, layer.biasOff());
    boolean fused = !takenByLoss && f.elementwise() && !f.savesInput();
    forward = fused ? bias.activation(f) : bias;
    separate = fused || takenByLoss ? null : activation;
    derivativeDone = takenByLoss;
    dx = before == null ? null : before.dy;
    backward = before != null && mayFuse ? before.takeDerivative() : Fusion.NONE;
  }

  @Override
  void forward(int m, boolean training) {
    int nOut = layer.nOut();
    if (packed != null && m >= packed.fewestRows()) {
      kernels.matmulPacked(m, x.array, x.off, x.ld, packed, z, 0, nOut, forward);
    } else {
      int w = layer.weightOff();
      kernels.matmul(
          Form.NN,
          m,
          nOut,
          layer.nIn(),
          x.array,
          x.off,
          x.ld,
          parameters,
          w,
          nOut,
          z,
          0,
          nOut,
          forward);
    }
    if (separate != null) {
      separate.forward(m, z);
    }
  }

  @Override
  void backward(int m) {
    if (!derivativeDone) {
      activation.backward(m, dy);
    }
  }

  @Override
  void parameterGradients(int m) {
    int nOut = layer.nOut();
    kernels.matmul(
        Form.TN,
        layer.nIn(),
        nOut,
        m,
        x.array,
        x.off,
        x.ld,
        dy,
        0,
        nOut,
        gradients,
        layer.weightOff(),
        nOut,
        Fusion.NONE);
    kernels.columnSums(m, nOut, dy, 0, nOut, gradients, layer.biasOff());
  }

  @Override
  void handOn(int m) {
    product(m, dx, 0, layer.nIn(), backward);
  }

  @Override
  void inputGradient(int m, float[] dx, int dxOff, int lddx) {
    product(m, dx, dxOff, lddx, Fusion.NONE);
  }

  private void product(int m, float[] dx, int dxOff, int lddx, Fusion fusion) {
    int nOut = layer.nOut();
    kernels.matmul(
        Form.NT,
        m,
        layer.nIn(),
        nOut,
        dy,
        0,
        nOut,
        parameters,
        layer.weightOff(),
        nOut,
        dx,
        dxOff,
        lddx,
        fusion);
  }

  @Override
  Fusion takeDerivative() {
    if (!activation.fusible()) {
      return Fusion.NONE;
    }
    derivativeDone = true;
    return activation.derivative();
  }
}
