package io.lanewise.peers;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Kernels.Function;
import io.lanewise.kernel.Matrix;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Workspace;
import io.lanewise.optim.Adam;
import io.lanewise.optim.Optimizer;
import io.lanewise.optim.Sgd;

/** Lanewise itself. */
final class Lanewise implements Peer {
  private final Kernels kernels;

  Lanewise(String name) {
    kernels = KernelLookup.named(name);
  }

  @Override
  public String version() {
    return kernels.describe() + ", threads: 1";
  }

  @Override
  public Work prepare(Task task) {
    if (task instanceof Product) {
      return product((Product) task);
    }
    if (task instanceof TrainingTask) {
      return steps((TrainingTask) task);
    }
    if (task instanceof Inference) {
      return predictions((Inference) task);
    }
    return task instanceof Encoding
        ? ((Encoding) task).compiled(kernels)
        : elements((ElementwiseTask) task);
  }

  private Work product(Product p) {
    Matrix a = new Matrix(p.a, p.a.length / p.lda, p.lda);
    Matrix b = new Matrix(p.b, p.b.length / p.ldb, p.ldb);
    Matrix c = new Matrix(p.m, p.n);
    Matrix bias = Matrix.row(p.bias, 0, p.n);
    return Work.of(c.array(), () -> kernels.matmul(p.form, a, b, c, Epilogue.BIAS, bias, null));
  }

  private Work steps(TrainingTask task) {
    Network network = task.network();
    Workspace workspace = new Workspace(network, kernels, task.batch);
    Optimizer settings = task.adam ? new Adam(task.learningRate) : new Sgd(task.learningRate);
    Optimizer.Stepper optimizer = settings.begin(network.tensors());
    int[] t = {0};
    return Work.of(
        network.parameters(),
        () -> {
          int[] labels = task.labels[t[0]++ % task.labels.length];
          workspace.gradient(task.batch, task.x, 0, network.nIn(), labels, 0);
          optimizer.step(kernels, network.parameters(), workspace.gradients());
        });
  }

  private Work predictions(Inference task) {
    Network network = task.network();
    Predictor.Session session = new Predictor(network, kernels, task.rows).session();
    float[] y = new float[task.rows * network.nOut()];
    return Work.of(
        y, () -> session.predict(task.rows, task.x, 0, network.nIn(), y, 0, network.nOut()));
  }

  private Work elements(ElementwiseTask task) {
    Matrix x = new Matrix(task.x, task.rows, task.columns);
    Matrix y = new Matrix(task.rows, task.columns);
    if (task.activation == null) {
      return Work.of(y.array(), () -> kernels.map(Function.EXP, x, y));
    }
    if (task.activation == Activation.SOFTMAX) {
      return Work.of(y.array(), () -> kernels.softmax(x, y));
    }
    return Work.of(y.array(), () -> kernels.activate(task.activation, x, y));
  }
}
