package io.lanewise.data;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.Rows;
import io.lanewise.model.NamedTensors.DType;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The images of an IDX file that stay in the file, unless it is compressed; the classes of their
 * labels are in memory.
 */
final class IdxSource implements RowSource {
  private static final int BUFFER = 1 << 16;

  private final Path images;
  private final DType type;
  private final int headerBytes;
  private final int rows;
  private final int nIn;
  private final int[] labels;
  private final int classes;
  private final byte[] unpacked;

  /**
   * Makes it.
   *
   * @param headerBytes what is before the first image
   * @param labels one a row; null for features alone
   */
  IdxSource(
      Path images, DType type, int headerBytes, int rows, int nIn, int[] labels, int classes) {
    this.images = images;
    this.type = type;
    this.headerBytes = headerBytes;
    this.rows = rows;
    this.nIn = nIn;
    this.labels = labels;
    this.classes = classes;
    unpacked = null;
  }

  /** Makes one of features alone, of a file that was compressed and is in memory. */
  IdxSource(Path images, DType type, byte[] unpacked, int rows, int nIn) {
    this.images = images;
    this.type = type;
    this.unpacked = unpacked;
    this.rows = rows;
    this.nIn = nIn;
    headerBytes = 0;
    labels = null;
    classes = 0;
  }

  @Override
  public long rowCount() {
    return rows;
  }

  @Override
  public int nIn() {
    return nIn;
  }

  @Override
  public int nOut() {
    return classes;
  }

  @Override
  public boolean hasLabels() {
    return labels != null;
  }

  @Override
  public boolean hasWeights() {
    return false;
  }

  @Override
  public RowSource.Reader open(long row) throws IOException {
    Objects.checkIndex(row, rows + 1L);
    return new Reader((int) row);
  }

  private final class Reader implements RowSource.Reader {
    private final InputStream in;
    private final byte[] bytes = new byte[nIn * type.bytes()];
    private final ByteBuffer values = ByteBuffer.wrap(bytes);
    private int next;

    Reader(int row) throws IOException {
      next = row;
      if (unpacked != null) {
        int at = row * bytes.length;
        in = new ByteArrayInputStream(unpacked, at, unpacked.length - at);
        return;
      }
      FileChannel channel = FileChannel.open(images);
      channel.position(headerBytes + (long) row * bytes.length);
      in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    }

    @Override
    public int read(Rows into, int at, int max) throws IOException {
      Objects.checkFromIndexSize(at, max, into.capacity());
      int count = Math.min(max, rows - next);
      for (int i = at; i < at + count; i++) {
        if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
          throw new DataException(images + ": changed while it was in use");
        }
        long first = (long) next * nIn;
        IdxReader.convert(images, type, true, values, nIn, into.features(), i * nIn, first);
        if (labels != null) {
          into.labels()[i] = labels[next];
        }
        next++;
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
