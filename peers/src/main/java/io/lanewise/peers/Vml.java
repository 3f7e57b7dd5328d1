package io.lanewise.peers;

import static io.lanewise.peers.Native.INT;
import static io.lanewise.peers.Native.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** MKL's vector mathematics. */
final class Vml {
  public interface GetVersion {
    void call(MemorySegment text, int length);
  }

  private Vml() {}

  static String version(Native mkl) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(256);
      mkl.function(GetVersion.class, "MKL_Get_Version_String", null, POINTER, INT).call(text, 255);
      return text.getString(0).strip();
    }
  }
}
