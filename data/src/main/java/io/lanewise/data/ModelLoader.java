package io.lanewise.data;

import io.lanewise.data.internal.FileKind;
import io.lanewise.data.internal.ModelFormat;
import io.lanewise.model.Model;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.ServiceLoader;

/** Loads a model and what it means, of any format that is there, told by its first bytes. */
final class ModelLoader {
  /** What bytes that are in no file are called. */
  private static final String BYTES = "the model's bytes";

  private ModelLoader() {}

  static Meaning load(Path file) throws IOException {
    Objects.requireNonNull(file, "file");
    if (Files.isDirectory(file)) {
      throw new DataException(file + ": a folder, not a file");
    }
    FileKind kind = FileKind.of(file);
    return switch (kind) {
      case SAFETENSORS, OTHER -> meaning(Model.load(file), file);
      case ONNX -> meaning(format(kind, file).load(file), file);
      default -> throw new DataException(file + ": " + kind.wanted(file, "a model"));
    };
  }

  static Meaning load(byte[] file) throws IOException {
    Objects.requireNonNull(file, "file");
    FileKind kind = FileKind.of(file);
    return switch (kind) {
      case SAFETENSORS, OTHER ->
          meaning(Model.load(Safetensors.open(new Bytes(file), BYTES)), BYTES);
      case ONNX -> meaning(foreign(format(kind, BYTES), file), BYTES);
      default -> throw new DataException(BYTES + ": " + kind.wanted(Path.of("model"), "a model"));
    };
  }

  private static Model foreign(ModelFormat format, byte[] file) throws IOException {
    try {
      return format.load(file);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(BYTES + ": " + e.getMessage());
    }
  }

  private static Meaning meaning(Model model, Object file) throws DataException {
    try {
      return Meaning.of(model);
    } catch (DataException e) {
      throw new DataException(file + ": " + e.getMessage());
    }
  }

  private static ModelFormat format(FileKind kind, Object file) throws DataException {
    // Of our own class loader too: a thread of a pool may have one that knows nothing of this.
    for (ClassLoader loader :
        new ClassLoader[] {
          Thread.currentThread().getContextClassLoader(), ModelLoader.class.getClassLoader()
        }) {
      for (ModelFormat format : ServiceLoader.load(ModelFormat.class, loader)) {
        if (format.kind() == kind) {
          return format;
        }
      }
    }
    throw new DataException(
        file + ": an ONNX file: add lanewise-onnx to the class path to read it");
  }

  /** Bytes in memory that are read as a file is. */
  private static final class Bytes implements SeekableByteChannel {
    private final byte[] bytes;
    private long position;
    private boolean closed;

    Bytes(byte[] bytes) {
      this.bytes = bytes;
    }

    private void requireOpen() throws ClosedChannelException {
      if (closed) {
        throw new ClosedChannelException();
      }
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      requireOpen();
      if (position >= bytes.length) {
        return -1;
      }
      int count = (int) Math.min(to.remaining(), bytes.length - position);
      to.put(bytes, (int) position, count);
      position += count;
      return count;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long wanted) {
      position = wanted;
      return this;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int write(ByteBuffer from) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
      throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
      return !closed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
