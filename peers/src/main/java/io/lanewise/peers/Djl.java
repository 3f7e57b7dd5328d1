package io.lanewise.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** PyTorch's C++ library, through DJL. */
final class Djl implements Peer {
  private static final Device CPU = Device.cpu();

  private final Engine engine;

  Djl() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    engine = Engine.getEngine("PyTorch");
  }

  @Override
  public String version() {
    return "libtorch " + engine.getVersion() + " by DJL " + Engine.getDjlVersion() + ", threads: 1";
  }

  @Override
  public Work prepare(Task task) {
    if (task instanceof TrainingTask) {
      return new Steps((TrainingTask) task);
    }
    return task instanceof Inference ? new Predictions((Inference) task) : null;
  }

  private final class Mlp {
    final Model model = Model.newInstance("mlp", CPU, engine.getEngineName());
    final NDManager manager = engine.newBaseManager(CPU);
    final List<Linear> layers = new ArrayList<>();

    Mlp(Network network) {
      SequentialBlock block = new SequentialBlock();
      for (Dense d : DenseLayers.of(network)) {
        Linear layer = Linear.builder().setUnits(d.nOut()).build();
        layers.add(layer);
        block.add(layer);
        if (d != network.outputLayer()) {
          block.add(Activation::relu);
        }
      }
      model.setBlock(block);
    }

    NDArray parameter(Dense d, String name) {
      return layers.get(d.index()).getParameters().get(name).getArray();
    }

    /** Their weights are (nOut, nIn). */
    void set(Network network) {
      for (Dense d : DenseLayers.of(network)) {
        float[] p = network.parameters();
        float[] w = Arrays.copyOfRange(p, d.weightOff(), d.biasOff());
        float[] b = Arrays.copyOfRange(p, d.biasOff(), d.biasOff() + d.nOut());
        NDArray transposed = manager.create(w, new Shape(d.nIn(), d.nOut())).transpose();
        parameter(d, "weight").set(transposed.toFloatArray());
        parameter(d, "bias").set(b);
      }
    }
  }

  private final class Steps implements Work {
    private final Network network;
    private final Mlp mlp;
    private final Trainer trainer;
    private final NDArray x;
    private final NDArray[] labels;
    private final Loss loss = Loss.softmaxCrossEntropyLoss();
    private int t;

    Steps(TrainingTask task) {
      network = task.network();
      mlp = new Mlp(network);
      Tracker rate = Tracker.fixed((float) task.learningRate);
      Optimizer optimizer =
          task.adam
              ? Optimizer.adam().optLearningRateTracker(rate).build()
              : Optimizer.sgd().setLearningRateTracker(rate).build();
      trainer =
          mlp.model.newTrainer(
              new DefaultTrainingConfig(loss)
                  .optOptimizer(optimizer)
                  .optDevices(new Device[] {CPU}));
      Shape shape = new Shape(task.batch, task.sizes[0]);
      trainer.initialize(shape);
      mlp.set(network);
      x = mlp.manager.create(task.x, shape);
      labels = new NDArray[task.labels.length];
      for (int i = 0; i < labels.length; i++) {
        labels[i] = mlp.manager.create(task.labels[i], new Shape(task.batch));
      }
    }

    @Override
    public void run() {
      try (NDManager scope = trainer.getManager().newSubManager()) {
        NDList in = new NDList(x);
        in.tempAttach(scope);
        try (GradientCollector collector = trainer.newGradientCollector()) {
          NDList out = trainer.forward(in);
          collector.backward(loss.evaluate(new NDList(labels[t++ % labels.length]), out));
        }
        trainer.step();
      }
    }

    @Override
    public float[] result() {
      float[] p = new float[network.parameters().length];
      for (Dense d : DenseLayers.of(network)) {
        float[] w = mlp.parameter(d, "weight").transpose().toFloatArray();
        System.arraycopy(w, 0, p, d.weightOff(), w.length);
        System.arraycopy(mlp.parameter(d, "bias").toFloatArray(), 0, p, d.biasOff(), d.nOut());
      }
      return p;
    }
  }

  private final class Predictions implements Work {
    private final Mlp mlp;
    private final NDArray x;
    private float[] y;

    Predictions(Inference task) {
      mlp = new Mlp(task.network());
      Shape shape = new Shape(task.rows, task.sizes[0]);
      mlp.model.getBlock().initialize(mlp.manager, ai.djl.ndarray.types.DataType.FLOAT32, shape);
      mlp.set(task.network());
      x = mlp.manager.create(task.x, shape);
    }

    @Override
    public void run() {
      try (NDManager scope = mlp.manager.newSubManager()) {
        NDList in = new NDList(x);
        in.tempAttach(scope);
        NDList out = mlp.model.getBlock().forward(new ParameterStore(scope, false), in, false);
        y = out.singletonOrThrow().softmax(1).toFloatArray();
      }
    }

    @Override
    public float[] result() {
      return y;
    }
  }
}
