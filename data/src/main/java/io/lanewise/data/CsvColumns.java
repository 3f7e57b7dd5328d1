package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides from the first line of a file, and what was said of it, what its columns are. */
final class CsvColumns {
  private final Place place;
  private final FieldFormat format;
  private final boolean guessed;
  private final ColumnNames names;
  private final int width;
  private final List<Integer> kept = new ArrayList<>();

  /**
   * Takes the first line.
   *
   * @param header whether it has the names
   * @param delimiter what separates its fields
   * @param keep the columns that are kept
   */
  CsvColumns(
      Place place,
      List<String> fields,
      CsvReader.Header header,
      FieldFormat format,
      char delimiter,
      List<String> keep)
      throws DataException {
    this.place = place;
    this.format = format;
    guessed = header == CsvReader.Header.AUTO;
    boolean isHeader =
        header == CsvReader.Header.YES
            || guessed && fields.stream().noneMatch(format::looksLikeNumber);
    names = new ColumnNames(place, fields, isHeader);
    width = fields.size();
    if (format.comma() && delimiter == ',' && !isHeader) {
      // Without it nobody would see that 1,5 became two columns.
      throw place.error(
          "a comma is the decimal point and between the fields: say another --delimiter, such as"
              + " semicolon, or --header yes");
    }
    for (String column : keep) {
      int f = names.index(column);
      if (kept.contains(f)) {
        throw place.error(f, "is to be kept twice: name it once");
      }
      kept.add(f);
    }
  }

  /** The number of a column, from 0, by its name or its number from 1. */
  int index(String column) throws DataException {
    return names.index(column);
  }

  /** A field of a row, without the spaces around it. */
  String field(List<String> fields, int f) throws DataException {
    RawParser.requireWidth(place, fields, width);
    return FieldFormat.trim(fields.get(f));
  }

  /** What the columns that are kept are called. */
  List<String> keptNames() {
    return kept.stream()
        .map(f -> names.names().isEmpty() ? "column" + (f + 1) : names.names().get(f))
        .toList();
  }

  /** The fields of a row that are kept. */
  List<String> kept(List<String> fields) throws DataException {
    RawParser.requireWidth(place, fields, width);
    return kept.stream().map(f -> FieldFormat.trim(fields.get(f))).toList();
  }

  /** The names of the header; empty without one. */
  List<String> names() {
    return names.names();
  }

  FieldFormat format() {
    return format;
  }

  /** The layout of a file from which an encoding is learnt. */
  CsvLayout learning(
      @Nullable String label,
      List<String> targets,
      @Nullable String weight,
      List<String> categories,
      List<String> ignored,
      Missing missing,
      int classCount)
      throws DataException {
    Role[] roles = new Role[width];
    Arrays.fill(roles, Role.NUMBER);
    if (targets.isEmpty()) {
      set(roles, label == null ? CsvReader.LAST : label, Role.LABEL);
    }
    for (String column : targets) {
      set(roles, column, Role.TARGET);
    }
    if (weight != null) {
      set(roles, weight, Role.WEIGHT);
    }
    for (String column : categories) {
      set(roles, column, Role.CATEGORY);
    }
    for (String column : ignored) {
      set(roles, column, Role.IGNORED);
    }
    float fill = missing.kind() == Missing.Kind.ERROR ? Float.NaN : 0f;
    List<Column> columns = new ArrayList<>();
    Dictionary[] dictionaries = new Dictionary[width];
    int[] columnOf = new int[width];
    boolean features = false;
    for (int f = 0; f < width; f++) {
      String name = names.names().isEmpty() ? "" : names.names().get(f);
      boolean feature = roles[f] == Role.NUMBER || roles[f] == Role.CATEGORY;
      columns.add(new Column(name, roles[f], feature ? fill : Float.NaN, List.of()));
      dictionaries[f] = roles[f] == Role.CATEGORY ? new Dictionary() : null;
      columnOf[f] = roles[f] == Role.IGNORED ? -1 : f;
      features |= feature;
    }
    if (!features) {
      throw place.error("no column is left for the features" + names.aloneHint());
    }
    Labels labels = null;
    if (targets.isEmpty()) {
      labels = classCount == 0 ? new Labels() : new Labels(List.of(), classCount);
    }
    TextColumns texts = new TextColumns(place, names.names(), guessed && names.names().isEmpty());
    RawParser parser =
        new RawParser(place, columns, columnOf, dictionaries, labels, null, format, texts);
    int[] fieldOf = new int[width];
    Arrays.setAll(fieldOf, c -> c);
    return new CsvLayout(place, !names.names().isEmpty(), columns, parser, fieldOf);
  }

