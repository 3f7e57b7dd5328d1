package io.lanewise.data;

import io.lanewise.data.internal.FileKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;
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

  private static final Pattern NUMBERS =
      Pattern.compile("[0-9.eE+-]{1,40}(,[0-9.eE+-]{1,40}){0,40}");
  private static final Pattern PAIR = Pattern.compile("([0-9]{1,9}|qid):[0-9.eE+-]{1,40}");

  /**
   * Looks at a file.
   *
   * @throws DataException if it is a folder, a damaged gzip file, or of a format that has no rows
   *     here, such as Parquet or a pickle; the message names what converts it
   * @throws IOException if it cannot be read
   */
  public static DataFormat of(Path file) throws IOException {
    return of(file, null);
  }

  /**
   * Looks at a file.
   *
   * @param charset what its bytes are if it is a text; null if nobody said so
   * @throws DataException if it is a folder, a damaged gzip file, or of a format that has no rows
   *     here, such as Parquet or a pickle; the message names what converts it
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
    FileKind kind = FileKind.of(file);
    boolean weights = text.startsWith("\0\0\0\0{", 4) || kind == FileKind.ONNX;
    if (kind.isForeign() || weights) {
      throw new DataException(file + ": " + kind.wantedRows(file));
    }
    if (text.startsWith("PK\3\4") || text.startsWith("PK\5\6")) {
      return NPZ;
    }
    if (first.length >= 4 && first[0] == 0 && first[1] == 0 && first[2] >= 0) {
      return IDX;
    }
    return isLibsvm(TextFormat.of(file.toString(), first, charset).start()) ? LIBSVM : CSV;
  }

  /** The first line that is more than a number says it: a row may have no features. */
  private static boolean isLibsvm(String start) {
    for (String line : start.split("\n")) {
      String[] tokens = line.split("#", 2)[0].strip().split("\\s+", 4);
      boolean number = NUMBERS.matcher(tokens[0]).matches();
      boolean one = number && tokens[0].indexOf(',') < 0;
      if (tokens[0].isEmpty() || one && tokens.length == 1) {
        continue;
      }
      // A row of several labels, or without any, is one that the reader names.
      boolean sure = tokens.length > 2 && isPair(tokens[2]);
      return tokens.length > 1 && isPair(tokens[1]) && (one || sure && number || isPair(tokens[0]));
    }
    return false;
  }

  private static boolean isPair(String token) {
    return PAIR.matcher(token).matches();
  }
}
