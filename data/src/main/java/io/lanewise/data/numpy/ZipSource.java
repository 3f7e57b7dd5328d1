package io.lanewise.data.numpy;

import io.lanewise.model.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The bytes of an entry of a zip file, held to its size and its checksum. */
final class ZipSource implements NpyBytes {
  private final ZipEntry entry;
  private final CheckedInputStream in;

  /** Those from a position on; those before it are read, for the checksum. */
  ZipSource(ZipFile zip, ZipEntry entry, long position) throws IOException {
    this.entry = entry;
    try {
      in = new CheckedInputStream(zip.getInputStream(entry), new CRC32());
    } catch (ZipException | EOFException e) {
      throw damaged(e);
    }
    byte[] skipped = new byte[(int) Math.min(position, 1 << 16)];
    for (long left = position; left > 0; ) {
      int n = (int) Math.min(left, skipped.length);
      read(skipped, n);
      left -= n;
    }
  }

  private static ModelFormatException damaged(IOException e) {
    return new ModelFormatException(
        e instanceof EOFException ? "truncated" : "damaged: " + e.getMessage());
  }

  @Override
  public void read(byte[] to, int length) throws IOException {
    int count;
    try {
      count = in.readNBytes(to, 0, length);
    } catch (ZipException | EOFException e) {
      throw damaged(e);
    }
    if (count < length) {
      throw new ModelFormatException("truncated");
    }
  }

  @Override
  public void end() throws IOException {
    try {
      if (in.read() >= 0) {
        throw new ModelFormatException("longer than the zip file says");
      }
    } catch (ZipException | EOFException e) {
      throw damaged(e);
    }
    if (in.getChecksum().getValue() != entry.getCrc()) {
      throw new ModelFormatException("damaged: its checksum does not match");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
