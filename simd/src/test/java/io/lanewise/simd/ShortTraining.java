package io.lanewise.simd;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Kernels;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Network;
import io.lanewise.train.Classifier;
import io.lanewise.train.Trainer;
import io.lanewise.train.Training;
import java.util.Arrays;

/** Trains in a JVM of its own, and prints by which kernels, and what came of it. */
final class ShortTraining {
  private ShortTraining() {}

  /**
   * @param args epochs of the first training, which is stopped after a step; then that of others
   */
  public static void main(String[] args) {
    float[] x = new float[64 * 8];
    int[] labels = new int[64];
    for (int i = 0; i < x.length; i++) {
      x[i] = i * 7 % 13;
      labels[i / 8] = i / 8 % 3;
    }
    Dataset data = Dataset.ofLabels(x, 8, labels, 3);
    for (String epochs : args) {
      Network network = new Classifier().epochs(1).fit(data).network();
      new Trainer(network).epochs(Integer.parseInt(epochs)).listener(new Stops(epochs)).fit(data);
      System.out.println("loss " + Evaluation.of(network, data).loss());
    }
    Classifier classifier = new Classifier().epochs(2).listener(new Stops("fit")).fit(x, labels);
    System.out.println(
        "bits "
            + Arrays.hashCode(classifier.network().parameters())
            + " "
            + Arrays.hashCode(classifier.predictProbabilities(x)));
  }

  private record Stops(String name) implements Training.Listener {
    @Override
    public void onBegin(Training training) {
      Kernels kernels = training.kernels();
      System.out.println(name + "=" + kernels.name());
    }

    @Override
    public void onBatch(Training training) {
      if (training.epochs() > 2) {
        training.stop();
      }
    }
  }
}
