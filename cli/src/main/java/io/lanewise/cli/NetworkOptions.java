package io.lanewise.cli;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Initializer;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The shape of a new network. */
final class NetworkOptions {
  @Option(
      names = "--layers",
      paramLabel = "N,N",
      defaultValue = "64",
      description = "The hidden layers' sizes, such as 128,64, or none. Default: 64.")
  private String layers;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "relu",
      description = "Of the hidden layers: relu, tanh, selu, gelu, ... Default: relu.")
  private Activation activation;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description = "Activation of the last layer. Default: softmax; identity for a regression.")
  private Activation output;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description = "cross-entropy, mse or bce. Default: what suits the output.")
  private Loss loss;

  @Option(
      names = "--initializer",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "he-normal, xavier-uniform, lecun-normal, ... Default: auto, what suits each layer.")
  private String initializer;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the initial weights and the order of the rows. Default: 42.")
  private long seed;

  long seed() {
    return seed;
  }

  /**
   * Makes the network.
   *
   * @param nOut classes, or targets a row
   */
  Network build(int nIn, int nOut, boolean regression) {
    Activation last =
        output != null ? output : regression ? Activation.IDENTITY : Activation.SOFTMAX;
    boolean single =
        !regression
            && nOut == 2
            && last == Activation.SIGMOID
            && (loss == null || loss == Loss.BINARY_CROSS_ENTROPY);
    Network.Builder builder = Network.builder(nIn).seed(seed);
    for (int size : sizes()) {
      builder.dense(size, activation, initializer(activation));
    }
    builder.dense(single ? 1 : nOut, last, initializer(last));
    if (loss != null) {
      builder.loss(loss);
    }
    return builder.build();
  }

  private Initializer initializer(Activation of) {
    if (initializer.equals("auto")) {
      return Initializer.of(of);
    }
    try {
      return Main.converter(Initializer.class).convert(initializer);
    } catch (TypeConversionException e) {
      throw new UsageException("--initializer: " + e.getMessage() + ", auto");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Integer> sizes() {
    List<Integer> sizes = new ArrayList<>();
    if (layers.equals("none")) {
      return sizes;
    }
    for (String size : layers.split(",", -1)) {
      if (!size.matches("[1-9][0-9]{0,6}")) {
        throw new UsageException(
            "--layers: wanted sizes such as 128,64 or none, got \"" + layers + "\"");
      }
      sizes.add(Integer.valueOf(size));
    }
    return sizes;
  }
}
