import io.lanewise.data.SampleData;
import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.metrics.Evaluation;
import io.lanewise.model.Model;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.optim.Adam;
import io.lanewise.train.Trainer;
import java.nio.file.Path;
import java.util.Arrays;

/** Trains on handwritten digits, saves the model, loads it and predicts: Plain [FILE]. */
public class Plain {
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args.length > 0 ? args[0] : "digits.safetensors");
    Dataset digits = SampleData.digits(); // 1797 rows of 8x8
    Network network =
        Network.builder(64).dense(64, Activation.RELU).dense(10, Activation.SOFTMAX).seed(42).build();
    new Trainer(network).optimizer(new Adam(1e-3)).epochs(20).fit(digits.slice(0, 1437));
    System.out.println(Evaluation.of(network, digits.slice(1437, 1797)).accuracy());
    Model.save(network, file);

    Predictor predictor = new Predictor(Model.load(file).network());
    float[] y = new float[10];
    predictor.predict(Arrays.copyOfRange(digits.features(), 0, 64), y);
    System.out.println(Arrays.toString(y));
  }
}
