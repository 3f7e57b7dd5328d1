package io.lanewise.cli;

import io.lanewise.dataset.Scaling;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.nn.Initializer;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.util.ArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The shape of a new network. */
final class NetworkOptions {
  @Option(
      names = "--layers",
      paramLabel = "LAYERS",
      description = {
        "The hidden layers: sizes, such as 128,64, which take --activation; or none; or any layers,"
            + " in quotes: \"128 batchnorm relu [ 128:relu dropout:0.2 128 ] layernorm\", where a"
            + " size alone has no activation. Default: 64; of diff and gradcheck 67,35, which no vector"
            + " divides."
      })
  private String layers;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description =
          "Of hidden layers that are sizes alone: relu, leaky-relu(0.2), selu, gelu, ... Default: relu.")
  private Activation activation;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "Activation of the last layer. Default: softmax; sigmoid for bce, one output where there"
              + " are two classes; identity for numbers to be predicted.")
  private Activation output;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      completionCandidates = Losses.class,
      description =
          "${COMPLETION-CANDIDATES}; mse, mae and bce for short. Default: what suits the output.")
  private Loss loss;

  /** What the help names. */
  private static final class Losses extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Losses() {
      super(Stream.of(Loss.values()).map(Names::of).toList());
    }
  }

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
      description = "The seed of the initial weights and of the order of the rows. Default: 42.")
  private Long seed = 0L;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** What the layers are where the command line does not say it. */
  void defaultLayers(String layers) {
    this.layers = this.layers == null ? layers : this.layers;
  }

  /** Throws if the shape is told of a network that a model has. */
  void requireUnused() {
    boolean shape = layers != null || activation != null || output != null;
    if (shape || loss != null || !initializer.equals("auto")) {
      throw new UsageException(
          "--model says its network itself: leave out --layers, --activation, --output, --loss and"
              + " --initializer");
    }
  }

  long seed() {
    return seed;
  }

  /**
   * Makes the network.
   *
   * @param nOut classes, or targets a row
   */
  Network build(int nIn, int nOut, boolean regression) {
    return build(nIn, nOut, regression, null, builder -> {});
  }

  /**
   * {@link #build(int, int, boolean)} with what {@code more} adds to it.
   *
   * @param scaling of the features, its first layer; null for none
   */
  Network build(
      int nIn, int nOut, boolean regression, Scaling.Fit scaling, Consumer<NetworkBuilder> more) {
    Activation usual = loss == Loss.BINARY_CROSS_ENTROPY ? Activation.SIGMOID : Activation.SOFTMAX;
    Activation last = output != null ? output : regression ? Activation.IDENTITY : usual;
    boolean single =
        !regression
            && nOut == 2
            && last == Activation.SIGMOID
            && (loss == null || loss == Loss.BINARY_CROSS_ENTROPY);
    NetworkBuilder builder = Network.builder(nIn).seed(seed);
    if (!initializer.equals("auto")) {
      builder.initializer(initializer());
    }
    if (scaling != null) {
      builder.normalization(scaling.shift(), scaling.scale());
    }
    try {
      Architecture.append(hidden() + " " + word(single ? 1 : nOut, last), builder);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
    if (loss != null) {
      builder.loss(loss);
    }
    more.accept(builder);
    return Named.options(command, builder::build);
  }

  private String hidden() {
    defaultLayers("64");
    boolean sizes = layers.matches("[0-9]+([ ,]+[0-9]+)*");
    if (activation != null && !sizes) {
      throw new UsageException(
          "--activation is of hidden layers that are sizes alone: leave it out, or write it behind"
              + " those of --layers, such as \"64:"
              + activation
              + " batchnorm\"");
    }
    Activation f = activation == null ? Activation.RELU : activation;
    return layers.equals("none") ? "" : sizes ? layers.replaceAll("[0-9]+", "$0:" + f) : layers;
  }

  private static String word(int size, Activation activation) {
    return size + ":" + activation;
  }

  private Initializer initializer() {
    try {
      return Main.converter(Initializer.class).convert(initializer);
    } catch (TypeConversionException e) {
      throw new UsageException("--initializer: " + e.getMessage() + ", auto");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
