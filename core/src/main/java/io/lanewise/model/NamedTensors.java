package io.lanewise.model;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;

/** Tensors by name, in whichever file. */
abstract class NamedTensors implements Closeable {
  private final Path file;

  NamedTensors(Path file) {
    this.file = file;
  }

  /** Opens a .npz file, which begins with "PK", or else one of safetensors. */
  static NamedTensors open(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 2)) {
      if (in.read() == 'P' && in.read() == 'K') {
        return new OfNpz(file);
      }
    }
    return new OfSafetensors(file);
  }

  abstract Collection<String> names();

  abstract Map<String, String> metadata();

  abstract DType type(String name) throws IOException;

  abstract long[] shape(String name) throws IOException;

  /** See {@link Safetensors#read}. */
  abstract void read(String name, float[] to, int off, int rowStride, int columnStride)
      throws IOException;

  ModelFormatException error(String message) {
    return new ModelFormatException(message).in(file);
  }

  private static final class OfSafetensors extends NamedTensors {
    private final Safetensors tensors;

    OfSafetensors(Path file) throws IOException {
      super(file);
      tensors = Safetensors.open(file);
    }

    @Override
    Collection<String> names() {
      return tensors.entries().stream().map(Safetensors.Entry::name).toList();
    }

    @Override
    Map<String, String> metadata() {
      return tensors.metadata();
    }

    @Override
    DType type(String name) throws IOException {
      return tensors.entry(name).type();
    }

    @Override
    long[] shape(String name) throws IOException {
      return tensors.entry(name).shape();
    }

    @Override
    void read(String name, float[] to, int off, int rowStride, int columnStride)
        throws IOException {
      tensors.read(name, to, off, rowStride, columnStride);
    }

    @Override
    public void close() throws IOException {
      tensors.close();
    }
  }

  private static final class OfNpz extends NamedTensors {
    private final Npz arrays;

    OfNpz(Path file) throws IOException {
      super(file);
      arrays = Npz.open(file);
    }

    @Override
    Collection<String> names() {
      return arrays.names();
    }

    @Override
    Map<String, String> metadata() {
      return Map.of();
    }

    @Override
    DType type(String name) throws IOException {
      try (Npy array = arrays.array(name)) {
        return array.type();
      }
    }

    @Override
    long[] shape(String name) throws IOException {
      try (Npy array = arrays.array(name)) {
        return array.shape();
      }
    }

    @Override
    void read(String name, float[] to, int off, int rowStride, int columnStride)
        throws IOException {
      try (Npy array = arrays.array(name)) {
        long[] shape = array.shape();
        int columns = (int) shape[shape.length - 1];
        float[] values = array.floats();
        for (int e = 0; e < values.length; e++) {
          to[off + e / columns * rowStride + e % columns * columnStride] = values[e];
        }
      }
    }

    @Override
    public void close() throws IOException {
      arrays.close();
    }
  }
}
