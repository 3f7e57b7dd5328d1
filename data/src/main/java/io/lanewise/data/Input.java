package io.lanewise.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files that may be compressed by gzip: their first two bytes say so, not their name. */
final class Input {
  private static final int GZIP_1 = 0x1f;
  private static final int GZIP_2 = 0x8b;
  private static final int BUFFER = 1 << 16;

  private Input() {}

  static boolean isCompressed(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new DataException(file + ": a folder, not a file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.read() == GZIP_1 && in.read() == GZIP_2;
    }
  }

  static InputStream open(Path file) throws IOException {
    boolean compressed = isCompressed(file);
    InputStream in = Files.newInputStream(file);
    if (!compressed) {
      return new BufferedInputStream(in, BUFFER);
    }
    try {
      return new GZIPInputStream(in, BUFFER);
    } catch (IOException e) {
      in.close();
      throw new DataException(file + ": damaged gzip file: " + e.getMessage());
    }
  }

  /** What a damaged gzip stream throws while it is read is content, not the disk's failure. */
  static IOException translate(Path file, IOException e) {
    return e instanceof ZipException || e instanceof java.io.EOFException
        ? new DataException(file + ": damaged gzip file: " + e.getMessage())
        : e;
  }
}
