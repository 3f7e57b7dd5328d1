package io.lanewise.peers;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Function;
import io.lanewise.kernel.Fusion;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
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
    if (task instanceof Training) {
      return steps((Training) task);
    }
    if (task instanceof Inference) {
      return predictions((Inference) task);
    }
    return elements((Elementwise) task);
  }

  private Work product(Product p) {
    float[] c = new float[p.m * p.n];
    Fusion fusion = Fusion.bias(p.bias, 0);
    return Work.of(
        c,
        () ->
            kernels.matmul(p.form, p.m, p.n, p.k, p.a, 0, p.lda, p.b, 0, p.ldb, c, 0, p.n, fusion));
  }

  private Work steps(Training task) {
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

  private Work elements(Elementwise task) {
    float[] x = task.x;
    float[] y = new float[x.length];
    int n = task.columns;
    if (task.activation == null) {
      return Work.of(y, () -> kernels.map(Function.EXP, x.length, x, 0, y, 0));
    }
    if (task.activation == Activation.SOFTMAX) {
      return Work.of(y, () -> kernels.softmax(task.rows, n, x, 0, n, y, 0, n));
    }
    return Work.of(y, () -> kernels.activate(task.activation, x.length, x, 0, y, 0));
  }
}
