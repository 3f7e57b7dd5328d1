package io.lanewise.cli;

import io.lanewise.data.Meaning;
import io.lanewise.data.weights.StateDict;
import io.lanewise.internal.Names;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a model of a file of others. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a model of an ONNX file, or of weights of PyTorch, Keras or scikit-learn: safetensors or"
          + " .npz.",
      "An ONNX file says what its layers are. The others say only their sizes: give the"
          + " activations, or all layers."
    },
    footer = {
      "",
      "Examples:",
      "  lanewise import net.onnx net.safetensors",
      "  lanewise import torch.safetensors net.safetensors \\",
      "      --activation relu --output softmax",
      "  lanewise import torch.safetensors net.safetensors \\",
      "      --layers \"64 128 batchnorm relu 10:softmax\"",
      "  lanewise import torch.safetensors net.safetensors \\",
      "      --activation relu --output softmax --order fc1,bn1,fc2"
    })
final class ImportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "An .onnx file, or safetensors or .npz of a state_dict.")
  private Path file;

  @Parameters(index = "1", paramLabel = "MODEL", description = "The model that is written.")
  private Path model;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      description = "The activation of all linear layers but the last: relu, tanh, gelu, ...")
  private Activation activation;

  @Option(
      names = "--layers",
      paramLabel = "LAYERS",
      description = "The inputs and all layers, as inspect shows them.")
  private String layers;

  @Option(
      names = "--order",
      paramLabel = "A,B,C",
      split = ",",
      description =
          "The modules in the order in which they run, where names and sizes leave it open.")
  private String[] order = {};

  @Option(
      names = "--prefix",
      paramLabel = "NAME",
      description = "Take only what is below this name: encoder, model, ...")
  private String prefix;

  @Option(
      names = "--ignore",
      paramLabel = "A,B,C",
      split = ",",
      description = "Leave out these tensors and modules.")
  private String[] ignore = {};

  @Option(
      names = "--epsilon",
      paramLabel = "E",
      description =
          "What norms add to the variance. Default: 1e-5 as in PyTorch, 1e-3 for names of Keras.")
  private Double epsilon;

  @Mixin private TaskOptions.OfModel taskOptions;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    ModelFiles.requireFile(file);
    new Outputs().reads("FILE", file).writes("MODEL", model);
    ModelFiles.requireWritten(model);
    Meaning meaning = read(out);
    Model read = meaning.model();
    ModelFiles.save(read, model);
    taskOptions.printNotes(out);
    out.println("wrote " + model + ": " + Text.describe(read.network()));
    List<String> names = meaning.encoding().classes();
    out.println(
        "task: " + Names.of(meaning.task()) + (names.isEmpty() ? "" : " of " + some(names)));
    out.flush();
    return 0;
  }

  private static String some(List<String> names) {
    return String.join(", ", names.subList(0, Math.min(10, names.size())))
        + (names.size() > 10 ? ", ... (" + names.size() + ")" : "");
  }

  private Meaning read(PrintWriter out) throws IOException {
    Activation output = taskOptions.output();
    boolean activations = activation != null || output != null;
    if (ModelFiles.isOnnx(file)) {
      boolean chosen = prefix != null || epsilon != null || order.length + ignore.length > 0;
      if (layers != null || activation != null || chosen) {
        throw new UsageException(file + " says its layers itself: leave out the options");
      }
      OnnxModel onnx = OnnxModel.load(file);
      onnx.remarks().forEach(out::println);
      return taskOptions.of(file, onnx);
    }
    if (layers != null && activations) {
      throw new UsageException("--layers has the activations: leave out --activation and --output");
    }
    try (StateDict dict = StateDict.open(file)) {
      if (layers == null && (activation == null || output == null)) {
        throw new UsageException(
            file + " does not say its activations: give --activation and --output, or --layers");
      }
      dict.prefix(prefix).order(order).ignore(ignore);
      if (epsilon != null) {
        dict.epsilon(epsilon);
      }
      Model read = layers != null ? dict.load(layers) : dict.load(activation, output);
      dict.remarks().forEach(out::println);
      out.println("layers: " + Architecture.format(read.network()));
      return taskOptions.of(file, read);
    }
  }
}
