package io.lanewise.system.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages files: bits, numbers, lengths, pieces, words of the format. */
final class Mutations {
  private static final int MAX_LENGTH = 1 << 18;
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    7,
    8,
    63,
    64,
    65,
    127,
    128,
    255,
    256,
    1023,
    4095,
    32767,
    32768,
    65535,
    65536,
    100_000_000,
    100_000_001,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE,
    1L << 31,
    (1L << 32) - 1,
    1L << 32,
    (1L << 32) + 1,
    1L << 40,
    1L << 61,
    1L << 62,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -2,
    -4,
    -8
  };

  private final SplittableRandom random;
  private final List<String> words;

  Mutations(SplittableRandom random, List<String> words) {
    this.random = random;
    this.words = words;
  }

  /** Returns a file made of one by one to eight changes; another one lends pieces. */
  byte[] mutate(byte[] file, byte[] other) {
    byte[] bytes = file.clone();
    int changes = 1 + random.nextInt(1 + random.nextInt(8));
    for (int i = 0; i < changes; i++) {
      bytes = change(bytes, other);
      if (bytes.length > MAX_LENGTH) {
        bytes = Arrays.copyOf(bytes, MAX_LENGTH);
      }
    }
    return bytes;
  }

  private byte[] change(byte[] x, byte[] other) {
    if (x.length == 0) {
      return other.clone();
    }
    int at = place(x.length);
    return switch (random.nextInt(13)) {
      case 0 -> {
        x[at] ^= (byte) (1 << random.nextInt(8));
        yield x;
      }
      case 1 -> {
        x[at] = (byte) random.nextInt(256);
        yield x;
      }
      case 2 -> {
        x[at] =
            new byte[] {0, -1, 127, -128, ' ', '"', '{', '[', ',', '\n', '-', '9'}
                [random.nextInt(12)];
        yield x;
      }
      case 3 -> Arrays.copyOf(x, at);
      case 4 -> replace(x, x.length, 0, new byte[1 + random.nextInt(64)]);
      case 5 -> replace(x, at, piece(x.length - at), new byte[0]);
      case 6 -> replace(x, at, 0, Arrays.copyOfRange(x, at, at + piece(x.length - at)));
      case 7 -> number(x, at);
      case 8, 9 -> digits(x, at);
      case 10 -> word(x, at);
      case 11 -> {
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        byte[] lent = Arrays.copyOfRange(other, from, from + piece(other.length - from));
        yield replace(x, at, random.nextBoolean() ? 0 : piece(x.length - at), lent);
      }
      default -> repeat(x, at);
    };
  }

  /** Headers are at the beginning: half of all changes are too. */
  private int place(int length) {
    return random.nextBoolean() ? random.nextInt(length) : random.nextInt(Math.min(length, 128));
  }

  private int piece(int most) {
    return most == 0 ? 0 : 1 + random.nextInt(Math.min(most, 1 << random.nextInt(9)));
  }

  private static byte[] replace(byte[] x, int at, int length, byte[] by) {
    byte[] y = new byte[x.length - length + by.length];
    System.arraycopy(x, 0, y, 0, at);
    System.arraycopy(by, 0, y, at, by.length);
    System.arraycopy(x, at + length, y, at + by.length, x.length - at - length);
    return y;
  }

  private long number(int length) {
    return random.nextInt(4) == 0
        ? length + random.nextInt(-9, 10)
        : NUMBERS[random.nextInt(NUMBERS.length)];
  }

  private byte[] number(byte[] x, int at) {
    int size = 1 << random.nextInt(4);
    if (at + size > x.length) {
      return x;
    }
    ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
    boolean little = random.nextBoolean();
    number.order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    number.putLong(0, number(x.length));
    System.arraycopy(number.array(), little ? 0 : Long.BYTES - size, x, at, size);
    return x;
  }

  private static boolean digit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Another number where the next one stands in digits. */
  private byte[] digits(byte[] x, int from) {
    int at = from;
    while (at < x.length && !digit(x[at])) {
      at++;
    }
    int end = at;
    while (end < x.length && digit(x[end])) {
      end++;
    }
    String number =
        random.nextInt(3) == 0
            ? Long.toUnsignedString(number(x.length))
            : Long.toString(number(x.length));
    return replace(x, at, end - at, number.getBytes(StandardCharsets.ISO_8859_1));
  }

  private byte[] word(byte[] x, int at) {
    if (words.isEmpty()) {
      return x;
    }
    byte[] word = words.get(random.nextInt(words.size())).getBytes(StandardCharsets.ISO_8859_1);
    int length = random.nextBoolean() ? 0 : Math.min(word.length, x.length - at);
    return replace(x, at, length, word);
  }

  /** A piece many times over: nesting, lists and names without end. */
  private byte[] repeat(byte[] x, int at) {
    byte[] piece = Arrays.copyOfRange(x, at, at + piece(Math.min(64, x.length - at)));
    int times = 1 << random.nextInt(random.nextInt(8) == 0 ? 16 : 8);
    byte[] many = new byte[Math.min(MAX_LENGTH, piece.length * times)];
    for (int i = 0; i < many.length; i++) {
      many[i] = piece[i % piece.length];
    }
    return replace(x, at, 0, many);
  }
}
