package io.lanewise.data.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.numpy.Npz;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Architecture;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import io.lanewise.nn.Network;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files whose names and shapes settle the order, and those that do not. */
class ForwardOrderTest {
  @TempDir Path folder;

  /** Of words such as "fc1:2-3", a linear layer, and "bn1:3", a batch norm. */
  private Path save(String modules, boolean npz) throws IOException {
    SafetensorsWriter writer = Safetensors.writer();
    Npz.Writer arrays = Npz.writer();
    for (String module : modules.split(" ")) {
      String name = module.substring(0, module.indexOf(':')) + ".";
      String[] sizes = module.substring(module.indexOf(':') + 1).split("-");
      int in = Integer.parseInt(sizes[0]);
      int out = Integer.parseInt(sizes[sizes.length - 1]);
      long[] shape = sizes.length == 2 ? new long[] {out, in} : new long[] {in};
      String[] parts = {"weight", "bias", "running_mean", "running_var"};
      for (int p = 0; p < (sizes.length == 2 ? 2 : 4); p++) {
        long[] of = p == 0 ? shape : new long[] {out};
        float[] values = new float[p == 0 && sizes.length == 2 ? in * out : out];
        writer.add(name + parts[p], of, values);
        arrays.add(name + parts[p], of, values);
      }
    }
    Path file = folder.resolve("weights");
    if (npz) {
      arrays.save(file);
    } else {
      writer.save(file);
    }
    return file;
  }

