package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.GZIPInputStream;

/** Reads the data that come with this module. */
final class Resource {
  private Resource() {}

  static Dataset read(String name, CsvReader reader) {
    try (InputStream resource = Resource.class.getResourceAsStream(name);
        InputStream in = new GZIPInputStream(resource)) {
      return reader.read(in, name).dataset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
