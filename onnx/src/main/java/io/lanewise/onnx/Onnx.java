package io.lanewise.onnx;

import java.io.IOException;
import java.nio.file.Path;

/** ONNX files in and out. */
public final class Onnx {
  private Onnx() {}

  /**
   * Loads a model; see {@link OnnxModel#load}.
   *
   * @throws io.lanewise.model.ModelFormatException if it is no valid model, or has something that
   *     is not supported
   * @throws IOException if it cannot be read
   */
  public static OnnxModel load(Path file) throws IOException {
    return OnnxModel.load(file);
  }
}
