package io.lanewise.peers;

import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Network;
import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Deeplearning4j. */
final class Dl4j implements Peer {
  private final String version;

  Dl4j() {
    // Loads the native backend, or says why not.
    Nd4j.create(1);
    version =
        Peers.jar(MultiLayerNetwork.class)
            + ", threads: "
            + Nd4j.getEnvironment().maxMasterThreads();
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
    return task instanceof Inference ? predictions((Inference) task) : null;
  }

  private static INDArray matrix(float[] x, int rows, int columns) {
    return Nd4j.create(x, new long[] {rows, columns}, 'c');
  }

  private static MultiLayerNetwork network(Network network, IUpdater updater) {
    NeuralNetConfiguration.ListBuilder list =
        new NeuralNetConfiguration.Builder().updater(updater).list();
    for (Dense d : DenseLayers.of(network)) {
      list.layer(
          d == network.outputLayer()
              ? new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                  .nIn(d.nIn())
                  .nOut(d.nOut())
                  .activation(Activation.SOFTMAX)
                  .build()
              : new DenseLayer.Builder()
                  .nIn(d.nIn())
                  .nOut(d.nOut())
                  .activation(Activation.RELU)
                  .build());
    }
    MultiLayerNetwork result = new MultiLayerNetwork(list.build());
    result.init();
    float[] p = network.parameters();
    for (Dense d : DenseLayers.of(network)) {
      float[] w = Arrays.copyOfRange(p, d.weightOff(), d.biasOff());
      float[] b = Arrays.copyOfRange(p, d.biasOff(), d.biasOff() + d.nOut());
      result.getLayer(d.index()).getParam("W").assign(matrix(w, d.nIn(), d.nOut()));
      result.getLayer(d.index()).getParam("b").assign(matrix(b, 1, d.nOut()));
    }
    return result;
  }

  private static float[] floats(INDArray x) {
    return x.dup('c').data().asFloat();
  }

  private static Work predictions(Inference task) {
    MultiLayerNetwork net = network(task.network(), new Sgd(0));
    INDArray x = matrix(task.x, task.rows, task.sizes[0]);
    float[][] y = new float[1][];
    return new Work() {
      @Override
      public void run() {
        y[0] = floats(net.output(x));
      }

      @Override
      public float[] result() {
        return y[0];
      }
    };
  }

  private static final class Steps implements Work {
    private final Network network;
    private final MultiLayerNetwork net;
    private final INDArray x;
    private final INDArray[] labels;
    private int t;

    Steps(TrainingTask task) {
      network = task.network();
      net = network(network, task.adam ? new Adam(task.learningRate) : new Sgd(task.learningRate));
      x = matrix(task.x, task.batch, task.sizes[0]);
      labels = new INDArray[task.labels.length];
      for (int i = 0; i < labels.length; i++) {
        float[] oneHot = new float[task.batch * network.nOut()];
        for (int row = 0; row < task.batch; row++) {
          oneHot[row * network.nOut() + task.labels[i][row]] = 1;
        }
        labels[i] = matrix(oneHot, task.batch, network.nOut());
      }
    }

    @Override
    public void run() {
      net.fit(x, labels[t++ % labels.length]);
    }

    @Override
    public float[] result() {
      float[] p = new float[network.parameters().length];
      for (Dense d : DenseLayers.of(network)) {
        float[] w = floats(net.getLayer(d.index()).getParam("W"));
        float[] b = floats(net.getLayer(d.index()).getParam("b"));
        System.arraycopy(w, 0, p, d.weightOff(), w.length);
        System.arraycopy(b, 0, p, d.biasOff(), b.length);
      }
      return p;
    }
  }
}
