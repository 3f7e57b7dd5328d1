package io.lanewise.cli;

import io.lanewise.internal.Names;
import io.lanewise.model.Architecture;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.Safetensors;
import io.lanewise.nn.Network;
import io.lanewise.nn.Tensor;
import io.lanewise.nn.Tensor.Kind;
import io.lanewise.onnx.Onnx;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is in a model file. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Says what is in a model file: layers, shapes, parameters, metadata, hash.",
    footer = {"", "Examples:", "  lanewise inspect lanewise-out/digits.safetensors"})
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "The model's file.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    ModelFiles.requireFile(file);
    PrintWriter out = spec.commandLine().getOut();
    Map<String, String> types = new HashMap<>();
    Model model;
    ModelFiles.requireModel(file);
    if (ModelFiles.isOnnx(file)) {
      OnnxModel onnx = Onnx.load(file);
      out.println("ONNX        " + onnx);
      onnx.remarks().forEach(remark -> out.println("            " + remark));
      out.flush();
      model = onnx.toModel();
    } else {
      model = ModelFile.load(file);
      try (Safetensors tensors = Safetensors.open(file)) {
        tensors.entries().forEach(entry -> types.put(entry.name(), entry.type().name()));
      }
    }
    Network network = model.network();
    out.println("layers      " + Architecture.format(network));
    out.println("loss        " + Names.of(network.loss()) + ", " + Names.of(network.reduction()));
    out.println();
    out.print(network.summary());
    out.println(
        Text.format(
            "%n%-24s %-5s %-15s %11s %11s %11s %11s %11s %5s",
            "tensor", "type", "shape", "values", "min", "max", "mean", "deviation", "NaN"));
    for (NamedTensors.Slot tensor : NamedTensors.Slot.of(network)) {
      Statistics of = Statistics.of(tensor.array(), tensor.off(), tensor.count());
      out.println(
          Text.format(
              "%-24s %-5s %-15s %,11d %11.4g %11.4g %11.4g %11.4g %5d",
              tensor.name(),
              types.getOrDefault(tensor.name(), "F32"),
              shape(tensor.tensor()),
              tensor.count(),
              of.min(),
              of.max(),
              of.mean(),
              of.deviation(),
              of.nans()));
    }
    out.println();
    new TreeMap<>(model.metadata())
        .forEach(
            (name, value) ->
                out.println(
                    Text.format("%-11s", name)
                        + " "
                        + value
                            .strip()
                            .replaceAll("[\\p{Cntrl}&&[^\n]]", "?")
                            .replace("\n", "\n            ")));
    out.println("SHA-256     " + Text.sha256(network));
    out.flush();
    return 0;
  }

  /** As it is used, (nIn, nOut): the file has the transpose. */
  private static String shape(Tensor tensor) {
    String columns = Integer.toString(tensor.columns());
    return tensor.kind() == Kind.WEIGHT ? tensor.rows() + " x " + columns : columns;
  }
}
