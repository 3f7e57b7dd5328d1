package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.util.Arrays;

/**
 * Reads a TensorProto. Twice over its fields: first the shape, the type and how many elements there
 * are, then, if they agree, the elements.
 */
final class TensorParser {
  // The fields of TensorProto.
  private static final int DIMS = 1;
  private static final int DATA_TYPE = 2;
  private static final int SEGMENT = 3;
  private static final int FLOAT_DATA = 4;
  private static final int INT32_DATA = 5;
  private static final int STRING_DATA = 6;
  private static final int INT64_DATA = 7;
  private static final int NAME = 8;
  private static final int RAW_DATA = 9;
  private static final int DOUBLE_DATA = 10;
  private static final int UINT64_DATA = 11;
  private static final int EXTERNAL_DATA = 13;
  private static final int DATA_LOCATION = 14;

  private final ProtoReader reader;
  private String name = "";
  private int[] dims = {};
  private int code;
  private ProtoReader raw;
  private boolean external;
  private String location;
  private long offset;
  private long length = -1;
  private int typedField;
  private long typedCount;

  private TensorParser(ProtoReader reader) {
    this.reader = reader;
  }

  /** A tensor with its name, empty if it has none. */
  record Named(String name, OnnxTensor tensor) {}

  static Named parse(ProtoReader reader) throws ModelFormatException {
    return new TensorParser(reader).parse();
  }

  private ModelFormatException error(String what) {
    return new ModelFormatException("tensor \"" + name + "\": " + what);
  }

  private Named parse() throws ModelFormatException {
    ProtoReader again = reader.fork();
    while (reader.next()) {
      field();
    }
    OnnxTensor.Type type = OnnxTensor.Type.of(code);
    if (type == null) {
      throw error("element type " + code + " is not supported");
    }
    int count = Shapes.count(dims, 0, dims.length);
    if (count < 0) {
      throw error("its shape " + Shapes.text(dims) + " has too many elements");
    }
    if (external || location != null) {
      raw = external(type, count);
    }
    OnnxTensor tensor = new OnnxTensor(type, dims, allocate(type, count));
    if (raw != null) {
      fillRaw(tensor);
    } else {
      fillTyped(tensor, again);
    }
    return new Named(name, tensor.asConstant());
  }

  private void field() throws ModelFormatException {
    switch (reader.field()) {
      case DIMS -> dims();
      case DATA_TYPE -> code = reader.intValue();
      case NAME -> name = reader.text();
      case FLOAT_DATA, INT32_DATA, STRING_DATA, INT64_DATA, DOUBLE_DATA, UINT64_DATA -> typed();
      case RAW_DATA -> {
        if (raw != null) {
          throw error("its raw data is there twice");
        }
        raw = reader.message();
      }
      case SEGMENT -> throw error("data in segments is not supported");
      case EXTERNAL_DATA -> entry(reader.message());
      case DATA_LOCATION -> external = reader.varint() != 0;
      default -> reader.skip();
    }
  }

  /** What is said of the place of its data: a key and its value. */
  private void entry(ProtoReader entry) throws ModelFormatException {
    String key = "";
    String value = "";
    while (entry.next()) {
      switch (entry.field()) {
        case 1 -> key = entry.text();
        case 2 -> value = entry.text();
        default -> entry.skip();
      }
    }
    switch (key) {
      case "location" -> location = value;
      case "offset" -> offset = number(key, value);
      case "length" -> length = number(key, value);
      default -> {
        // A checksum, and what others keep for themselves.
      }
    }
  }

