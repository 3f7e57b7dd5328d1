package io.lanewise.cli;

import io.lanewise.data.internal.FileKind;
import io.lanewise.data.numpy.Npz;
import io.lanewise.model.Model;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Files of models: what is read is told by its first bytes, what is written by its name. */
final class ModelFiles {
  /** Of safetensors: the length of a header, and its first character. */
  static final int SHORTEST = 9;

  private ModelFiles() {}

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** Tells an ONNX file by its first bytes; where they say nothing, by its name. */
  static boolean isOnnx(Path file) throws IOException {
    requireFile(file);
    FileKind kind = FileKind.of(file);
    boolean silent = kind == FileKind.OTHER || Files.size(file) < SHORTEST;
    return kind == FileKind.ONNX || silent && endsWith(file, ".onnx");
  }

  /** Throws unless it is a model by itself: weights alone have to be imported. */
  static void requireModel(Path file) throws IOException {
    requireFile(file);
    FileKind kind = FileKind.of(file);
    if (kind == FileKind.NPZ) {
      throw new UsageException(
          file
              + ": an .npz file has weights but no layers: lanewise import "
              + file
              + " model.safetensors --activation relu --output softmax, or --layers");
    }
    if (kind != FileKind.SAFETENSORS && !isOnnx(file)) {
      throw new UsageException(file + ": " + kind.wanted(file, "a model: safetensors or ONNX"));
    }
  }

  /** Throws if it is a folder, of which the system says no name. */
  static void requireFile(Path file) {
    if (Files.isDirectory(file)) {
      throw new UsageException(file + ": a folder, not a file");
    }
  }

  /** Throws unless the name ends with one of the formats that are written. */
  static void requireEnding(Path file) {
    if (!endsWith(file, ".onnx") && !endsWith(file, ".npz") && !endsWith(file, ".safetensors")) {
      throw new UsageException(file + ": wanted a name that ends with .onnx, .safetensors or .npz");
    }
  }

  /** Throws if the name has an ending of no format that is written. */
  static void requireWritten(Path file) {
    if (!endsWith(file, ".npz")) {
      requireModelEnding(file);
    }
  }

  /** Throws if the name is that of another format; without an ending it is safetensors. */
  static void requireModelEnding(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    boolean model = name.endsWith(".onnx") || name.endsWith(".safetensors");
    if (!model && name.indexOf('.', 1) > 0) {
      throw new UsageException(
          file
              + ": a model is written as .safetensors or .onnx: give such a name"
              + (name.endsWith(".npz") ? "; lanewise export makes an .npz file of it" : ""));
    }
  }

  /** Writes what the name says. */
  static void save(Model model, Path file) throws IOException {
    if (endsWith(file, ".onnx")) {
      OnnxModel.export(model, file);
    } else if (endsWith(file, ".npz")) {
      Npz.writer().add(model.network()).metadata(model.metadata()).save(file);
    } else {
      model.save(file);
    }
  }
}
