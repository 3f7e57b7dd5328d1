package io.lanewise.spark;

import io.lanewise.dataset.RowSource;
import io.lanewise.dataset.RowSource.Rows;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Rows of which a worker's own run is in a file of this machine, where any row is read at once. The
 * others are read where they are. The file is gone when the process is, however it ends.
 */
final class LocalRows implements RowSource, Closeable {
  private static final int CHUNK = 256;

  private final RowSource all;
  private final long first;
  private final long end;
  private final int stride;
  private final FileChannel file;

  /**
   * Copies a run.
   *
   * @param first its first row
   * @param end its end
   * @param folder where the file is
   */
  LocalRows(RowSource all, long first, long end, Path folder) throws IOException {
    this.all = all;
    this.first = first;
    this.end = end;
    int targets = all.hasLabels() ? 1 : all.nOut();
    stride = Math.multiplyExact(4, all.nIn() + targets + (all.hasWeights() ? 1 : 0));
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free / stride < end - first) {
      throw new IOException(
          "the rows of this worker need "
              + ((end - first) * stride >> 20)
              + " MB in "
              + folder
              + ", where "
              + (free >> 20)
              + " MB are free: spark.local.dir says another place");
    }
    Path path = Files.createTempFile(folder, "lanewise-rows-", ".tmp");
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
    try {
      copy();
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void copy() throws IOException {
    Rows rows = new Rows(all, CHUNK);
    ByteBuffer bytes = ByteBuffer.allocateDirect(Math.multiplyExact(CHUNK, stride));
    try (Reader reader = all.open(first)) {
      for (long row = first; row < end; ) {
        int count = reader.read(rows, 0, (int) Math.min(CHUNK, end - row));
        if (count == 0) {
          throw new EOFException("the files have fewer rows than when they were opened");
        }
        bytes.clear();
        for (int i = 0; i < count; i++) {
          put(rows, i, bytes);
        }
        bytes.flip();
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        row += count;
      }
    }
  }

  private void put(Rows rows, int i, ByteBuffer bytes) {
    int n = all.nIn();
    for (int j = 0; j < n; j++) {
      bytes.putFloat(rows.features()[i * n + j]);
    }
    if (all.hasLabels()) {
      bytes.putInt(rows.labels()[i]);
    } else {
      for (int j = 0; j < all.nOut(); j++) {
        bytes.putFloat(rows.targets()[i * all.nOut() + j]);
      }
    }
    if (all.hasWeights()) {
      bytes.putFloat(rows.weights()[i]);
    }
  }

  private void take(ByteBuffer bytes, Rows rows, int i) {
    int n = all.nIn();
    bytes.asFloatBuffer().get(rows.features(), i * n, n);
    bytes.position(bytes.position() + 4 * n);
    if (all.hasLabels()) {
      rows.labels()[i] = bytes.getInt();
    } else {
      for (int j = 0; j < all.nOut(); j++) {
        rows.targets()[i * all.nOut() + j] = bytes.getFloat();
      }
    }
    if (all.hasWeights()) {
      rows.weights()[i] = bytes.getFloat();
    }
  }

  @Override
  public long rowCount() {
    return all.rowCount();
  }

  @Override
  public int nIn() {
    return all.nIn();
  }

  @Override
  public int nOut() {
    return all.nOut();
  }

  @Override
  public boolean hasLabels() {
    return all.hasLabels();
  }

  @Override
  public boolean hasWeights() {
    return all.hasWeights();
  }

  @Override
  public Reader open(long row) {
    return new Both(row);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private final class Both implements Reader {
    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK * stride);
    private long next;
    private @Nullable Reader other;

    Both(long row) {
      next = row;
    }

    @Override
    public int read(Rows rows, int at, int max) throws IOException {
      int done = 0;
      while (done < max && next < rowCount()) {
        int count = next >= first && next < end ? own(rows, at + done, max - done) : 0;
        if (count == 0) {
          long until = next < first ? first : rowCount();
          count = others(rows, at + done, (int) Math.min(max - done, until - next));
        }
        next += count;
        done += count;
      }
      return done;
    }

    private int own(Rows rows, int at, int max) throws IOException {
      int count = (int) Math.min(Math.min(max, CHUNK), end - next);
      bytes.clear().limit(count * stride);
      long from = (next - first) * stride;
      while (bytes.hasRemaining()) {
        int read = file.read(bytes, from + bytes.position());
        if (read < 0) {
          throw new EOFException("the copy of the rows was cut");
        }
      }
      bytes.flip();
      for (int i = 0; i < count; i++) {
        take(bytes, rows, at + i);
      }
      close();
      return count;
    }

    private int others(Rows rows, int at, int max) throws IOException {
      if (other == null) {
        other = all.open(next);
      }
      int count = other.read(rows, at, max);
      if (count == 0) {
        throw new EOFException("the files have fewer rows than when they were opened");
      }
      return count;
    }

    @Override
    public void close() throws IOException {
      if (other != null) {
        other.close();
        other = null;
      }
    }
  }
}
