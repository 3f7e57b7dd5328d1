package io.lanewise.model;

import io.lanewise.internal.Names;
import io.lanewise.model.NamedTensors.DType;
import io.lanewise.model.Safetensors.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The header of a safetensors file, held to the rules of the format.
 *
 * @param dataOff where the data begin in the file
 * @param metadata the metadata, sorted
 * @param byName the tensors by name
 * @param inOrder the tensors in the order of their bytes
 */
record SafetensorsHeader(
    long dataOff, Map<String, String> metadata, List<Entry> byName, List<Entry> inOrder) {
  private static final String[] KEYS = {"dtype", "shape", "data_offsets"};
  static final String METADATA = "__metadata__";
  static final int MAX_LENGTH = 100_000_000;
  private static final int MAX_RANK = 64;
  // Beyond any use, and few enough for the smallest of them to take no more than a mebibyte.
  static final int MAX_METADATA = 8192;
  // So many tensors may be in any file, more where each has some bytes of its own: what describes
  // one takes some 500 bytes of memory.
  private static final int MAX_TENSORS = 1 << 14;
  private static final int BYTES_A_TENSOR = 256;

  static SafetensorsHeader read(SeekableByteChannel channel) throws IOException {
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new ModelFormatException("not a safetensors file: it has only " + size + " bytes");
    }
    byte[] first = new byte[Long.BYTES];
    Source source = Source.of(channel, 0);
    source.read(first, first.length);
    long length = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_LENGTH) {
      throw new ModelFormatException(
          "not a safetensors file: a header of "
              + Long.toUnsignedString(length)
              + " bytes, wanted 2.."
              + MAX_LENGTH);
    }
    if (length > size - Long.BYTES) {
      throw new ModelFormatException(
          "truncated: a header of " + length + " bytes in a file of " + size);
    }
    byte[] text = new byte[(int) length];
    source.read(text, text.length);
    if (text[0] != '{') {
      throw new ModelFormatException("not a safetensors file: its header does not begin with '{'");
    }
    return new Parser(text, size).parse(Long.BYTES + length, size - Long.BYTES - length);
  }

  /** Returns the tensor of that name, or null. */
  Entry find(String name) {
    Entry wanted = new Entry(name, DType.U8, null, 0, 0);
    int at = Collections.binarySearch(byName, wanted, Safetensors.BY_NAME);
    return at < 0 ? null : byName.get(at);
  }

  /** {"__metadata__": {"a": "b"}, "name": {"dtype": "F32", "shape": [2], ...}, ...}. */
  private static final class Parser {
    private final Json json;
    private final Map<String, String> metadata = new TreeMap<>();
    private boolean hasMetadata;
    private final List<Entry> entries = new ArrayList<>();
    private final long maxTensors;

    Parser(byte[] text, long size) {
      json = new Json(text);
      maxTensors = Math.max(MAX_TENSORS, size / BYTES_A_TENSOR);
    }

    SafetensorsHeader parse(long dataOff, long bytes) throws ModelFormatException {
      json.expect('{');
      if (!json.take('}')) {
        do {
          String name = json.string();
          json.expect(':');
          if (name.equals(METADATA)) {
            parseMetadata();
          } else if (entries.size() == maxTensors) {
            throw new ModelFormatException(
                "header: more than " + maxTensors + " tensors in so small a file");
          } else {
            entries.add(parseEntry(name));
          }
        } while (json.take(','));
        json.expect('}');
      }
      json.end();
      Entry[] byName = entries.toArray(new Entry[0]);
      Arrays.sort(byName, Safetensors.BY_NAME);
      for (int i = 1; i < byName.length; i++) {
        if (byName[i].name().equals(byName[i - 1].name())) {
          throw twice("tensor", byName[i].name());
        }
      }
      entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
      requireNoHoles(bytes);
      return new SafetensorsHeader(
          dataOff,
          Collections.unmodifiableMap(metadata),
          Arrays.asList(byName),
          Collections.unmodifiableList(entries));
    }

    private static ModelFormatException twice(String what, String name) {
      return new ModelFormatException(
          "header: " + what + " " + Names.shown(name) + " is there twice");
    }

    private void parseMetadata() throws ModelFormatException {
      if (hasMetadata) {
        throw twice("the name", METADATA);
      }
      hasMetadata = true;
      if (json.take('n')) {
        // null, as the reference takes it.
        json.expect('u');
        json.expect('l');
        json.expect('l');
        return;
      }
      json.expect('{');
      if (json.take('}')) {
        return;
      }
      do {
        if (metadata.size() == MAX_METADATA) {
          throw new ModelFormatException("header: more than " + MAX_METADATA + " metadata");
        }
        String name = json.string();
        json.expect(':');
        if (metadata.put(name, json.string()) != null) {
          throw twice("metadata", name);
        }
      } while (json.take(','));
      json.expect('}');
    }

    private Entry parseEntry(String name) throws ModelFormatException {
      DType type = null;
      long[] shape = null;
      long[] offsets = null;
      json.expect('{');
      do {
        String key = json.word(KEYS);
        json.expect(':');
        if (key.equals("dtype") && type == null) {
          String text = json.word(DType.NAMES);
          type = DType.of(text);
          if (type == null) {
            throw error(name, "its type " + Names.shown(text) + " is not known");
          }
        } else if (key.equals("shape") && shape == null) {
          shape = integers(name, MAX_RANK);
        } else if (key.equals("data_offsets") && offsets == null) {
          offsets = integers(name, 2);
        } else {
          throw error(name, Names.shown(key) + " is not known, or there twice");
        }
      } while (json.take(','));
      json.expect('}');
      if (type == null || shape == null || offsets == null || offsets.length != 2) {
        throw error(name, "wanted a dtype, a shape and two data_offsets");
      }
      long bytes;
      try {
        bytes = type.count("its shape", shape);
        int bits = type.bytes() > 0 ? 8 * type.bytes() : type == DType.F4 ? 4 : 6;
        bytes = bytes / 8 * bits + bytes % 8 * bits / 8;
      } catch (ModelFormatException e) {
        throw error(name, e.getMessage());
      }
      if (offsets[1] - offsets[0] != bytes) {
        throw error(
            name,
            "its shape needs "
                + bytes
                + " bytes, its data_offsets are "
                + Arrays.toString(offsets));
      }
      return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private static ModelFormatException error(String name, String message) {
      return new ModelFormatException("header: tensor " + Names.shown(name) + ": " + message);
    }

    private long[] integers(String name, int most) throws ModelFormatException {
      json.expect('[');
      if (json.take(']')) {
        return new long[0];
      }
      long[] values = new long[2];
      int count = 0;
      do {
        if (count == most) {
          throw error(name, "a list of more than " + most + " numbers");
        }
        if (count == values.length) {
          values = Arrays.copyOf(values, 2 * count);
        }
        values[count++] = json.integer();
      } while (json.take(','));
      json.expect(']');
      return count == values.length ? values : Arrays.copyOf(values, count);
    }

    /** Each must begin where the one before it ends, and the last end with the file. */
    private void requireNoHoles(long bytes) throws ModelFormatException {
      long at = 0;
      for (Entry entry : entries) {
        if (entry.begin() != at) {
          throw error(
              entry.name(),
              (entry.begin() < at ? "overlaps the one before it" : "leaves a hole before it")
                  + ": begins at "
                  + entry.begin()
                  + ", wanted "
                  + at);
        }
        at = entry.end();
      }
      if (at != bytes) {
        throw new ModelFormatException(
            (at > bytes ? "truncated: " : "")
                + "the tensors have "
                + at
                + " bytes, the file has "
                + bytes);
      }
    }
  }
}
