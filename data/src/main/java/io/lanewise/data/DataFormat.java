package io.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a data file is, told by its first bytes; all but the arrays of NumPy may be gzipped. */
public enum DataFormat {
  /** Comma-separated values; what is nothing else. */
  CSV,
  /** IDX of unsigned bytes, as MNIST comes. */
  IDX,
  /** One array of NumPy. */
  NPY,
  /** Arrays of NumPy in a zip file. */
  NPZ,
  /** Lines of libsvm, {@code label index:value ...}. */
  LIBSVM;

  /**
   * Looks at a file.
   *
   * @throws DataException if it is a folder, or a damaged gzip file
   * @throws IOException if it cannot be read
   */
  public static DataFormat of(Path file) throws IOException {
    return of(file, null);
  }

  /**
   * Looks at a file.
   *
   * @param charset what its bytes are if it is a text; null if nobody said so
   * @throws DataException if it is a folder, or a damaged gzip file
   * @throws IOException if it cannot be read
   */
  public static DataFormat of(Path file, @Nullable Charset charset) throws IOException {
    byte[] first;
    try (InputStream in = Input.open(file)) {
      first = in.readNBytes(TextFormat.LOOK);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
    String text = new String(first, StandardCharsets.ISO_8859_1);
    if (text.startsWith("\u0093NUMPY")) {
      return NPY;
    }
    if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
      return NPZ;
    }
    if (first.length >= 4 && first[0] == 0 && first[1] == 0 && first[2] >= 0) {
      return IDX;
    }
    for (String line : TextFormat.of(file.toString(), first, charset).start().split("\n")) {
      if (!line.isBlank() && !line.strip().startsWith("#")) {
        return LibsvmReader.looksLikeLibsvm(line) ? LIBSVM : CSV;
      }
    }
    return CSV;
  }
}
