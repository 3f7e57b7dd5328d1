package io.lanewise.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the bytes of a text file become characters, and where they begin: a byte order mark says it,
 * or the caller, else they are UTF-8.
 */
final class TextFormat {
  /** Bytes of the beginning that are looked at. */
  static final int LOOK = 1 << 12;

  private static final Pattern SEP =
      Pattern.compile("\"?sep=([^\"\r\n])\"?(\r\n|\r|\n|$)", Pattern.CASE_INSENSITIVE);

  // UTF-16LE's mark is how UTF-32LE's begins.
  private static final Map<Charset, String> MARKS = new LinkedHashMap<>();

  static {
    MARKS.put(StandardCharsets.UTF_32LE, "\u00ff\u00fe\0\0");
    MARKS.put(StandardCharsets.UTF_32BE, "\0\0\u00fe\u00ff");
    MARKS.put(StandardCharsets.UTF_16LE, "\u00ff\u00fe");
    MARKS.put(StandardCharsets.UTF_16BE, "\u00fe\u00ff");
    MARKS.put(StandardCharsets.UTF_8, "\u00ef\u00bb\u00bf");
  }

  private final Charset charset;
  private final int mark;
  private final String start;
  private final int unit;

  private TextFormat(Charset charset, int mark, byte[] first) {
    this.charset = charset;
    this.mark = mark;
    start = new String(first, mark, first.length - mark, charset);
    unit = unit(charset);
  }

  /**
   * Looks at a file.
   *
   * @param said its encoding, if somebody said it
   */
  static TextFormat of(Path file, @Nullable Charset said) throws IOException {
    try (InputStream in = Input.open(file)) {
      return of(file.toString(), in.readNBytes(LOOK), said);
    } catch (IOException e) {
      throw Input.translate(file, e);
    }
  }

  static TextFormat of(String file, byte[] first, @Nullable Charset said) throws DataException {
    String bytes = new String(first, StandardCharsets.ISO_8859_1);
    for (Map.Entry<Charset, String> entry : MARKS.entrySet()) {
      Charset marked = entry.getKey();
      if (bytes.startsWith(entry.getValue())) {
        if (said != null && !said.equals(marked) && !marked.name().matches(said.name() + "[LB]E")) {
          throw new DataException(
              file
                  + ": begins with the byte order mark of "
                  + marked
                  + ", but its encoding is said to be "
                  + said
                  + ": leave that out");
        }
        return new TextFormat(marked, entry.getValue().length(), first);
      }
    }
    if (said == null) {
      requireNoZeros(file, bytes);
    } else if (said.equals(StandardCharsets.UTF_16) || said.equals(StandardCharsets.UTF_32)) {
      throw new DataException(
          file + ": no byte order mark: say whether it is " + said + "LE or " + said + "BE");
    }
    return new TextFormat(said == null ? StandardCharsets.UTF_8 : said, 0, first);
  }

  /** Throws where each second byte is 0: valid UTF-8 that nobody means. */
  private static void requireNoZeros(String file, String bytes) throws DataException {
    int[] zeros = new int[2];
    for (int i = 0; i < bytes.length(); i++) {
      zeros[i % 2] += bytes.charAt(i) == 0 ? 1 : 0;
    }
    for (int i = 0; i < 2; i++) {
      if (zeros[i] * 5 > bytes.length()) {
        throw new DataException(
            file
                + ": looks like UTF-16 without a byte order mark: say --encoding UTF-16"
                + (i == 0 ? "BE" : "LE"));
      }
    }
  }

  /** Bytes of a character where all have as many; 0 of UTF-8; -1 where they cannot be counted. */
  private static int unit(Charset charset) {
    if (charset.equals(StandardCharsets.UTF_8)) {
      return 0;
    }
    if (charset.name().matches("UTF-(16|32)[LB]E")) {
      return charset.name().startsWith("UTF-16") ? 2 : 4;
    }
    CharsetDecoder decoder = charset.newDecoder();
    boolean single =
        decoder.maxCharsPerByte() == 1
            && decoder.averageCharsPerByte() == 1
            && charset.canEncode()
            && charset.newEncoder().maxBytesPerChar() == 1;
    return single ? 1 : -1;
  }

  Charset charset() {
    return charset;
  }

  /** Returns how the text begins. */
  String start() {
    return start;
  }

  /** Returns whether the byte of each character is known, so that a reader can begin anywhere. */
  boolean seekable() {
    return unit >= 0;
  }

  /** Returns the bytes that the character has in the file; half of a pair has half of them. */
  int bytes(char c) {
    if (unit > 0) {
      return unit == 4 && Character.isSurrogate(c) ? 2 : unit;
    }
    return c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
  }

  /** Returns the character that a first line such as {@code sep=;} names; 0 if there is none. */
  char separator() {
    Matcher sep = SEP.matcher(start);
    return sep.lookingAt() ? sep.group(1).charAt(0) : 0;
  }

  /**
   * Returns the byte where the rows begin: after the mark and the line that names the separator.
   */
  int begin() {
    Matcher sep = SEP.matcher(start);
    int bytes = mark;
    for (int i = 0; sep.lookingAt() && i < sep.end(); i++) {
      // All but the separator itself are ASCII, a byte each where the unit is not known.
      bytes += unit < 0 ? 1 : bytes(start.charAt(i));
    }
    return bytes;
  }

  /** Returns the lines before those of the rows. */
  int linesBefore() {
    return separator() == 0 ? 0 : 1;
  }

  /** Opens the file at a byte: of one that is compressed, only where the rows begin. */
  InputStream open(Path file, long offset) throws IOException {
    if (offset == begin()) {
      InputStream in = Input.open(file);
      in.skipNBytes(offset);
      return in;
    }
    FileChannel channel = FileChannel.open(file);
    channel.position(offset);
    return Channels.newInputStream(channel);
  }
}
