package io.lanewise.data;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The images of an IDX file that stay in the file, unless it is compressed; what they should give
 * is in memory.
 */
final class IdxSource implements RowSource {
  private static final int BUFFER = 1 << 16;

  private final IdxFeatures features;
  private final int headerBytes;
  private final int rows;
  private final int nIn;
  private final int @Nullable [] labels;
  private final float @Nullable [] targets;
  private final int nOut;
  private final byte @Nullable [] unpacked;

  /**
   * Makes it.
   *
   * @param headerBytes what is before the first image
   * @param labels one a row; null if there are none
   * @param targets nOut a row; null if there are none
   * @param nOut classes, or targets a row; 0 for features alone
   * @param unpacked all images of a file that is compressed; else null
   */
  IdxSource(
      IdxFeatures features,
      int headerBytes,
      int rows,
      int nIn,
      int @Nullable [] labels,
      float @Nullable [] targets,
      int nOut,
      byte @Nullable [] unpacked) {
    this.features = features;
    this.headerBytes = headerBytes;
    this.rows = rows;
    this.nIn = nIn;
    this.labels = labels;
    this.targets = targets;
    this.nOut = nOut;
    this.unpacked = unpacked;
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
    return nOut;
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
    private final byte[] bytes = new byte[nIn * features.type().bytes()];
    private final ByteBuffer values = ByteBuffer.wrap(bytes);
    private int next;

    Reader(int row) throws IOException {
      next = row;
      if (unpacked != null) {
        int at = row * bytes.length;
        in = new ByteArrayInputStream(unpacked, at, unpacked.length - at);
        return;
      }
      FileChannel channel = FileChannel.open(features.file());
      channel.position(headerBytes + (long) row * bytes.length);
      in = new BufferedInputStream(Channels.newInputStream(channel), BUFFER);
    }

    @Override
    public int read(Rows into, int at, int max) throws IOException {
      Objects.checkFromIndexSize(at, max, into.capacity());
      int count = Math.min(max, rows - next);
      for (int i = at; i < at + count; i++) {
        if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
          throw new DataException(features.file() + ": changed while it was in use");
        }
        long first = (long) next * nIn;
        features.convert(values, nIn, into.features(), i * nIn, first);
        if (labels != null) {
          into.labels()[i] = labels[next];
        } else if (targets != null) {
          System.arraycopy(targets, next * nOut, into.targets(), i * nOut, nOut);
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
