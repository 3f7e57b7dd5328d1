package io.lanewise.cli;

import io.lanewise.data.numpy.Npz;
import io.lanewise.kernel.Activation;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.model.NamedTensors;
import io.lanewise.model.Safetensors;
import io.lanewise.onnx.Onnx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/** Files of models: what they are is told by the ending of the name, safetensors if by nothing. */
final class ModelFiles {
  private ModelFiles() {}

  static boolean isOnnx(Path file) {
    return endsWith(file, ".onnx");
  }

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Loads a model of ours, or an ONNX file whose graph is a chain of layers. */
  static Model load(Path file) throws IOException {
    return isOnnx(file) ? Onnx.load(file).toModel() : ModelFile.load(file);
  }

  private interface Reader {
    Model read(NamedTensors tensors) throws IOException;
  }

  /** Loads a state_dict of PyTorch: a .npz file, which begins with "PK", or safetensors. */
  private static Model loadForeign(Path file, Reader reader) throws IOException {
    boolean zip;
    try (InputStream in = Files.newInputStream(file)) {
      zip = Arrays.equals(in.readNBytes(2), new byte[] {'P', 'K'});
    }
    if (zip) {
      try (Npz tensors = Npz.open(file)) {
        return reader.read(tensors);
      }
    }
    try (Safetensors tensors = Safetensors.open(file)) {
      return reader.read(tensors);
    }
  }

  /** Loads a state_dict whose layers are those of the text. */
  static Model load(Path file, String layers) throws IOException {
    return loadForeign(file, tensors -> ModelFile.load(tensors, layers));
  }

  /** Loads a state_dict with these activations. */
  static Model load(Path file, Activation hidden, Activation output) throws IOException {
    return loadForeign(file, tensors -> ModelFile.load(tensors, hidden, output));
  }

  /** Throws unless the name ends with one of the formats that are written. */
  static void requireEnding(Path file) {
    if (!isOnnx(file) && !endsWith(file, ".npz") && !endsWith(file, ".safetensors")) {
      throw new UsageException(file + ": wanted a name that ends with .onnx, .safetensors or .npz");
    }
  }

  static void save(Model model, Path file) throws IOException {
    if (isOnnx(file)) {
      Onnx.export(model, file);
    } else if (endsWith(file, ".npz")) {
      Npz.writer().add(model.network()).save(file);
    } else {
      ModelFile.save(model, file);
    }
  }
}
