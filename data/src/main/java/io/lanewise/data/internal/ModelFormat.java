package io.lanewise.data.internal;

import io.lanewise.model.Model;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Files of models that are not ours, so that {@link io.lanewise.data.RowPredictor#load} takes them.
 * It finds those that are on the class path or module path by {@link java.util.ServiceLoader};
 * {@code lanewise-onnx} has that of ONNX.
 */
public interface ModelFormat {
  /** Returns the files that it reads. */
  FileKind kind();

  /**
   * Reads a model from a file, and from those that may lie beside it.
   *
   * @throws IOException if it cannot be read, or is no valid model; the message names the file
   */
  Model load(Path file) throws IOException;

  /**
   * Reads a model from the bytes of a file.
   *
   * @throws IOException if it is no valid model
   */
  Model load(byte[] file) throws IOException;
}
