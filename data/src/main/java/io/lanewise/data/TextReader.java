package io.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.util.HexFormat;

/**
 * The characters of a stream. Bytes that are none are a {@link DataException} that names their
 * place, once all characters before them were taken.
 */
abstract class TextReader extends Reader {
  private static final int BYTES = 1 << 16;
  private static final int CHARS = 1 << 11;

  private final InputStream in;
  private final CharsetDecoder decoder;
  private final ByteBuffer bytes = ByteBuffer.allocate(BYTES).flip();
  private final CharBuffer chars = CharBuffer.allocate(CHARS).flip();
  private CoderResult result = CoderResult.UNDERFLOW;
  private boolean end;

  /** Reads from a stream, which it closes. */
  TextReader(InputStream in, Charset charset) {
    this.in = in;
    // A new decoder reports what is malformed; that of a reader would put U+FFFD there.
    decoder = charset.newDecoder();
  }

  /** Takes characters that are about to be returned. */
  abstract void take(char[] text, int off, int length);

  /** An error at the place after all characters that were taken. */
  abstract DataException error(String what);

  @Override
  public final int read(char[] to, int off, int length) throws IOException {
    while (!chars.hasRemaining()) {
      if (result.isError()) {
        throw error(malformed());
      }
      if (end && result.isUnderflow()) {
        return -1;
      }
      fill();
    }
    int count = Math.min(length, chars.remaining());
    chars.get(to, off, count);
    take(to, off, count);
    return count;
  }

  private void fill() throws IOException {
    if (!end && result.isUnderflow()) {
      bytes.compact();
      int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
      end = read < 0;
      bytes.position(bytes.position() + Math.max(0, read)).flip();
    }
    chars.clear();
    result = decoder.decode(bytes, chars, end);
    if (end && result.isUnderflow()) {
      result = decoder.flush(chars);
    }
    chars.flip();
  }

  private String malformed() {
    byte[] wrong = new byte[Math.min(result.length(), bytes.remaining())];
    bytes.get(bytes.position(), wrong);
    String name = decoder.charset().name();
    return (wrong.length == 1 ? "byte " : "bytes ")
        + HexFormat.ofDelimiter(" ").withUpperCase().withPrefix("0x").formatHex(wrong)
        + (wrong.length == 1 ? " is not " : " are not ")
        + name
        + ": say the encoding of the file, such as --encoding "
        + (name.equals("windows-1252") ? "ISO-8859-1" : "windows-1252");
  }

  @Override
  public final void close() throws IOException {
    in.close();
  }
}
