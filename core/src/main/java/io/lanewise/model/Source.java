package io.lanewise.model;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/** Bytes in order, from somewhere in a file. */
interface Source extends Closeable {
  /**
   * Reads so many bytes.
   *
   * @throws ModelFormatException if there are not so many
   */
  void read(byte[] to, int length) throws IOException;

  /**
   * Says that all has been read.
   *
   * @throws ModelFormatException if there is more, or it was damaged
   */
  default void end() throws IOException {}

  @Override
  default void close() throws IOException {}

  /** Those from a position of a channel on, wherever others leave it. */
  static Source of(SeekableByteChannel channel, long position) {
    long[] at = {position};
    return (to, length) -> {
      ByteBuffer buffer = ByteBuffer.wrap(to, 0, length);
      while (buffer.hasRemaining()) {
        int count = channel.position(at[0]).read(buffer);
        if (count < 0) {
          throw new ModelFormatException("truncated");
        }
        at[0] += count;
      }
    };
  }
}
