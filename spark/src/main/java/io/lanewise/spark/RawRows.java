package io.lanewise.spark;

import io.lanewise.data.Encoding;
import io.lanewise.data.Encoding.Role;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table as bytes: whether it is held back, 8 bytes of the SHA-256 of what follows,
 * and its values. The order of these bytes is the order of the rows in a training: it is as good as
 * random, and depends on nothing but their values.
 */
final class RawRows implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int HEAD = 9;

  private final Columns columns;
  private final StructType schema;
  private final int width;
  private final boolean mayMiss;
  private final boolean[] texts;

  /**
   * Makes it of columns whose types were checked.
   *
   * @param schema of the columns that are read, in their order
   * @param width of the one column of arrays; 0 if there is none
   * @param mayMiss whether features may be missing
   */
  RawRows(StructType schema, Columns columns, int width, boolean mayMiss) {
    this.columns = columns;
    this.schema = schema;
    this.width = width;
    this.mayMiss = mayMiss;
    int n = columns.features().size();
    texts = new boolean[n];
    for (int c = 0; c < n; c++) {
      String name = columns.features().get(c);
      texts[c] =
          Values.isText(schema.fields()[c].dataType()) || columns.categories().contains(name);
    }
    if (width > 0 && !columns.categories().isEmpty()) {
      throw new IllegalArgumentException(
          "categories: the features are in one array: give each a column of its own");
    }
  }

  /** The features that are taken as they are; 0 where the columns are encoded. */
  int width() {
    return width;
  }

  /** Where the label is among {@link #learnt}. */
  int labelColumn() {
    return width == 0 ? texts.length : 0;
  }

  boolean hasWeights() {
    return columns.weight() != null;
  }

  /** The columns from which an encoding is learnt. */
  List<Encoding.Column> learnt() {
    List<Encoding.Column> all = new ArrayList<>();
    for (int c = 0; c < texts.length && width == 0; c++) {
      all.add(column(columns.features().get(c), texts[c] ? Role.CATEGORY : Role.NUMBER));
    }
    for (String target : columns.targets()) {
      all.add(column(target, columns.classification() ? Role.LABEL : Role.TARGET));
    }
    if (columns.weight() != null && width == 0) {
      all.add(column(columns.weight(), Role.WEIGHT));
    }
    return all;
  }

  private static Encoding.Column column(String name, Role role) {
    return new Encoding.Column(name, role, Float.NaN, List.of());
  }

  /** Returns the bytes of a row. */
  byte[] of(Row row) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(HEAD + 64 + 4 * width);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(new byte[HEAD]);
      features(row, out);
      int at = texts.length;
      for (String target : columns.targets()) {
        Object value = row.get(at++);
        if (columns.classification()) {
          String text = Values.text(value);
          if (text == null) {
            throw Values.problem(target, "got " + value + ", wanted a class", row);
          }
          text(text, out);
        } else {
          out.writeFloat(Values.present(target, value, row));
        }
      }
      if (columns.weight() != null) {
        float weight = Values.present(columns.weight(), row.get(at), row);
        if (weight < 0) {
          throw Values.problem(columns.weight(), "got " + row.get(at) + ", wanted >= 0", row);
        }
        out.writeFloat(weight);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] all = bytes.toByteArray();
    all[0] = (byte) (held(row) ? 0 : 1);
    System.arraycopy(hash(all), 0, all, 1, HEAD - 1);
    return all;
  }

  private void features(Row row, DataOutputStream out) throws IOException {
    if (width > 0) {
      float[] x = new float[width];
      Values.whole(columns.features().get(0), row.get(0), row, x, 0, width);
      for (float value : x) {
        out.writeFloat(value);
      }
      return;
    }
    for (int c = 0; c < texts.length; c++) {
      String name = columns.features().get(c);
      Object value = row.get(c);
      String text = texts[c] ? Values.text(value) : null;
      float number = texts[c] ? Float.NaN : Values.number(name, value, row);
      if (!mayMiss && text == null && Float.isNaN(number)) {
        throw Values.missing(name, value, row);
      }
      if (texts[c]) {
        text(text, out);
      } else {
        // One NaN for all of them.
        out.writeInt(Float.floatToIntBits(number));
      }
    }
  }

  private static void text(@Nullable String text, DataOutputStream out) throws IOException {
    byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(text == null ? -1 : bytes.length);
    out.write(bytes);
  }

  private boolean held(Row row) {
    if (columns.validation() == null) {
      return false;
    }
    int at = schema.size() - 1;
    if (row.isNullAt(at)) {
      throw Values.problem(columns.validation(), "got null, wanted true or false", row);
    }
    return row.getBoolean(at);
  }

  private static byte[] hash(byte[] all) {
    MessageDigest digest = ModelBytes.digest();
    digest.update(all, HEAD, all.length - HEAD);
    return digest.digest();
  }

  /** A number of the row that is the same for equal rows. */
  static long hashOf(byte[] row) {
    return ByteBuffer.wrap(row).getLong(1) + row[0];
  }

  static boolean isHeld(byte[] row) {
    return row[0] == 0;
  }

  /** What these rows are of: kept with them. */
  String describe() {
    return columns
        + ", types "
        + Arrays.stream(schema.fields()).map(f -> f.dataType().simpleString()).toList()
        + ", width "
        + width;
  }

  Reading reader() {
    return new Reading();
  }

  /** The values of a row, read again. For one thread. */
  final class Reading {
    /** Of the column of arrays. */
    final float[] x = new float[width];

    /** Of the columns of {@link #learnt}. */
    final float[] numbers = new float[learnt().size()];

    /** Likewise. */
    final @Nullable String[] words = new String[numbers.length];

    float weight = 1;

    void read(byte[] row) {
      ByteBuffer in = ByteBuffer.wrap(row).position(HEAD);
      in.asFloatBuffer().get(x);
      in.position(HEAD + 4 * width);
      int c = 0;
      for (int f = 0; f < texts.length && width == 0; f++) {
        if (texts[f]) {
          words[c++] = word(in);
        } else {
          numbers[c++] = in.getFloat();
        }
      }
      for (int t = 0; t < columns.targets().size(); t++) {
        if (columns.classification()) {
          words[c++] = word(in);
        } else {
          numbers[c++] = in.getFloat();
        }
      }
      if (columns.weight() != null) {
        weight = in.getFloat();
        if (width == 0) {
          numbers[c] = weight;
        }
      }
    }

    private @Nullable String word(ByteBuffer in) {
      int length = in.getInt();
      if (length < 0) {
        return null;
      }
      String text = new String(in.array(), in.position(), length, StandardCharsets.UTF_8);
      in.position(in.position() + length);
      return text;
    }
  }
}
