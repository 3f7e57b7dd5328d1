package io.lanewise.onnx;

import io.lanewise.data.ModelFormat;
import io.lanewise.data.weights.FileKind;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * ONNX files for {@code lanewise-data}, where it is there; nothing else of this module needs it.
 */
public final class OnnxFormat implements ModelFormat {
  /** Makes it; {@link java.util.ServiceLoader} does. */
  public OnnxFormat() {}

  @Override
  public FileKind kind() {
    return FileKind.ONNX;
  }

  @Override
  public Model load(Path file) throws IOException {
    OnnxModel onnx = OnnxModel.load(file);
    try {
      return onnx.toModel();
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage());
    }
  }

  @Override
  public Model load(byte[] file) throws IOException {
    return OnnxModel.parse(file).toModel();
  }
}
