package io.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model in a format of others. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes a model as ONNX, safetensors or NumPy's .npz, by the ending of the name. An .npz"
            + " file has the numbers alone, named and laid out as in PyTorch's state_dict.",
    footer = {"", "Examples:", "  lanewise export iris.safetensors iris.onnx"})
final class ExportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "MODEL", description = "The model's file.")
  private Path model;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "What is written: .onnx, .safetensors or .npz.")
  private Path file;

  @Mixin private TaskOptions.OfModel taskOptions;

  @Override
  public Integer call() throws IOException {
    ModelFiles.requireEnding(file);
    new Outputs().reads("MODEL", model).writes("FILE", file);
    PrintWriter out = spec.commandLine().getOut();
    ModelFiles.save(taskOptions.loadOpen(model), file);
    taskOptions.printNotes(out);
    out.println("wrote " + file);
    out.flush();
    return 0;
  }
}
