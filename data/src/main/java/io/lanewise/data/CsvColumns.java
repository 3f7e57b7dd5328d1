package io.lanewise.data;

import io.lanewise.data.CsvReader.Missing;
import io.lanewise.data.Encoding.Column;
import io.lanewise.data.Encoding.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides from the first line of a file, and what was said of it, what its columns are. */
final class CsvColumns {
  private final Place place;
  private final List<String> names;
  private final int width;

  /**
   * Takes the first line.
   *
   * @param header whether it has the names
   */
  CsvColumns(Place place, List<String> fields, CsvReader.Header header) throws DataException {
    this.place = place;
    width = fields.size();
    boolean isHeader =
        header == CsvReader.Header.YES
            || header == CsvReader.Header.AUTO
                && fields.stream().noneMatch(Numbers::looksLikeNumber);
    names = isHeader ? fields.stream().map(String::trim).toList() : List.of();
    HashSet<String> seen = new HashSet<>();
    for (int f = 0; f < names.size(); f++) {
      if (!seen.add(names.get(f))) {
        throw place.error(f, "the header has this name twice: " + Place.quote(names.get(f)));
      }
    }
    place.names(names);
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
      boolean feature = roles[f] == Role.NUMBER || roles[f] == Role.CATEGORY;
      String name = names.isEmpty() ? "" : names.get(f);
      columns.add(new Column(name, roles[f], feature ? fill : Float.NaN, List.of()));
      dictionaries[f] = roles[f] == Role.CATEGORY ? new Dictionary() : null;
      columnOf[f] = roles[f] == Role.IGNORED ? -1 : f;
      features |= feature;
    }
    if (!features) {
      throw place.error("no column is left for the features");
    }
    Labels labels = targets.isEmpty() ? new Labels(List.of(), classCount) : null;
    RawParser parser = new RawParser(place, columns, columnOf, dictionaries, labels, false);
    int[] fieldOf = new int[width];
    Arrays.setAll(fieldOf, c -> c);
    return new CsvLayout(place, !names.isEmpty(), columns, parser, fieldOf);
  }

  private void set(Role[] roles, String column, Role role) throws DataException {
    int f = index(column);
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

  private int index(String column) throws DataException {
    if (names.contains(column)) {
      return names.indexOf(column);
    }
    if (column.equals(CsvReader.LAST)) {
      return width - 1;
    }
    if (column.matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(column);
      if (number >= 1 && number <= width) {
        return number - 1;
      }
    }
    throw place.error("no column " + Place.quote(column) + ": it has " + has());
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
    int named = label == null ? -1 : index(label);
    if (encoding.named() && !names.isEmpty()) {
      byName(encoding, named, fieldOf);
    } else {
      byPosition(encoding, named, fieldOf);
    }
    int[] columnOf = new int[width];
    Arrays.fill(columnOf, -1);
    for (int c = 0; c < fieldOf.length; c++) {
      Role role = columns.get(c).role();
      boolean feature = role == Role.NUMBER || role == Role.CATEGORY;
      if (fieldOf[c] < 0 && (feature || complete && role != Role.IGNORED)) {
        String name = columns.get(c).name();
        String what = name.isEmpty() ? "for the " + lower(role) : Place.quote(name);
        throw place.error("no column " + what + ": it has " + has());
      }
      if (feature || complete && role != Role.IGNORED) {
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
        new RawParser(place, columns, columnOf, dictionaries, labels, encoding.unknownAsZeros());
    return new CsvLayout(place, !names.isEmpty(), columns, parser, fieldOf);
  }

  private static String lower(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private String has() {
    return names.isEmpty() ? "no header and " + width + " columns" : Place.list(names);
  }

  /** Finds the columns by their names, in any order; a column of another name is an error. */
  private void byName(Encoding encoding, int label, int[] fieldOf) throws DataException {
    List<Column> columns = encoding.columns();
    List<String> known = columns.stream().map(Column::name).toList();
    for (int f = 0; f < width; f++) {
      int c = f == label ? output(encoding) : known.indexOf(names.get(f));
      if (c < 0) {
        throw place.error(
            f, "not one of the columns that the model was trained on: " + Place.list(known));
      }
      boolean other = label >= 0 && f != label && c == output(encoding);
      if (!other) {
        fieldOf[c] = f;
      }
    }
  }

  private static int output(Encoding encoding) {
    return encoding.index(encoding.hasLabels() ? Role.LABEL : Role.TARGET);
  }

  /** All columns as they were, or the features alone in their order. */
  private void byPosition(Encoding encoding, int label, int[] fieldOf) throws DataException {
    List<Column> columns = encoding.columns();
    int features = 0;
    for (Column column : columns) {
      features += column.role() == Role.NUMBER || column.role() == Role.CATEGORY ? 1 : 0;
    }
    if (label < 0 && width == columns.size()) {
      Arrays.setAll(fieldOf, c -> c);
      return;
    }
    if (width != features + (label < 0 ? 0 : 1)) {
      throw place.atLine(
          place.line(),
          ": "
              + width
              + " columns, but the model was trained on "
              + columns.size()
              + ", of which "
              + features
              + " are features");
    }
    int f = 0;
    for (int c = 0; c < fieldOf.length; c++) {
      Role role = columns.get(c).role();
      if (role == Role.NUMBER || role == Role.CATEGORY) {
        f += f == label ? 1 : 0;
        fieldOf[c] = f++;
      } else if (label >= 0 && c == output(encoding)) {
        fieldOf[c] = label;
      }
    }
  }
}
