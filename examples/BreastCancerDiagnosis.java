import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.dataset.Scaling;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Evaluation;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.optim.AdamW;
import io.lanewise.train.Trainer;

/**
 * Benign or malignant by one output and binary cross-entropy, a random quarter held back: an
 * accuracy of 0.965 or more, mean of 10 seeds.
 */
public class BreastCancerDiagnosis {
  public static void main(String[] args) {
    long seed = args.length == 0 ? 0 : Long.parseLong(args[0]);
    Split split = SampleData.breastCancer().split(0.25, seed);
    Dataset training = split.training();
    Scaling.Fit scaling = Scaling.STANDARD.fit(training);
    Network network =
        Network.builder(training.nIn())
            .normalization(scaling.shift(), scaling.scale())
            .dense(32, Activation.RELU)
            .dense(1, Activation.SIGMOID)
            .loss(Loss.BINARY_CROSS_ENTROPY)
            .seed(seed)
            .build();
    new Trainer(network)
        .optimizer(new AdamW(1e-3))
        .batchSize(16)
        .epochs(40)
        .seed(seed)
        .fit(training);
    System.out.println("accuracy " + Evaluation.of(network, split.validation()).accuracy());
  }
}
