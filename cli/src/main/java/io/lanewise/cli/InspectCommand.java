package io.lanewise.cli;

import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.model.Names;
import io.lanewise.nn.Dense;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
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
    Model model = ModelFile.load(file);
    Network network = model.network();
    PrintWriter out = spec.commandLine().getOut();
    out.println("layer  activation  weights        biases  parameters");
    for (Dense layer : network.layers()) {
      out.println(
          Text.format(
              "%5d  %-10s  %-13s %7d %,11d",
              layer.index(),
              Names.of(layer.activation()),
              layer.nIn() + " x " + layer.nOut(),
              layer.nOut(),
              layer.parameterCount()));
    }
    int count = network.parameters().length;
    out.println(Text.format("%nparameters  %,d (%,d bytes)", count, 4L * count));
    out.println("loss        " + Names.of(network.loss()) + ", " + Names.of(network.reduction()));
    new TreeMap<>(model.metadata())
        .forEach(
            (name, value) ->
                out.println(
                    Text.format("%-11s", name) + " " + value.replaceAll("\\p{Cntrl}", ", ")));
    out.println("SHA-256     " + Text.sha256(network));
    out.flush();
    return 0;
  }
}
