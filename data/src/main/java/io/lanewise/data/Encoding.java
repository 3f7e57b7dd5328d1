package io.lanewise.data;

import io.lanewise.dataset.Dataset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a table become what a network takes: which columns are features, categories (one
 * feature each, 1 or 0), labels, targets or weights, what stands for a missing value, what the
 * classes are called. It is learnt from the training part ({@link Table#learn}), and its text
 * ({@link #format}) is kept with the model, so that raw rows can be given to it.
 */
public final class Encoding {
  /** What became of unsigned bytes, the values of images. */
  public enum Bytes {
    /** 255 became 1: {@link IdxReader}'s way. */
    UNIT,
    /** They were taken as they are, 0 to 255: {@link NumpyReader}'s way. */
    PLAIN;

    /** The range, as the command line and the text of an encoding have it. */
    String range() {
      return this == UNIT ? "0..1" : "0..255";
    }
  }

  /** What a column is. */
  public enum Role {
    /** A feature. */
    NUMBER,
    /** As many features as it has categories. */
    CATEGORY,
    /** The class. */
    LABEL,
    /** A number to be predicted. */
    TARGET,
    /** The weight of the row in the loss. */
    WEIGHT,
    /** Left out. */
    IGNORED
  }

  /**
   * A column of the table.
   *
   * @param name from the header; empty without one
   * @param role what it is
   * @param fill what a missing value of a feature becomes (of a category: a row of zeros); NaN
   *     where it is an error
   * @param values the categories or the names of the classes, sorted; else empty
   */
  public record Column(String name, Role role, float fill, List<String> values) {
    /** Takes a copy of the list. */
    public Column {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(role, "role");
      values = List.copyOf(values);
      if (values.size() > 1 && new HashSet<>(values).size() != values.size()) {
        throw new IllegalArgumentException("values: one is there twice: " + Place.list(values));
      }
    }

    /** The features that it becomes. */
    int width() {
      return role == Role.NUMBER ? 1 : role == Role.CATEGORY ? values.size() : 0;
    }

    boolean isFeature() {
      return role == Role.NUMBER || role == Role.CATEGORY;
    }

    boolean mayMiss() {
      return !Float.isNaN(fill);
    }
  }

  /** What is said of a number that does not {@link #fits}. */
  static final String BEYOND =
      " is beyond 0..1, what bytes became that the model was trained on: divide them by 255";

  /** The most features and classes that a text may ask for. */
  static final int MAX = 1 << 26;

  private final int plain;
  private final List<Column> columns;
  private final boolean named;
  private final boolean unknownAsZeros;
  private final int classCount;
  private final int nIn;
  private final int targets;
  private int firstIndex = -1;
  private @Nullable Bytes bytes;
  private Set<String> missing = Set.of();

  /**
   * Makes one.
   *
   * @param plain features before those of the columns, as they are, of a file without columns
   * @param columns the columns in the order of the file
   * @param named whether their names are those of a header
   * @param unknownAsZeros whether a category that was not learnt is a row of zeros, not an error
   * @param classCount how many classes the label has; 0 without one
   */
  Encoding(int plain, List<Column> columns, boolean named, boolean unknownAsZeros, int classCount) {
    this.plain = plain;
    this.columns = List.copyOf(columns);
    this.named = named;
    this.unknownAsZeros = unknownAsZeros;
    this.classCount = classCount;
    long width = plain;
    HashSet<String> names = new HashSet<>();
    for (Column column : this.columns) {
      width += column.width();
      if (named && !names.add(column.name())) {
        throw new IllegalArgumentException(
            "column " + Place.quote(column.name()) + " is there twice");
      }
    }
    targets = count(Role.TARGET);
    int labels = count(Role.LABEL);
    if (labels > 1 || count(Role.WEIGHT) > 1 || labels == 1 && targets > 0) {
      throw new IllegalArgumentException("more than one label or weight, or label and targets");
    }
    if (labels == 1 && classCount < 2 || classCount > MAX) {
      throw new IllegalArgumentException("classCount must be in 2.." + MAX + ", got " + classCount);
    }
    if (width < 1 || width > MAX) {
      throw new IllegalArgumentException("features must be 1.." + MAX + ", got " + width);
    }
    nIn = (int) width;
  }

  private int count(Role role) {
    return (int) columns.stream().filter(column -> column.role() == role).count();
  }

  /**
   * That of rows without named columns, whose features are taken as they are.
   *
   * @param nIn features a row
   * @param classes the names of the classes; empty if they are integers
   * @param classCount how many classes, at least 2
   */
  public static Encoding ofLabels(int nIn, List<String> classes, int classCount) {
    if (!classes.isEmpty() && classes.size() != classCount) {
      throw new IllegalArgumentException(
          "classes: " + classes.size() + " names for " + classCount + " classes");
    }
    Column label = new Column("", Role.LABEL, Float.NaN, classes);
    return new Encoding(nIn, List.of(label), false, false, classCount);
  }

  /**
   * That of a table whose columns have names, learnt elsewhere than from a file.
   *
   * @param columns in the order of the table; with one label, or targets
   * @param unknownAsZeros whether a category that was not learnt is a row of zeros, not an error
   * @param classCount how many classes the label has, at least 2; 0 without one
   * @throws IllegalArgumentException if a name is there twice, no column is a feature, or there are
   *     a label and targets, or several labels or weights
   */
  public static Encoding ofColumns(List<Column> columns, boolean unknownAsZeros, int classCount) {
    return new Encoding(0, columns, true, unknownAsZeros, classCount);
  }

  /** That of rows without named columns, with nOut targets a row. */
  public static Encoding ofTargets(int nIn, int nOut) {
    Column target = new Column("", Role.TARGET, Float.NaN, List.of());
    return new Encoding(nIn, Collections.nCopies(nOut, target), false, false, 0);
  }

  /** The same, with names for the targets; empty for none. */
  static Encoding ofTargets(int nIn, int nOut, List<String> names) {
    if (names.isEmpty()) {
      return ofTargets(nIn, nOut);
    }
    List<Column> targets =
        names.stream().map(name -> new Column(name, Role.TARGET, Float.NaN, List.of())).toList();
    return new Encoding(nIn, targets, false, false, 0);
  }

  /** Returns the features a row. */
  public int nIn() {
    return nIn;
  }

  /** Returns the classes, or the targets a row. */
  public int nOut() {
    return hasLabels() ? classCount : targets;
  }

  /** Returns whether there is a label; else there are targets. */
  public boolean hasLabels() {
    return classCount > 0;
  }

  /** Returns the columns, in the order of the file; none for files that have none. */
  public List<Column> columns() {
    return columns;
  }

  /** Returns whether the columns have the names of a header. */
  public boolean named() {
    return named;
  }

  /** Returns whether a category that was not learnt is a row of zeros; else it is an error. */
  public boolean unknownAsZeros() {
    return unknownAsZeros;
  }

  /** Returns the names of the classes; empty where they are integers. */
  public List<String> classes() {
    int label = index(Role.LABEL);
    return label < 0 ? List.of() : columns.get(label).values();
  }

  /** Returns what a class is called. */
  public String className(int index) {
    Objects.checkIndex(index, Math.max(2, classCount));
    List<String> classes = classes();
    return classes.isEmpty() ? Integer.toString(index) : classes.get(index);
  }

  /**
   * Returns what a feature is called where something is wrong with it: its column, by name or by
   * number from 1; without columns its number, from 1.
   *
   * @param index from 0
   */
  public String featureName(int index) {
    Objects.checkIndex(index, nIn);
    int first = plain;
    for (int c = 0; c < columns.size(); c++) {
      int width = columns.get(c).width();
      if (index >= first && index < first + width) {
        return columnName(c);
      }
      first += width;
    }
    return "feature " + (index + 1) + " of " + nIn;
  }

  /** Returns what a target is called where something is wrong with it, as {@link #featureName}. */
  public String targetName(int index) {
    int at = -1;
    for (int c = 0; c < columns.size(); c++) {
      at += columns.get(c).role() == Role.TARGET ? 1 : 0;
      if (at == index) {
        return plain > 0 ? "target " + (index + 1) + " of " + targets : columnName(c);
      }
    }
    throw new IndexOutOfBoundsException(index);
  }

  private String columnName(int c) {
    return "column " + (named ? Place.quote(columns.get(c).name()) : "" + (c + 1));
  }

  /** Returns the names of the targets; empty names without a header. */
  public List<String> targetNames() {
    return columns.stream().filter(c -> c.role() == Role.TARGET).map(Column::name).toList();
  }

  /** Returns what output {@code index} is called that is no class: its target, else "output1". */
  public String outputName(int index) {
    String target = hasLabels() ? "" : targetNames().get(index);
    boolean one = hasLabels() || targets == 1;
    return !target.isEmpty() ? target : one ? "output" : "output" + (index + 1);
  }

  /**
   * Returns where the indices of the libsvm file begin that it was learnt from, at 0 or 1; -1 if it
   * was another file.
   */
  public int firstIndex() {
    return firstIndex;
  }

  /** The same, learnt from such a file. */
  Encoding withFirstIndex(int index) {
    Encoding same = copy(plain, columns);
    same.firstIndex = index;
    return same;
  }

  /**
   * Returns what became of the unsigned bytes that the features were in the training; null if they
   * were other numbers, or nobody said it.
   */
  public @Nullable Bytes bytes() {
    return bytes;
  }

  /**
   * Returns the same for features that were unsigned bytes: files of bytes are read so. Where they
   * became 0..1, other numbers must lie there too.
   */
  public Encoding withBytes(@Nullable Bytes bytes) {
    Encoding same = copy(plain, columns);
    same.bytes = bytes;
    return same;
  }

  /** Whether a number may be a feature: where bytes became 0..1, others must lie there. */
  boolean fits(float value) {
    return bytes != Bytes.UNIT || value >= 0 && value <= 1;
  }

  /** Returns the texts that stood for a missing value, but the usual ones. */
  public Set<String> missingValues() {
    return missing;
  }

  /** The same, learnt from a file with such texts. */
  Encoding withMissingValues(Set<String> texts) {
    Encoding same = copy(plain, columns);
    same.missing = Set.copyOf(texts);
    return same;
  }

  private Encoding copy(int plain, List<Column> columns) {
    Encoding same =
        new Encoding(plain, columns, named && plain == this.plain, unknownAsZeros, classCount);
    same.firstIndex = firstIndex;
    same.bytes = bytes;
    same.missing = missing;
    return same;
  }

  /** The same with a column for each feature, as a file that has columns needs it. */
  Encoding withColumns() {
    if (plain == 0) {
      return this;
    }
    List<Column> all = new ArrayList<>(columns);
    Column number = new Column("", Role.NUMBER, Float.NaN, List.of());
    all.addAll(0, Collections.nCopies(plain, number));
    return copy(0, all);
  }

  int plain() {
    return plain;
  }

  int index(Role role) {
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).role() == role) {
        return c;
      }
    }
    return -1;
  }

  /**
   * Returns the text that is kept with a model: lines of CSV, one for each column, in the file's
   * order.
   */
  public String format() {
    return EncodingText.format(this);
  }

  /**
   * Reads what {@link #format} wrote.
   *
   * @throws DataException if it is not that
   */
  public static Encoding parse(String text) throws DataException {
    return EncodingText.parse(text);
  }

  /** Such as "4 features, 3 classes". */
  @Override
  public String toString() {
    return nIn() + " features, " + nOut() + (hasLabels() ? " classes" : " targets");
  }

  /**
   * Rows and how they came to be.
   *
   * @param dataset the rows
   * @param encoding what was learnt from them: the names of the classes, the columns
   */
  public record Encoded(Dataset dataset, Encoding encoding) {
    /** Checks that both are there. */
    public Encoded {
      Objects.requireNonNull(dataset, "dataset");
      Objects.requireNonNull(encoding, "encoding");
    }
  }
}
