package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The attributes of a node. */
final class Attributes {
  // AttributeProto.AttributeType
  private static final int FLOAT = 1;
  private static final int INT = 2;
  private static final int STRING = 3;
  private static final int TENSOR = 4;
  private static final int FLOATS = 6;
  private static final int INTS = 7;
  private static final int STRINGS = 8;

  private final Map<String, Object> values = new LinkedHashMap<>();
  // What errors say it is of.
  private String owner = "node";

  /** What an attribute has that no operator here takes: a graph, a sparse tensor. */
  private record Unsupported(int type) {}

  /** Of names and values in turns: a Float, a Long, a String or a long[]. */
  static Attributes of(Object... pairs) {
    Attributes made = new Attributes();
    for (int i = 0; i < pairs.length; i += 2) {
      made.values.put((String) pairs[i], pairs[i + 1]);
    }
    return made;
  }

  /** The same but for one. */
  Attributes without(String name) {
    Attributes kept = new Attributes();
    kept.owner = owner;
    kept.values.putAll(values);
    kept.values.remove(name);
    return kept;
  }

  /** The same with another value of one. */
  Attributes with(String name, Object value) {
    Attributes changed = without(name);
    changed.values.put(name, value);
    return changed;
  }

  void owner(String name) {
    owner = name;
  }

  private ModelFormatException error(String what) {
    return new ModelFormatException(owner + ": " + what);
  }

  /** Reads one AttributeProto. */
  void parse(ProtoReader reader) throws ModelFormatException {
    reader.budget().charge(240);
    ProtoReader again = reader.fork();
    String name = null;
    int type = 0;
    while (reader.next()) {
      switch (reader.field()) {
        case 1 -> name = reader.text();
        case 20 -> type = reader.intValue();
        case 21 -> throw error("an attribute that refers to one of a function is not supported");
        default -> reader.skip();
      }
    }
    if (name == null || name.isEmpty()) {
      throw error("an attribute has no name");
    }
    Object value = value(name, type, again);
    if (values.putIfAbsent(name, value) != null) {
      throw error("attribute \"" + name + "\" is there twice");
    }
  }

  private Object value(String name, int type, ProtoReader reader) throws ModelFormatException {
    return switch (type) {
      case FLOAT -> {
        float value = 0;
        while (seek(reader, 2)) {
          value = reader.float32();
        }
        yield value;
      }
      case INT -> {
        long value = 0;
        while (seek(reader, 3)) {
          value = reader.varint();
        }
        yield value;
      }
      case STRING -> {
        String value = "";
        while (seek(reader, 4)) {
          value = reader.text();
        }
        yield value;
      }
      case TENSOR -> {
        if (!seek(reader, 5)) {
          throw error("attribute \"" + name + "\" has no tensor");
        }
        yield TensorParser.parse(reader.message()).tensor();
      }
      case FLOATS -> floats(reader);
      case INTS -> ints(reader);
      case STRINGS -> {
        List<String> texts = new ArrayList<>();
        while (seek(reader, 9)) {
          texts.add(reader.text());
        }
        yield texts;
      }
      default -> new Unsupported(type);
    };
  }

  /** Goes to the next field of that number. */
  private static boolean seek(ProtoReader reader, int field) throws ModelFormatException {
    while (reader.next()) {
      if (reader.field() == field) {
        return true;
      }
      reader.skip();
    }
    return false;
  }

  private static float[] floats(ProtoReader reader) throws ModelFormatException {
    ProtoReader counting = reader.fork();
    int count = 0;
    while (seek(counting, 7)) {
      boolean packed = counting.wireType() == ProtoReader.BYTES;
      count += packed ? counting.message().remaining() / Float.BYTES : 1;
      if (!packed) {
        counting.float32();
      }
    }
    reader.budget().charge(4L * count);
    float[] values = new float[count];
    int i = 0;
    while (seek(reader, 7)) {
      if (reader.wireType() != ProtoReader.BYTES) {
        values[i++] = reader.float32();
        continue;
      }
      ProtoReader packed = reader.message();
      while (!packed.atEnd()) {
        values[i++] = packed.packedFloat();
      }
    }
    return values;
  }

  private static long[] ints(ProtoReader reader) throws ModelFormatException {
    ProtoReader counting = reader.fork();
    int count = 0;
    while (seek(counting, 8)) {
      boolean packed = counting.wireType() == ProtoReader.BYTES;
      count += packed ? counting.message().countVarints() : 1;
      if (!packed) {
        counting.varint();
      }
    }
    reader.budget().charge(8L * count);
    long[] values = new long[count];
    int i = 0;
    while (seek(reader, 8)) {
      if (reader.wireType() != ProtoReader.BYTES) {
        values[i++] = reader.varint();
        continue;
      }
      ProtoReader packed = reader.message();
      while (!packed.atEnd()) {
        values[i++] = packed.packedVarint();
      }
    }
    return values;
  }

  /** Throws if there is one that is none of these: what it would do is not known. */
  void requireOnly(String... names) throws ModelFormatException {
    if (values.isEmpty()) {
      return;
    }
    Set<String> allowed = Set.of(names);
    for (String name : values.keySet()) {
      if (!allowed.contains(name)) {
        throw error("attribute \"" + name + "\" is not supported");
      }
    }
  }

  int count() {
    return values.size();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  private <T> T get(String name, Class<T> type, T otherwise) throws ModelFormatException {
    Object value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!type.isInstance(value)) {
      throw error("attribute \"" + name + "\" has the wrong type");
    }
    return type.cast(value);
  }

  float number(String name, float otherwise) throws ModelFormatException {
    return get(name, Float.class, otherwise);
  }

  long integer(String name, long otherwise) throws ModelFormatException {
    return get(name, Long.class, otherwise);
  }

  /** An integer that must be 0 or 1. */
  boolean flag(String name, boolean otherwise) throws ModelFormatException {
    long value = integer(name, otherwise ? 1 : 0);
    if ((value & ~1L) != 0) {
      throw error("attribute \"" + name + "\" must be 0 or 1, got " + value);
    }
    return value == 1;
  }

  String text(String name, String otherwise) throws ModelFormatException {
    return get(name, String.class, otherwise);
  }

  OnnxTensor tensor(String name) throws ModelFormatException {
    return get(name, OnnxTensor.class, null);
  }

  long[] integers(String name) throws ModelFormatException {
    return get(name, long[].class, null);
  }

  float[] numbers(String name) throws ModelFormatException {
    return get(name, float[].class, null);
  }

  List<String> texts(String name) throws ModelFormatException {
    List<String> texts = new ArrayList<>();
    for (Object text : get(name, List.class, List.of())) {
      texts.add((String) text);
    }
    return texts;
  }

  /** An integer of int range. */
  int intValue(String name, int otherwise) throws ModelFormatException {
    long value = integer(name, otherwise);
    if (value != (int) value) {
      throw error("attribute \"" + name + "\" is " + value);
    }
    return (int) value;
  }
}