  private static String order(StateDict dict) throws IOException {
    dict.load(Activation.RELU, Activation.IDENTITY);
    String remark = dict.remarks().stream().filter(r -> r.startsWith("order: ")).findAny().get();
    return remark.substring(7, remark.indexOf(" ("));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bn1:2 fc1:2-2 fc2:2-2|fc1,bn1,fc2",
        "fc10:2-2 fc2:2-2 fc9:2-2|fc2,fc9,fc10",
        "first:2-2 last:2-2 second:2-2|first,second,last",
        "decoder.0:2-4 encoder.0:4-2|encoder.0,decoder.0",
        "a:3-1 b:2-3|b,a",
        "linears.0:2-2 linears.1:2-2 norms.0:2|linears.0,norms.0,linears.1",
        "head:2-2 net.0:2-2 net.2:2-2|net.0,net.2,head",
      })
  void namesAndShapesSettleIt(String modules, String wanted) throws IOException {
    try (StateDict dict = StateDict.open(save(modules, false))) {
      assertEquals(wanted, order(dict));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b:2-2 a:2-2|b,a",
        "fc1:2-2 fc2:2-2 bn1:2|fc1,bn1,fc2",
      })
  void anNpzFileHasAnOrder(String modules, String wanted) throws IOException {
    try (StateDict dict = StateDict.open(save(modules, true))) {
      assertEquals(wanted, order(dict));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a:2-2 b:2-2|false|a,b | b,a",
        "fc:2-2 norm:2 other:2-2|false|these fit",
        "fc2:2-2 fc1:2-2|true|fc2,fc1 | fc1,fc2",
        "x.0:2-2 y.0:2-2|true|these fit",
        "actor.0:2-2 critic.0:2-1|true|beside the others",
        "a:2-3 b:2-4|false|in no order",
      })
  void whatIsOpenIsRefused(String modules, boolean npz, String message) throws IOException {
    try (StateDict dict = StateDict.open(save(modules, npz))) {
      ModelFormatException e = assertThrows(ModelFormatException.class, () -> order(dict));
      assertTrue(e.getMessage().contains(message), e.getMessage());
      assertTrue(e.getMessage().startsWith(folder.toString()), e.getMessage());
    }
  }

  @Test
  void anOrderIsNamed() throws IOException {
    Path file = save("a:2-2 b:2-2 c.d:3-3", false);
    try (StateDict dict = StateDict.open(file)) {
      dict.ignore("c").order("b", "a").load(Activation.RELU, Activation.IDENTITY);
      dict.order("b");
      assertThrows(ModelFormatException.class, () -> dict.load(Activation.RELU, Activation.RELU));
    }
    try (StateDict dict = StateDict.open(file)) {
      Network network = dict.prefix("c").load(Activation.RELU, Activation.TANH).network();
      assertEquals("3 3:tanh", Architecture.format(network));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0:2-2 2:2 3:2-2|2 2:relu batchnorm 2",
        "0:2-2 1:2 3:2-2|2 2 batchnorm relu 2",
        "net.0:2-2 net.3:2-2|2 2:relu 2",
        "fc1:2-2 bn1:2 fc2:2-2|2 2 batchnorm relu 2",
      })
  void numbersSayWhereTheActivationStood(String modules, String layers) throws IOException {
    try (StateDict dict = StateDict.open(save(modules, false))) {
      Network network = dict.load(Activation.RELU, Activation.IDENTITY).network();
      assertEquals(layers, Architecture.format(network));
    }
  }

  @ParameterizedTest
  @CsvSource({"0:2-2 2:2 4:2-2", "0:2-2 1:2-2 3:2-2", "0:2 2:2-2", "0:2-2 2:2"})
  void gapsThatSayNothingAreRefused(String modules) throws IOException {
    try (StateDict dict = StateDict.open(save(modules, false))) {
      ModelFormatException e = assertThrows(ModelFormatException.class, () -> order(dict));
      assertTrue(e.getMessage().contains("--layers \""), e.getMessage());
    }
  }

  /** The mean 1 is taken off behind fc1, and 2 inputs of 1, 2 pass the identities. */
  @Test
  void theNormIsBehindItsLayer() throws IOException {
    float[] identity = {1, 0, 0, 1};
    long[] square = {2, 2};
    long[] two = {2};
    Path file = folder.resolve("bn.safetensors");
    Safetensors.writer()
        .add("bn1.weight", two, new float[] {1, 1})
        .add("bn1.bias", two, new float[2])
        .add("bn1.running_mean", two, new float[] {1, 1})
        .add("bn1.running_var", two, new float[] {1, 1})
        .add("fc1.weight", square, new float[] {2, 0, 0, 3})
        .add("fc1.bias", two, new float[2])
        .add("fc2.weight", square, identity)
        .add("fc2.bias", two, new float[2])
        .save(file);
    try (StateDict dict = StateDict.open(file)) {
      Network network = dict.load(Activation.RELU, Activation.IDENTITY).network();
      assertArrayEquals(
          new float[] {0.999995f, 4.999975f}, network.predict(new float[] {1, 2}, 1), 1e-6f);
    }
  }

  @Test
  void layoutsAreThoseOfTheNames() throws IOException {
    float[] w = {1, 2, 3, 4};
    long[] square = {2, 2};
    long[] two = {2};
    for (String names : new String[] {"d/kernel:0 d/bias:0", "coefs_0 intercepts_0"}) {
      String[] name = names.split(" ");
      Path file = folder.resolve("layout.npz");
      Npz.writer().add(name[0], square, w).add(name[1], two, new float[] {10, 20}).save(file);
      try (StateDict dict = StateDict.open(file)) {
        Network network = dict.load(Activation.RELU, Activation.IDENTITY).network();
        assertArrayEquals(new float[] {17, 30}, network.predict(new float[] {1, 2}, 1), names);
      }
    }
    Path file = folder.resolve("torch.npz");
    Npz.writer().add("d.weight", square, w).add("d.bias", two, new float[] {10, 20}).save(file);
    try (StateDict dict = StateDict.open(file)) {
      Network network = dict.load(Activation.RELU, Activation.IDENTITY).network();
      assertArrayEquals(new float[] {15, 31}, network.predict(new float[] {1, 2}, 1));
    }
  }

  @Test
  void integersBesideTheWeightsAreLeftOutAndSaid() throws IOException {
    Path file = folder.resolve("extra");
    Safetensors.writer()
        .add("fc.weight", new long[] {1, 1}, new float[] {1})
        .add("position_ids", new long[] {2}, new long[2])
        .save(file);
    try (StateDict dict = StateDict.open(file)) {
      dict.load(Activation.RELU, Activation.IDENTITY);
      assertTrue(dict.remarks().getFirst().contains("position_ids"), dict.remarks().toString());
    }
  }
}
