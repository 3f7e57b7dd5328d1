package io.lanewise.cli;

import io.lanewise.data.numpy.Npz;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFile;
import io.lanewise.onnx.Onnx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    requireFile(file);
    return isOnnx(file) ? Onnx.load(file).toModel() : ModelFile.load(file);
  }

  /** Throws if it is a folder, of which the system says no name. */
  static void requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw new UsageException(file + ": a folder, not a file");
    }
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
