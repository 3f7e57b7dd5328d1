package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Which kernels a command takes: the scalar ones where the work is short. */
class KernelChoiceTest {
  private static final Network NETWORK =
      Network.builder(784).dense(128, Activation.RELU).dense(10, Activation.SOFTMAX).build();

  @TempDir private Path folder;

  private static Kernels taken(String name, double work) {
    KernelOptions options = new KernelOptions();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("kernels", mixin(options)))
        .parseArgs("--kernels", name);
    return options.kernels(work);
  }

  private static CommandLine.Model.CommandSpec mixin(KernelOptions options) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(options);
  }

  @Test
  void autoTakesScalarForShortWorkAndTheBestForMore() {
    assertSame(ScalarKernels.INSTANCE, taken("auto", 1e9));
    assertSame(KernelLookup.best(), taken("auto", 1e13));
    assertSame(KernelLookup.best(), taken("auto", Double.POSITIVE_INFINITY));
    assertSame(KernelLookup.named("simd"), taken("simd", 1e9));
    assertSame(ScalarKernels.INSTANCE, taken("scalar", 1e13));
  }

  @Test
  void theWorkIsThatOfProductsAndOfTheFunctionsBetween() {
    int parameters = 784 * 128 + 128 + 128 * 10 + 10;
    // ReLU is fifty operations, softmax three hundred.
    double functions = 128 * 50 + 10 * 300;
    double training = 6.0 * parameters + 2 * functions;
    assertEquals(50 * training, NETWORK.work(50, 4, true));
    assertEquals(8 * 50 * training, NETWORK.work(50, 3, true));
    assertEquals(50 * (2.0 * parameters + functions), NETWORK.work(50, 256, false));
  }

  @ParameterizedTest
  @CsvSource({"auto, scalar: the job ends before", "simd, 'simd,'"})
  void trainSaysWhichAndTheBitsAreTheSame(String name, String start) throws IOException {
    Path data = Files.writeString(folder.resolve("x.csv"), "w,h,kind\n1,2,a\n2,1,b\n1,3,a\n");
    String hash = null;
    for (String kernels : List.of(name, "scalar")) {
      Cli cli =
          Cli.run(
              "train",
              "--data",
              data,
              "--layers",
              "4",
              "--kernels",
              kernels,
              "--out",
              folder.resolve("m.safetensors"));
      assertEquals(0, cli.code(), cli.err());
      String wanted = kernels.equals(name) ? start : "scalar";
      assertEquals(wanted, line(cli, "kernels  ").substring(0, wanted.length()));
      String model = line(cli, "model  ").replaceAll(".*SHA-256", "");
      hash = hash == null ? model : hash;
      assertEquals(hash, model);
    }
  }

  private static String line(Cli cli, String start) {
    return cli.out()
        .lines()
        .filter(l -> l.startsWith(start))
        .map(l -> l.substring(start.length()))
        .findFirst()
        .orElseThrow();
  }
}
