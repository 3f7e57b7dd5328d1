package io.lanewise.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.data.Meaning.Task;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.nn.Loss;
import io.lanewise.nn.Network;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeaningTest {
  private static Network network(int nOut, String last) {
    return Network.builder(4).dense(nOut, Activation.parse(last)).seed(1).build();
  }

  private static Model foreign(int nOut, String last) {
    return new Model(network(nOut, last), Map.of("task", "unknown"));
  }

  private static String refused(Model model, Task task, String... classes) {
    return assertThrows(DataException.class, () -> Meaning.of(model, task, List.of(classes)))
        .getMessage();
  }

  /** Of others' models softmax and one sigmoid say it; of ours, the loss. */
  @ParameterizedTest
  @CsvSource({
    "1, identity, , REGRESSION",
    "3, identity, , REGRESSION",
    "3, tanh, , REGRESSION",
    "3, elu, , REGRESSION",
    "3, relu, , REGRESSION",
    "1, sigmoid, CLASSIFICATION, CLASSIFICATION",
    "3, sigmoid, , ",
    "3, softmax, CLASSIFICATION, CLASSIFICATION",
    "3, log-softmax, CLASSIFICATION, CLASSIFICATION"
  })
  void whatSettlesTheTask(int nOut, String last, Task ofOthers, Task ofOurs) throws Exception {
    assertEquals(ofOthers, Meaning.known(foreign(nOut, last)));
    Model ours = new Model(network(nOut, last), Map.of());
    assertEquals(ofOurs, Meaning.known(ours));
    if (ofOurs != null) {
      assertEquals(ofOurs, Meaning.of(ours).task());
    }
    if (ofOthers == null) {
      String message =
          assertThrows(DataException.class, () -> Meaning.of(foreign(nOut, last))).getMessage();
      assertTrue(message.contains("--task classification, --task regression or"), message);
    }
  }

  @Test
  void logitsOfOursAreKnownByTheirLoss() throws Exception {
    Network logits = Network.builder(4).dense(3).loss(Loss.CROSS_ENTROPY).build();
    assertEquals(Task.CLASSIFICATION, Meaning.known(new Model(logits, Map.of())));
    Network one = Network.builder(4).dense(1).loss(Loss.BINARY_CROSS_ENTROPY).build();
    assertEquals(Task.CLASSIFICATION, Meaning.known(new Model(one, Map.of())));
    Network several = Network.builder(4).dense(3).loss(Loss.BINARY_CROSS_ENTROPY).build();
    assertNull(Meaning.known(new Model(several, Map.of())));
  }

  @Test
  void metadataSayMoreThanTheNetwork() throws Exception {
    Network three = network(3, "identity");
    assertEquals(Task.MULTILABEL, Meaning.known(new Model(three, Map.of("task", "multilabel"))));
    assertEquals(
        List.of("a", "b,c", "d"),
        Meaning.of(new Model(three, Map.of("classes", "a,\"b,c\",d"))).encoding().classes());
    // Texts that somebody else keeps there.
    assertEquals(Task.REGRESSION, Meaning.known(new Model(three, Map.of("task", "a test"))));
    assertEquals(Task.REGRESSION, Meaning.known(new Model(three, Map.of("classes", "['a', 'b']"))));
    Model narrow = new Model(three, Map.of("encoding", Encoding.ofTargets(4, 2).format()));
    assertEquals(
        "metadata: an encoding of 4 features and 2 outputs, but the network has 4 and 3",
        assertThrows(DataException.class, () -> Meaning.known(narrow)).getMessage());
  }

  /** What it says once, the metadata say from then on, and the weights are the same. */
  @ParameterizedTest
  @CsvSource({
    "CLASSIFICATION, 3, identity, CROSS_ENTROPY",
    "CLASSIFICATION, 3, tanh, CROSS_ENTROPY",
    "CLASSIFICATION, 3, sigmoid, BINARY_CROSS_ENTROPY",
    "CLASSIFICATION, 1, identity, BINARY_CROSS_ENTROPY",
    "CLASSIFICATION, 3, softmax, CROSS_ENTROPY",
    "REGRESSION, 3, identity, MEAN_SQUARED_ERROR",
    "REGRESSION, 3, sigmoid, MEAN_SQUARED_ERROR",
    "MULTILABEL, 3, identity, BINARY_CROSS_ENTROPY",
    "MULTILABEL, 3, sigmoid, BINARY_CROSS_ENTROPY"
  })
  void whatTheCallerSaysIsKept(Task task, int nOut, String last, Loss loss) throws Exception {
    Model model = foreign(nOut, last);
    List<String> names =
        task == Task.REGRESSION ? List.of() : List.of("x", "y", "z").subList(0, Math.max(2, nOut));
    Meaning meaning = Meaning.of(model, task, names);
    Meaning again = Meaning.of(new Model(meaning.model().network(), meaning.model().metadata()));
    assertEquals(task, again.task());
    boolean classes = task == Task.CLASSIFICATION;
    assertEquals(classes ? names : List.of(), again.encoding().classes());
    if (task == Task.MULTILABEL) {
      assertEquals(names, again.encoding().targetNames());
    }
    assertEquals(loss, again.model().network().loss());
    assertArrayEquals(model.network().parameters(), meaning.model().network().parameters());
  }

  @Test
  void namesThatAreNoneAreRefused() {
    Model logits = foreign(3, "identity");
    assertEquals(
        "classes: a, b: 2, but the outputs tell 3: --classes names as many",
        refused(logits, Task.CLASSIFICATION, "a", "b"));
    assertEquals(
        "classes: a, b, a: \"a\" is there twice: --classes names them",
        refused(logits, Task.MULTILABEL, "a", "b", "a"));
    assertEquals(
        "classes: a, , b: one has no name: --classes names them",
        refused(logits, Task.CLASSIFICATION, "a", "", "b"));
    assertTrue(refused(logits, Task.REGRESSION, "a", "b", "c").startsWith("a regression has no"));
    assertTrue(
        refused(foreign(3, "softmax"), Task.MULTILABEL).startsWith("the outputs of softmax"));
    assertTrue(
        refused(foreign(3, "softmax"), Task.REGRESSION).startsWith("the outputs of softmax"));
  }

  /** The caller's names are taken in place of bad ones of the file. */
  @Test
  void namesOfTheFileAreReplaced() throws Exception {
    Model twice = new Model(network(3, "softmax"), Map.of("classes", "3,3,9"));
    assertThrows(DataException.class, () -> Meaning.of(twice));
    List<String> names = List.of("3", "4", "9");
    assertEquals(names, Meaning.of(twice, Task.CLASSIFICATION, names).encoding().classes());
    // Without names, those of the file.
    Model good = new Model(network(3, "softmax"), Map.of("classes", "3,5,9"));
    assertEquals(
        List.of("3", "5", "9"),
        Meaning.of(good, Task.CLASSIFICATION, List.of()).encoding().classes());
  }

  @Test
  void columnsThatAreKnownAreNotLost() {
    Encoding.Column x = new Encoding.Column("x", Encoding.Role.NUMBER, Float.NaN, List.of());
    Encoding.Column y = new Encoding.Column("y", Encoding.Role.LABEL, Float.NaN, List.of());
    Encoding known = new Encoding(3, List.of(x, y), true, false, 3);
    Model model = new Model(network(3, "softmax"), Map.of("encoding", known.format()));
    String message = refused(model, Task.CLASSIFICATION, "a", "b", "c");
    assertTrue(message.contains("leave out --task and --classes"), message);
  }

  @Test
  void anActivationFollowsLogits() throws Exception {
    Model logits = foreign(3, "identity");
    Model soft = Meaning.withOutput(logits, Activation.SOFTMAX);
    float[] x = {1, 2, 3, 4};
    float[] p = soft.network().predict(x, 1);
    assertEquals(1, p[0] + p[1] + p[2], 1e-6);
    float[] z = logits.network().predict(x, 1);
    assertEquals(1, Math.exp(z[0] - z[1]) / (p[0] / p[1]), 1e-6);
    assertEquals(Task.CLASSIFICATION, Meaning.known(soft));
    assertEquals(Loss.CROSS_ENTROPY, soft.network().loss());
    assertNull(Meaning.known(Meaning.withOutput(logits, Activation.IDENTITY)));
    assertEquals(
        "its outputs come out of tanh already: --output softmax cannot follow it",
        assertThrows(
                DataException.class,
                () -> Meaning.withOutput(foreign(3, "tanh"), Activation.SOFTMAX))
            .getMessage());
    assertTrue(
        assertThrows(
                DataException.class,
                () -> Meaning.withOutput(foreign(1, "identity"), Activation.SOFTMAX))
            .getMessage()
            .contains("wanted --output sigmoid"));
  }
}
