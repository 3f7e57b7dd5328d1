package io.lanewise.onnx.internal;

import io.lanewise.data.internal.FileKind;
import io.lanewise.data.internal.ModelFormat;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
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
      return folded(onnx);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(file + ": " + e.getMessage());
    }
  }

  @Override
  public Model load(byte[] file) throws IOException {
    return folded(OnnxModel.parse(file));
  }

  private static Model folded(OnnxModel onnx) throws ModelFormatException {
    // Which output, and what it is called, is another question than whether the graph folds.
    onnx.classes();
    try {
      return onnx.toModel();
    } catch (ModelFormatException e) {
      throw new ModelFormatException(
          e.getMessage() + "; OnnxModel.rows() and lanewise predict run the graph as it is");
    }
  }

  @Override
  public String toString() {
    return "OnnxFormat[" + kind() + "]";
  }
}