  private long number(String key, String value) throws ModelFormatException {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw error("the " + key + " of its data is no number");
    }
  }

  /** Its raw data, in a file beside the model. */
  private ProtoReader external(OnnxTensor.Type type, int count) throws ModelFormatException {
    if (!external || location == null || raw != null || typedField != 0) {
      throw error("it does not say whether its data is in another file, or in which");
    }
    if (reader.files() == null) {
      throw error("its data is in another file: load the model by its path, the file beside it");
    }
    long wanted = (long) count * type.bytes();
    if (type == OnnxTensor.Type.STRING || (length >= 0 && length != wanted) || length < -1) {
      throw error(
          "its shape " + Shapes.text(dims) + " of " + type + " does not fit " + length + " bytes");
    }
    try {
      return ProtoReader.of(
          reader.files().read(location, offset, wanted, reader.budget()), reader.budget());
    } catch (ModelFormatException e) {
      throw error(e.getMessage());
    }
  }

  private void dims() throws ModelFormatException {
    if (reader.wireType() == ProtoReader.BYTES) {
      ProtoReader packed = reader.message();
      while (!packed.atEnd()) {
        dim(packed.packedVarint());
      }
    } else {
      dim(reader.varint());
    }
  }

  private void dim(long value) throws ModelFormatException {
    if (value < 0 || value > Shapes.MAX_COUNT) {
      throw error("dimension " + dims.length + " is " + value);
    }
    if (dims.length == Shapes.MAX_RANK) {
      throw error("it has more than " + Shapes.MAX_RANK + " dimensions");
    }
    dims = Arrays.copyOf(dims, dims.length + 1);
    dims[dims.length - 1] = (int) value;
  }

  private void typed() throws ModelFormatException {
    if (typedField != 0 && typedField != reader.field()) {
      throw error("it has data of two types");
    }
    typedField = reader.field();
    if (typedField == STRING_DATA || reader.wireType() != ProtoReader.BYTES) {
      typedCount++;
      reader.skip();
      return;
    }
    ProtoReader packed = reader.message();
    typedCount +=
        switch (typedField) {
          case FLOAT_DATA -> packed.remaining() / Float.BYTES;
          case DOUBLE_DATA -> packed.remaining() / Double.BYTES;
          default -> packed.countVarints();
        };
  }

  private Object allocate(OnnxTensor.Type type, int count) throws ModelFormatException {
    if (raw != null) {
      if (typedField != 0) {
        throw error("it has both raw data and data of a type");
      }
      if (type == OnnxTensor.Type.STRING) {
        throw error("texts cannot be raw data");
      }
      if (raw.remaining() != (long) count * type.bytes()) {
        throw error(
            "its shape "
                + Shapes.text(dims)
                + " of "
                + type
                + " needs "
                + (long) count * type.bytes()
                + " bytes, it has "
                + raw.remaining());
      }
    } else {
      if (typedCount != count || (typedField != 0 && typedField != fieldOf(type))) {
        throw error(
            "its shape "
                + Shapes.text(dims)
                + " of "
                + type
                + " needs "
                + count
                + " elements, it has "
                + typedCount
                + (typedCount == 0 ? "" : " in field " + typedField));
      }
    }
    reader.budget().charge((long) count * type.heldBytes());
    return newArray(type, count);
  }

  static Object newArray(OnnxTensor.Type type, int count) {
    if (type.isFloats()) {
      return new float[count];
    }
    return switch (type) {
      case DOUBLE -> new double[count];
      case STRING -> new String[count];
      case INT8, UINT8, BOOL -> new byte[count];
      case INT32 -> new int[count];
      default -> new long[count];
    };
  }

  private static int fieldOf(OnnxTensor.Type type) {
    return switch (type) {
      case FLOAT -> FLOAT_DATA;
      case INT64 -> INT64_DATA;
      case DOUBLE -> DOUBLE_DATA;
      case STRING -> STRING_DATA;
      case UINT32, UINT64 -> UINT64_DATA;
      default -> INT32_DATA;
    };
  }

  private void fillRaw(OnnxTensor to) throws ModelFormatException {
    OnnxTensor.Type type = to.type();
    Object data = to.data();
    if (type == OnnxTensor.Type.FLOAT) {
      raw.packedFloats((float[]) data, 0, ((float[]) data).length);
    } else if (data instanceof byte[] bytes && type != OnnxTensor.Type.BOOL) {
      raw.packedBytes(bytes);
    } else if (data instanceof float[] floats) {
      for (int i = 0; i < floats.length; i++) {
        floats[i] = Casts.ofBits(type, raw.packedShort());
      }
    } else if (data instanceof double[] doubles) {
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = raw.packedDouble();
      }
    } else {
      for (int i = 0; i < to.count(); i++) {
        long value =
            switch (type.bytes()) {
              case 1 -> raw.packedByte();
              case 2 -> raw.packedShort();
              case 4 -> raw.packedInt();
              default -> raw.packedLong();
            };
        to.put(i, integer(type, type.wrap(value)));
      }
    }
  }

  private long integer(OnnxTensor.Type type, long value) throws ModelFormatException {
    if (type.wrap(value) != value || (type == OnnxTensor.Type.BOOL && (value & ~1L) != 0)) {
      throw error(value + " is no " + type);
    }
    return value;
  }

  private void fillTyped(OnnxTensor to, ProtoReader fields) throws ModelFormatException {
    int i = 0;
    while (fields.next()) {
      if (fields.field() != typedField) {
        fields.skip();
      } else if (to.data() instanceof String[] strings) {
        strings[i++] = fields.text();
      } else if (fields.wireType() != ProtoReader.BYTES) {
        one(to, i++, fields);
      } else {
        ProtoReader packed = fields.message();
        while (!packed.atEnd()) {
          onePacked(to, i++, packed);
        }
      }
    }
  }

  private void one(OnnxTensor to, int i, ProtoReader field) throws ModelFormatException {
    if (to.type() == OnnxTensor.Type.FLOAT) {
      to.floats()[i] = field.float32();
    } else if (to.data() instanceof double[] doubles) {
      doubles[i] = field.float64();
    } else {
      put(to, i, field.varint());
    }
  }

  private void onePacked(OnnxTensor to, int i, ProtoReader packed) throws ModelFormatException {
    if (to.type() == OnnxTensor.Type.FLOAT) {
      to.floats()[i] = packed.packedFloat();
    } else if (to.data() instanceof double[] doubles) {
      doubles[i] = packed.packedDouble();
    } else {
      put(to, i, packed.packedVarint());
    }
  }

  private void put(OnnxTensor to, int i, long value) throws ModelFormatException {
    if (to.data() instanceof float[] floats) {
      // The 16-bit floats stand there as the integers that their bits are.
      floats[i] = Casts.ofBits(to.type(), (short) integer(OnnxTensor.Type.UINT16, value));
    } else {
      to.put(i, integer(to.type(), value));
    }
  }
}