  private void set(Role[] roles, String column, Role role) throws DataException {
    int f = names.index(column);
    if (roles[f] != Role.NUMBER) {
      throw place.error(
          "column "
              + Place.quote(column)
              + " cannot be both "
              + lower(roles[f])
              + " and "
              + lower(role));
    }
    roles[f] = role;
  }

  /**
   * The layout of a file that is read by an encoding learnt before.
   *
   * @param label the column of the label or only target, where it is not that of the encoding; or
   *     null
   * @param complete whether labels, targets and weights are wanted
   */
  CsvLayout known(Encoding encoding, @Nullable String label, boolean complete)
      throws DataException {
    List<Column> columns = encoding.columns();
    int[] fieldOf = new int[columns.size()];
    Arrays.fill(fieldOf, -1);
    int named = label == null ? -1 : names.index(label);
    if (encoding.named() && !names.names().isEmpty()) {
      byName(encoding, named, fieldOf);
    } else if (label == null
        && width != encoding.nIn()
        && encoding.targetNames().stream().anyMatch(target -> names.of(target) >= 0)) {
      byTargetNames(encoding, fieldOf);
    } else {
      byPosition(encoding, named, fieldOf);
    }
    int[] columnOf = new int[width];
    Arrays.fill(columnOf, -1);
    for (int c = 0; c < fieldOf.length; c++) {
      Role role = columns.get(c).role();
      boolean wanted = columns.get(c).isFeature() || complete && role != Role.IGNORED;
      if (fieldOf[c] < 0 && wanted) {
        String name = columns.get(c).name();
        String what = name.isEmpty() ? "for the " + lower(role) : Place.quote(name);
        throw place.error("no column " + what + ": it has " + names.has());
      }
      if (wanted) {
        columnOf[fieldOf[c]] = c;
      }
    }
    Dictionary[] dictionaries = new Dictionary[columns.size()];
    for (int c = 0; c < dictionaries.length; c++) {
      boolean category = columns.get(c).role() == Role.CATEGORY;
      dictionaries[c] = category ? new Dictionary(columns.get(c).values()) : null;
    }
    Labels labels =
        complete && encoding.hasLabels() ? new Labels(encoding.classes(), encoding.nOut()) : null;
    RawParser parser =
        new RawParser(
            place,
            columns,
            columnOf,
            dictionaries,
            labels,
            encoding,
            format.withMissing(encoding.missingValues()),
            null);
    return new CsvLayout(place, !names.names().isEmpty(), columns, parser, fieldOf);
  }

