package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import io.lanewise.kernel.Transpose;
import io.lanewise.nn.Layer.Dense;

/**
 * Z = X W + b, A = f(Z), with f in the product where it is elementwise and z need not be kept; dW =
 * X' dZ, db = column sums of dZ, dX = dZ W', times f' of the layer before where that lets it.
 */
final class DensePass extends LayerPass {
  private final Kernels kernels;
  private final Matrix w;
  private final Matrix bias;
  // W as the kernels like it best, where it does not change; otherwise null.
  private final PackedMatrix packed;
  private final Matrix dw;
  private final Matrix db;
  private final Matrix z;
  private final Epilogue forward;
  // f where it is not in the product; null if it is, or if the loss takes z.
  private final ActivationPass separate;
  private final ActivationPass activation;
  private final Matrix dx;
  private final Epilogue backward;
  private final Matrix saved;

  /**
   * @param dy null where there will be no backward
   * @param before the pass whose dy is to be filled; null for the network's input
   * @param mayFuse whether before's dy is made by this layer alone
   * @param takenByLoss whether the loss takes z and gives its gradient
   * @param packed W packed, or null
   * @param gradients null where there will be no backward
   */
  DensePass(
      Kernels kernels,
      Network network,
      Dense layer,
      Matrix x,
      Matrix dy,
      LayerPass before,
      boolean mayFuse,
      boolean takenByLoss,
      PackedMatrix packed,
      float[] gradients,
      int maxBatch) {
    super(x, new Matrix(maxBatch, layer.nOut()), dy);
    this.kernels = kernels;
    this.packed = packed == null ? null : packed.withTurnsOfItsOwn();
    w = weights(network.parameters(), layer);
    bias = Matrix.row(network.parameters(), layer.biasOff(), layer.nOut());
    dw = gradients == null ? null : weights(gradients, layer);
    db = gradients == null ? null : Matrix.row(gradients, layer.biasOff(), layer.nOut());
    Activation f = layer.activation();
    z = f.savesInput() && dy != null ? new Matrix(maxBatch, layer.nOut()) : y;
    activation = new ActivationPass(kernels, f, z, y);
    boolean fused = !takenByLoss && f.elementwise() && !f.savesInput();
    forward = fused ? Epilogue.BIAS.activation(f) : Epilogue.BIAS;
    separate = fused || takenByLoss ? null : activation;
    derivativeDone = takenByLoss;
    dx = before == null ? null : before.dy;
    backward = before != null && mayFuse ? before.takeDerivative() : Epilogue.NONE;
    saved = backward == Epilogue.NONE ? null : before.saved();
  }

  /** W in the parameters, or dW in the gradients. */
  static Matrix weights(float[] parameters, Dense layer) {
    return new Matrix(parameters, layer.weightOff(), layer.nOut(), layer.nIn(), layer.nOut());
  }

  @Override
  void begin(int m) {
    super.begin(m);
    z.setRows(m);
  }

  @Override
  void forward(boolean training) {
    if (packed != null && x.rows() >= packed.fewestRows()) {
      kernels.matmulPacked(x, packed, z, forward, bias, null);
    } else {
      kernels.matmul(Transpose.NN, x, w, z, forward, bias, null);
    }
    if (separate != null) {
      separate.forward();
    }
  }

  @Override
  void backward() {
    if (!derivativeDone) {
      activation.backward(dy);
    }
  }

  @Override
  void parameterGradients() {
    kernels.matmul(Transpose.TN, x, dy, dw);
    kernels.columnSums(dy, db);
  }

  @Override
  void handOn() {
    kernels.matmul(Transpose.NT, dy, w, dx, backward, null, saved);
  }

  @Override
  void inputGradient(Matrix dx) {
    kernels.matmul(Transpose.NT, dy, w, dx);
  }

  @Override
  Epilogue takeDerivative() {
    if (!activation.fusible()) {
      return Epilogue.NONE;
    }
    derivativeDone = true;
    return activation.derivative();
  }

  @Override
  Matrix saved() {
    return activation.saved();
  }
}
