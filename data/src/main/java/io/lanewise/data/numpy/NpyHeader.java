package io.lanewise.data.numpy;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors.DType;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The header of a .npy file: "\x93NUMPY", a version, a length, and a Python dictionary such as
 * {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }}.
 *
 * @param type of its elements, or of the characters of texts
 * @param text the most characters of a text; 0 for numbers
 * @param dataOff where the data begin in the file
 */
record NpyHeader(
    DType type, int text, ByteOrder order, boolean fortran, long[] shape, long dataOff) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  // NumPy's own reader takes 10,000 unless told otherwise.
  private static final int MAX_LENGTH = 1 << 16;
  private static final int MAX_RANK = 64;
  private static final int MAX_TEXT = 1 << 12;

  /** The number of elements. */
  long count() throws ModelFormatException {
    return type.count("header", shape);
  }

  int elementBytes() {
    return type.bytes() * Math.max(1, text);
  }

  /** The bytes of all elements. */
  long bytes() throws ModelFormatException {
    long count = count();
    if (count > Long.MAX_VALUE / elementBytes()) {
      throw new ModelFormatException("header: the product of its shape overflows");
    }
    return count * elementBytes();
  }

  /** Whether the order of the elements is not the same in C and in Fortran. */
  boolean isSwapped() {
    boolean several = Arrays.stream(shape).filter(n -> n > 1).count() > 1;
    return fortran && several && Arrays.stream(shape).allMatch(n -> n > 0);
  }

  /** Such as "F32" or "texts of 8". */
  String typeName() {
    return text == 0 ? type.name() : "texts of " + text;
  }

  static NpyHeader read(NpyBytes source) throws IOException {
    byte[] first = new byte[8];
    source.read(first, 8);
    if (!Arrays.equals(first, 0, 6, MAGIC, 0, 6)) {
      throw new ModelFormatException("not a .npy file: it does not begin with \\x93NUMPY");
    }
    int major = first[6];
    if (major < 1 || major > 3 || first[7] != 0) {
      throw new ModelFormatException(
          "version " + (major & 0xff) + "." + (first[7] & 0xff) + ", wanted 1.0, 2.0 or 3.0");
    }
    int sizeBytes = major == 1 ? Short.BYTES : Integer.BYTES;
    source.read(first, sizeBytes);
    long length = 0;
    for (int i = sizeBytes - 1; i >= 0; i--) {
      length = length << 8 | first[i] & 0xff;
    }
    if (length > MAX_LENGTH) {
      throw new ModelFormatException(
          "a header of " + length + " bytes, wanted at most " + MAX_LENGTH);
    }
    byte[] text = new byte[(int) length];
    source.read(text, text.length);
    return new Parser(new String(text, StandardCharsets.ISO_8859_1)).parse(8 + sizeBytes + length);
  }

  /** The header of a file of version 1.0, C order, little-endian. */
  static byte[] write(String descr, long[] shape) {
    StringBuilder text = new StringBuilder("{'descr': '").append(descr);
    text.append("', 'fortran_order': False, 'shape': (");
    for (int i = 0; i < shape.length; i++) {
      text.append(i == 0 ? "" : " ").append(shape[i]).append(',');
    }
    if (shape.length > 1) {
      text.setLength(text.length() - 1);
    }
    text.append("), }");
    int head = MAGIC.length + 4;
    // As NumPy does: the data begin at a multiple of 64.
    int length = (head + text.length() + 1 + 63) / 64 * 64 - head;
    text.append(" ".repeat(length - 1 - text.length())).append('\n');
    byte[] bytes = Arrays.copyOf(MAGIC, head + length);
    bytes[6] = 1;
    bytes[8] = (byte) length;
    bytes[9] = (byte) (length >> 8);
    System.arraycopy(text.toString().getBytes(StandardCharsets.US_ASCII), 0, bytes, head, length);
    return bytes;
  }

  /** No more of Python than the dictionary needs. */
  private static final class Parser {
    private final String text;
    private int at;
    private DType type;
    private int characters;
    private ByteOrder order;
    private Boolean fortran;
    private long[] shape;

    Parser(String text) {
      this.text = text;
    }

    private ModelFormatException error(String wanted) {
      String rest = text.substring(at, Math.min(text.length(), at + 12));
      return new ModelFormatException(
          "header: wanted "
              + wanted
              + " at character "
              + at
              + ", got "
              + (rest.isEmpty() ? "the end" : "\"" + rest.replaceAll("[^ -~]", "?") + "\""));
    }

    private boolean take(String token) {
      while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
        at++;
      }
      if (text.startsWith(token, at)) {
        at += token.length();
        return true;
      }
      return false;
    }

    private void expect(String token) throws ModelFormatException {
      if (!take(token)) {
        throw error(token);
      }
    }

    NpyHeader parse(long dataOff) throws ModelFormatException {
      expect("{");
      while (!take("}")) {
        String key = string();
        expect(":");
        if (key.equals("descr") && type == null) {
          type(take("[") ? "[" : string());
        } else if (key.equals("fortran_order") && fortran == null) {
          fortran = take("True");
          if (!fortran) {
            expect("False");
          }
        } else if (key.equals("shape") && shape == null) {
          shape = shape();
        } else {
          throw new ModelFormatException("header: '" + key + "' is not known, or there twice");
        }
        if (!take(",")) {
          expect("}");
          break;
        }
      }
      take("");
      if (at != text.length()) {
        throw error("nothing more");
      }
      if (type == null || fortran == null || shape == null) {
        throw new ModelFormatException("header: wanted 'descr', 'fortran_order' and 'shape'");
      }
      NpyHeader header = new NpyHeader(type, characters, order, fortran, shape, dataOff);
      header.bytes();
      return header;
    }

    private String string() throws ModelFormatException {
      String quote = take("'") ? "'" : "\"";
      if (quote.equals("\"")) {
        expect(quote);
      }
      int end = text.indexOf(quote, at);
      if (end < 0 || end - at > 32) {
        throw error("a short string");
      }
      String string = text.substring(at, end);
      at = end + 1;
      return string;
    }

    private void type(String descr) throws ModelFormatException {
      String name = descr.isEmpty() ? "" : descr.substring(1);
      type =
          switch (name) {
            case "b1" -> DType.BOOL;
            case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8" ->
                DType.valueOf(name.toUpperCase(Locale.ROOT).charAt(0) + bits(name));
            default -> text(name);
          };
      char sign = descr.isEmpty() ? 0 : descr.charAt(0);
      boolean ordered =
          sign == '<' || sign == '>' || sign == '|' && type != null && type.bytes() == 1;
      if (type == null || !ordered) {
        throw new ModelFormatException(
            descr.equals("[")
                ? "its elements are records, wanted numbers"
                : "its elements are of type '"
                    + descr.replaceAll("[^ -~]", "?")
                    + "', wanted floats, integers, b1 or texts"
                    + (descr.endsWith("O")
                        ? ": Python objects are not read: save a.astype(str), or a.astype(float)"
                        : ""));
      }
      order = sign == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    /** The characters of texts, U8 of bytes and U32 of code points; null if it is neither. */
    private @Nullable DType text(String name) {
      if (!name.matches("[SaU][0-9]{1,4}")) {
        return null;
      }
      characters = Integer.parseInt(name.substring(1));
      boolean fits = characters >= 1 && characters <= MAX_TEXT;
      return !fits ? null : name.charAt(0) == 'U' ? DType.U32 : DType.U8;
    }

    private static String bits(String name) {
      return Integer.toString(8 * (name.charAt(1) - '0'));
    }

    private long[] shape() throws ModelFormatException {
      expect("(");
      long[] dimensions = new long[MAX_RANK];
      int rank = 0;
      while (!take(")")) {
        if (rank == MAX_RANK) {
          throw error("at most " + MAX_RANK + " dimensions");
        }
        dimensions[rank++] = integer();
        if (!take(",")) {
          expect(")");
          break;
        }
      }
      return Arrays.copyOf(dimensions, rank);
    }

    private long integer() throws ModelFormatException {
      take("");
      int start = at;
      while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0) {
        at++;
      }
      if (at == start || at - start > 18) {
        at = start;
        throw error("a whole number of at most 18 digits");
      }
      return Long.parseLong(text.substring(start, at));
    }
  }
}
