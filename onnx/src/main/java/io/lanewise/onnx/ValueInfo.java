package io.lanewise.onnx;

import java.util.Objects;

/**
 * An input or output of a graph, as the file declares it.
 *
 * @param name its name
 * @param type the type of its elements; null for an output of which the file does not say it, or
 *     that is no tensor there
 * @param dims its shape, -1 for a dimension that is open; null if the file does not say
 */
public record ValueInfo(String name, ElementType type, int[] dims) {

  /** Takes a copy of dims. */
  public ValueInfo {
    Objects.requireNonNull(name, "name");
    dims = dims == null ? null : dims.clone();
  }

  /** Returns a copy of the shape, or null. */
  @Override
  public int[] dims() {
    return dims == null ? null : dims.clone();
  }

  /** Returns the name, the type and the shape, such as "x: FLOAT (?, 4)". */
  @Override
  public String toString() {
    return name
        + ": "
        + (type == null ? "?" : type)
        + (dims == null ? "" : " " + Shapes.text(dims));
  }
}
