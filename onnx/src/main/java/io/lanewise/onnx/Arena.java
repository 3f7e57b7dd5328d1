package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.List;

/** Lays out the arrays that all floats, or all integers, on the way of a run share. */
final class Arena {
  private Arena() {}

  /**
   * Gives each buffer of a kind its place: the largest first, where nothing is at its time.
   *
   * @param limit how many elements there may be
   * @return how many elements the array has
   */
  static int place(List<Buffer> buffers, Buffer.Place kind, long limit)
      throws ModelFormatException {
    List<Buffer> bySize = new ArrayList<>(buffers);
    bySize.removeIf(buffer -> buffer.first < 0 || buffer.place != kind);
    bySize.sort((a, b) -> Integer.compare(b.size, a.size));
    List<Buffer> placed = new ArrayList<>();
    long end = 0;
    for (Buffer buffer : bySize) {
      long at = Room.START;
      for (Buffer other : placed) {
        if (other.meets(buffer) && other.at < at + buffer.size && at < end(other)) {
          at = end(other);
        }
      }
      end = Math.max(end, at + buffer.size);
      if (end > Shapes.MAX_COUNT || end > limit) {
        throw new ModelFormatException("the run needs more memory than its limit");
      }
      buffer.at = (int) at;
      int place = 0;
      while (place < placed.size() && placed.get(place).at <= at) {
        place++;
      }
      placed.add(place, buffer);
    }
    return (int) end;
  }

  /** Where the next line begins. */
  private static long end(Buffer buffer) {
    long lines = (buffer.size + Room.LINE - 1L) / Room.LINE;
    return buffer.at + lines * Room.LINE;
  }
}
