package io.lanewise.cli;

import io.lanewise.data.internal.FileKind;
import io.lanewise.internal.Names;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.Safetensors;
import io.lanewise.nn.Network;
import io.lanewise.nn.Network.Tensor;
import io.lanewise.nn.Network.Tensor.Kind;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is in a file. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Says what is in a file: of a model its layers, shapes, parameters, metadata, hash; of weights"
          + " and arrays (safetensors, .npz, .npy) their names, types, shapes and ranges; of rows"
          + " (CSV, libsvm, IDX, also .gz) how many and what the columns have."
    },
    footer = {
      "",
      "Examples:",
      "  lanewise inspect lanewise-out/digits.safetensors",
      "  lanewise inspect rows.csv.gz --delimiter tab"
    })
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A model, weights, arrays or rows.")
  private Path file;

  @Mixin private DataOptions dataOptions;

  @Override
  public Integer call() throws IOException {
    ModelFiles.requireFile(file);
    PrintWriter out = spec.commandLine().getOut();
    Contents contents = new Contents(out);
    FileKind kind = FileKind.of(file);
    if (ModelFiles.isOnnx(file)) {
      onnx(out, contents);
    } else if (kind.isForeign()) {
      throw new UsageException(file + ": " + kind.wanted(file, "a file that is read here"));
    } else if (!isSafetensors()) {
      contents.data(file, dataOptions);
    } else if (isOurs()) {
      model(out, contents);
    } else {
      contents.safetensors(file);
    }
    out.flush();
    return 0;
  }

  /** A text may have a brace there too, but no length of a header before it. */
  private boolean isSafetensors() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] first = in.readNBytes(ModelFiles.SHORTEST);
      return first.length == ModelFiles.SHORTEST && first[8] == '{' && first[7] == 0;
    }
  }

  private boolean isOurs() throws IOException {
    try (Safetensors tensors = Safetensors.open(file)) {
      return tensors.metadata().containsKey("lanewise.layers");
    }
  }

  private void model(PrintWriter out, Contents contents) throws IOException {
    Map<String, String> types = new HashMap<>();
    try (Safetensors tensors = Safetensors.open(file)) {
      tensors.entries().forEach(entry -> types.put(entry.name(), entry.type().name()));
    }
    model(out, contents, Model.load(file), types);
  }

  private void onnx(PrintWriter out, Contents contents) throws IOException {
    OnnxModel onnx = OnnxModel.load(file);
    out.println("ONNX        " + onnx);
    onnx.remarks().forEach(remark -> out.println("            " + remark));
    out.flush();
    Model model;
    try {
      model = onnx.toModel();
    } catch (ModelFormatException e) {
      out.println("layers      no chain of layers, it is run as it is: " + e.getMessage());
      out.println();
      contents.metadata(onnx.metadata());
      return;
    }
    model(out, contents, model, Map.of());
  }

  private static void model(
      PrintWriter out, Contents contents, Model model, Map<String, String> types) {
    Network network = model.network();
    out.println("layers      " + Architecture.format(network));
    out.println("loss        " + Names.of(network.loss()) + ", " + Names.of(network.reduction()));
    out.println();
    out.print(network.summary());
    contents.header();
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      contents.row(
          tensor.name(),
          types.getOrDefault(tensor.name(), "F32"),
          shape(tensor.tensor()),
          tensor.count(),
          Statistics.of(tensor.array(), tensor.off(), tensor.count()));
    }
    out.println();
    contents.metadata(model.metadata());
    out.println("SHA-256     " + Text.sha256(network));
  }

  /** As it is used, (nIn, nOut): the file has the transpose. */
  private static String shape(Tensor tensor) {
    String columns = Integer.toString(tensor.columns());
    return tensor.kind() == Kind.WEIGHT ? tensor.rows() + " x " + columns : columns;
  }
}
