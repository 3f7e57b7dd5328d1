package io.lanewise.peers;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's C++ library, through org.bytedeco. */
@SuppressWarnings("try") // its guards and scopes work by being there
final class Torch implements Peer {
  private final String version;

  Torch() {
    torch.set_num_threads(1);
    version = Peers.jar(torch.class) + ", threads: " + torch.get_num_threads();
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public Work prepare(Task task) {
    if (task instanceof TrainingTask) {
      return new Steps((TrainingTask) task);
    }
    if (task instanceof Inference) {
      return new Predictions((Inference) task);
    }
    return task instanceof ElementwiseTask ? new Elements((ElementwiseTask) task) : null;
  }

  private static float[] floats(Tensor tensor, int length) {
    float[] x = new float[length];
    tensor.contiguous().data_ptr_float().get(x);
    return x;
  }

  private static final class Mlp {
    final Module module = new Module();
    final List<LinearImpl> layers = new ArrayList<>();

    Mlp(Network network) {
      for (Dense d : DenseLayers.of(network)) {
        LinearImpl layer =
            module.register_module("layer" + d.index(), new LinearImpl(d.nIn(), d.nOut()));
        float[] p = network.parameters();
        try (NoGradGuard guard = new NoGradGuard()) {
          float[] w = Arrays.copyOfRange(p, d.weightOff(), d.biasOff());
          float[] b = Arrays.copyOfRange(p, d.biasOff(), d.biasOff() + d.nOut());
          layer.weight().copy_(Tensor.create(w, d.nIn(), d.nOut()).t());
          layer.bias().copy_(Tensor.create(b, d.nOut()));
        }
        layers.add(layer);
      }
    }

    /** Returns the logits. */
    Tensor forward(Tensor x) {
      for (LinearImpl layer : layers) {
        x = layer.forward(x);
        if (layer != layers.get(layers.size() - 1)) {
          x = torch.relu(x);
        }
      }
      return x;
    }
  }

  private static final class Steps implements Work {
    private final Network network;
    private final Mlp mlp;
    private final Tensor x;
    private final Tensor[] labels;
    private final Optimizer optimizer;
    private int t;

    Steps(TrainingTask task) {
      network = task.network();
      mlp = new Mlp(network);
      x = Tensor.create(task.x, task.batch, task.sizes[0]);
      labels = new Tensor[task.labels.length];
      for (int i = 0; i < labels.length; i++) {
        long[] row = Arrays.stream(task.labels[i]).asLongStream().toArray();
        labels[i] = Tensor.create(row, task.batch);
      }
      optimizer =
          task.adam
              ? new Adam(mlp.module.parameters(), new AdamOptions(task.learningRate))
              : new SGD(mlp.module.parameters(), new SGDOptions(task.learningRate));
    }

    @Override
    public void run() {
      try (PointerScope scope = new PointerScope()) {
        optimizer.zero_grad();
        Tensor loss = torch.cross_entropy_loss(mlp.forward(x), labels[t++ % labels.length]);
        loss.backward();
        optimizer.step();
      }
    }

    @Override
    public float[] result() {
      float[] p = new float[network.parameters().length];
      for (Dense d : DenseLayers.of(network)) {
        LinearImpl layer = mlp.layers.get(d.index());
        float[] w = floats(layer.weight().t(), d.weightCount());
        System.arraycopy(w, 0, p, d.weightOff(), w.length);
        System.arraycopy(floats(layer.bias(), d.nOut()), 0, p, d.biasOff(), d.nOut());
      }
      return p;
    }
  }

  private static final class Predictions implements Work {
    private final Mlp mlp;
    private final Tensor x;
    private final float[] y;

    Predictions(Inference task) {
      mlp = new Mlp(task.network());
      x = Tensor.create(task.x, task.rows, task.sizes[0]);
      y = new float[task.rows * task.network().nOut()];
    }

    @Override
    public void run() {
      try (PointerScope scope = new PointerScope();
          InferenceMode mode = new InferenceMode(true)) {
        torch.softmax(mlp.forward(x), 1).data_ptr_float().get(y);
      }
    }

    @Override
    public float[] result() {
      return y;
    }
  }

  private static final class Elements implements Work {
    private final BiFunction<Tensor, Tensor, Tensor> operation;
    private final Tensor x;
    private final Tensor y;
    private final int length;

    Elements(ElementwiseTask task) {
      x = Tensor.create(task.x, task.rows, task.columns);
      y = Tensor.create(new float[task.x.length], task.rows, task.columns);
      length = task.x.length;
      operation = operation(task);
    }

    private static BiFunction<Tensor, Tensor, Tensor> operation(ElementwiseTask task) {
      if (task.activation == null) {
        return torch::exp_out;
      }
      if (task.activation == Activation.SOFTMAX) {
        return (out, in) -> torch.softmax_out(out, in, 1);
      }
      return switch (task.activation.kind()) {
        case TANH -> torch::tanh_out;
        case SIGMOID -> torch::sigmoid_out;
        case RELU -> torch::relu_out;
        default -> throw new IllegalArgumentException(task.name());
      };
    }

    @Override
    public void run() {
      try (PointerScope scope = new PointerScope();
          InferenceMode mode = new InferenceMode(true)) {
        operation.apply(y, x);
      }
    }

    @Override
    public float[] result() {
      return floats(y, length);
    }
  }
}