  private static String lower(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  /** Finds the columns by their names, in any order; a column of another name is an error. */
  private void byName(Encoding encoding, int label, int[] fieldOf) throws DataException {
    Map<String, Integer> known = new HashMap<>();
    for (Column column : encoding.columns()) {
      known.put(column.name(), known.size());
    }
    int out = -1;
    if (label >= 0) {
      int c = known.getOrDefault(names.names().get(label), -1);
      Role role = c < 0 ? Role.IGNORED : encoding.columns().get(c).role();
      if (role == Role.NUMBER || role == Role.CATEGORY || role == Role.WEIGHT) {
        throw place.error(
            label,
            "the model takes it as a "
                + (role == Role.WEIGHT ? "weight" : "feature")
                + ": it is not the label");
      }
      out = output(encoding, c);
    }
    for (int f = 0; f < width; f++) {
      int c = f == label ? out : known.getOrDefault(names.names().get(f), -1);
      if (c < 0 && kept.contains(f)) {
        continue;
      }
      if (c < 0) {
        List<String> trained = encoding.columns().stream().map(Column::name).toList();
        String hint = names.hint();
        throw place.error(
            f,
            "not one of the columns that the model was trained on: "
                + Place.list(trained)
                + (hint.isEmpty() ? Nearest.hint(names.names().get(f), trained) : hint));
      }
      if (f == label || c != out) {
        fieldOf[c] = f;
      }
    }
  }

  /**
   * The column of the encoding that is the label or target, where the file's was named.
   *
   * @param c the one that stands there; -1 if that is not known
   */
  private int output(Encoding encoding, int c) throws DataException {
    Role role = encoding.hasLabels() ? Role.LABEL : Role.TARGET;
    if (c >= 0 && encoding.columns().get(c).role() == role) {
      return c;
    }
    if (encoding.nOut() > 1 && role == Role.TARGET) {
      throw place.error(
          "the model has " + encoding.nOut() + " targets, and the label is none: leave it out");
    }
    return encoding.index(role);
  }

  /** The targets that have names by those, the features in the order of the others. */
  private void byTargetNames(Encoding encoding, int[] fieldOf) throws DataException {
    BitSet beside = new BitSet();
    for (int c = 0; c < fieldOf.length; c++) {
      int f = names.of(encoding.columns().get(c).name());
      if (!encoding.columns().get(c).isFeature() && f >= 0) {
        fieldOf[c] = f;
        beside.set(f);
      }
    }
    int targets = beside.cardinality();
    if (width - targets != encoding.nIn()) {
      kept.forEach(beside::set);
    }
    int f = beside.nextClearBit(0);
    for (int c = 0; c < fieldOf.length; c++) {
      if (encoding.columns().get(c).isFeature()) {
        fieldOf[c] = f;
        f = beside.nextClearBit(f + 1);
      }
    }
    if (f != width) {
      throw place.error(
          (width - targets)
              + " columns beside the targets, but the model takes "
              + encoding.nIn()
              + " features: it has "
              + names.has());
    }
  }

  /**
   * All columns as they were, also with the label elsewhere; or the features in their order, also
   * beside the columns that are kept.
   */
  private void byPosition(Encoding encoding, int label, int[] fieldOf) throws DataException {
    List<Column> columns = encoding.columns();
    int features = (int) columns.stream().filter(Column::isFeature).count();
    boolean all = width == columns.size();
    BitSet beside = new BitSet();
    if (label >= 0) {
      beside.set(label);
    }
    boolean alone = width == features + beside.cardinality();
    int[] found = all || alone ? places(encoding, all, label, beside) : null;
    kept.forEach(beside::set);
    if (!alone && width == features + beside.cardinality()) {
      int[] other = places(encoding, false, label, beside);
      if (found != null && !sameFeatures(columns, found, other)) {
        throw place.error(
            "whether the columns of --keep are features or stand beside them is open, since the"
                + " columns are taken in their order: name that of the label with --label, or"
                + " train with a header");
      }
      found = other;
    }
    if (found == null) {
      throw place.atLine(
          place.line(),
          ": "
              + width
              + (width == 1 ? " column" : " columns")
              + ", but the model was trained on "
              + columns.size()
              + ", of which "
              + features
              + " are features: wanted all, or the features alone, or those and the one of --label"
              + (kept.isEmpty() ? "" : " and those of --keep")
              + names.hint());
    }
    System.arraycopy(found, 0, fieldOf, 0, fieldOf.length);
  }

  /** The features, or all columns, in the order of the fields but those beside them. */
  private int[] places(Encoding encoding, boolean all, int label, BitSet beside)
      throws DataException {
    int out = label < 0 ? -1 : output(encoding, all ? label : -1);
    int[] fieldOf = new int[encoding.columns().size()];
    int f = beside.nextClearBit(0);
    for (int c = 0; c < fieldOf.length; c++) {
      fieldOf[c] = c == out ? label : -1;
      if (c != out && (all || encoding.columns().get(c).isFeature())) {
        fieldOf[c] = f;
        f = beside.nextClearBit(f + 1);
      }
    }
    return fieldOf;
  }

  private static boolean sameFeatures(List<Column> columns, int[] a, int[] b) {
    for (int c = 0; c < a.length; c++) {
      if (columns.get(c).isFeature() && a[c] != b[c]) {
        return false;
      }
    }
    return true;
  }
}
