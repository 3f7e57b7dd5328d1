package io.lanewise.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.nn.Network;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link HostileProbe} in a JVM of little memory and little stack. */
final class HostileTest {
  @TempDir Path folder;

  /** Damaged at random they are in the command line's fuzzer, with all other formats. */
  @Test
  void onlyTheDocumentedException() throws Exception {
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    write(corpus);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-Xss256k",
                "-XX:+UseSerialGC",
                "-Dlanewise.long=" + Boolean.getBoolean("lanewise.long"),
                "-cp",
                classPath(),
                HostileProbe.class.getName(),
                corpus.toString())
            .redirectErrorStream(true)
            .start();
    String output;
    try (InputStream in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    System.out.print(output);
    assertEquals(0, process.exitValue(), output);
    assertTrue(output.contains(" 0 finds"), output);
  }

  private static String classPath() {
    return String.join(
        File.pathSeparator,
        "target/test-classes",
        "target/classes",
        System.getProperty("jdk.module.path", ""),
        System.getProperty("java.class.path"));
  }

  /** Networks of every layer, what PyTorch and scikit-learn write, and the standard's tests. */
  private static void write(Path corpus) throws IOException {
    List<String> networks =
        List.of(
            "4 3:relu 2:softmax",
            "3 batchnorm 4:gelu dropout:0.5 [ 4:gelu-tanh ] layernorm 2",
            "2 normalization 3:silu 1:sigmoid",
            "2 [ [ 2:selu ] elu ] 2:leaky-relu");
    for (int i = 0; i < networks.size(); i++) {
      Network network = ExportTest.random(networks.get(i), i);
      OnnxModel.export(network, corpus.resolve("network-" + i + ".onnx"));
    }
    List<String> files = new ArrayList<>(RealFilesTest.FILES);
    files.addAll(List.of("encoder-11", "encoder-20", "encoder-q"));
    for (String name : files) {
      try (InputStream in = HostileTest.class.getResourceAsStream(name + ".onnx")) {
        Files.copy(in, corpus.resolve(name + ".onnx"));
      }
    }
    for (Map.Entry<String, byte[]> bomb : Bombs.all().entrySet()) {
      Files.write(corpus.resolve("bomb-" + bomb.getKey() + ".onnx"), bomb.getValue());
    }
    Path archive = corpus.resolve("node-tests.zip");
    try (InputStream in = HostileTest.class.getResourceAsStream("node-tests.zip")) {
      Files.copy(in, archive);
    }
    try (FileSystem zip = FileSystems.newFileSystem(archive);
        Stream<Path> tests = Files.list(zip.getPath("/"))) {
      for (Path test : tests.sorted().toList()) {
        Path copy = corpus.resolve(new NodeTest(test).name() + ".onnx");
        Files.copy(test.resolve("model.onnx"), copy);
      }
    }
  }
}
