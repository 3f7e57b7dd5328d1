package io.lanewise.data;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Opens files that may be compressed by gzip: their first two bytes say so, not their name. Past a
 * mebibyte, one that becomes more than {@value #MOST_TIMES} times as large is refused.
 */
final class Input {
  private static final int GZIP_1 = 0x1f;
  private static final int GZIP_2 = 0x8b;
  private static final int BUFFER = 1 << 16;
  private static final int MOST_TIMES = 200;

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
      return new Expanded(file, new GZIPInputStream(in, BUFFER));
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

  /** What comes out of a compressed file, as long as it is not absurdly much. */
  private static final class Expanded extends FilterInputStream {
    private final Path file;
    private long left;

    Expanded(Path file, InputStream in) throws IOException {
      super(in);
      this.file = file;
      left = (1 << 20) + MOST_TIMES * Files.size(file);
    }

    private int counted(int read) throws DataException {
      left -= Math.max(0, read);
      if (left < 0) {
        throw new DataException(
            file + ": expands to more than " + MOST_TIMES + " times its size: decompress it first");
      }
      return read;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      counted(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] to, int off, int length) throws IOException {
      return counted(super.read(to, off, length));
    }

    @Override
    public long skip(long n) throws IOException {
      return counted((int) super.skip(Math.min(n, BUFFER)));
    }
  }
}
