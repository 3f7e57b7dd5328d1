package io.lanewise.data;

import io.lanewise.data.numpy.Npy;
import io.lanewise.data.numpy.Npz;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which arrays of a .npz file are the features and the labels, as far as their names say, or as was
 * said.
 *
 * @param x the features
 * @param y the labels or targets; null if there are none
 */
record NpzNames(String x, @Nullable String y) {
  private static final String PART = "(train|training|test|testing|val|valid|validation|dev)";
  private static final Pattern NAME =
      Pattern.compile(
          PART
              + "?[_. -]?(?:(x|data|features?|images?|inputs?|samples)"
              + "|(y|labels?|targets?|class|classes))[_. -]?"
              + PART
              + "?");

  /** Arrays of one part, such as x_train and y_train; a name that is there twice is open. */
  private static final class Group {
    private final List<String> x = new ArrayList<>();
    private final List<String> y = new ArrayList<>();
  }

  /**
   * Finds them.
   *
   * @param x the name that was said; null for none
   * @param y likewise
   * @param featuresOnly whether the labels are not needed
   * @throws DataException if it is open which they are, or one is not there
   */
  static NpzNames of(Npz file, @Nullable String x, @Nullable String y, boolean featuresOnly)
      throws IOException {
    for (String name : new String[] {x, y}) {
      if (name != null && !file.names().contains(name)) {
        throw new DataException(file + ": no array " + Place.quote(name) + ": it has " + all(file));
      }
    }
    if (x != null && (y != null || featuresOnly)) {
      return new NpzNames(x, featuresOnly ? null : y);
    }
    Map<String, Group> groups = groups(file.names());
    groups
        .values()
        .removeIf(
            group ->
                group.x.isEmpty()
                    || x != null && !group.x.contains(x)
                    || y != null && !group.y.contains(y));
    if (groups.size() == 1) {
      Group group = groups.values().iterator().next();
      boolean oneX = x != null || group.x.size() == 1;
      boolean oneY = y != null || featuresOnly || group.y.size() == 1;
      if (oneX && oneY) {
        String labels = y != null ? y : featuresOnly ? null : group.y.get(0);
        return new NpzNames(x != null ? x : group.x.get(0), labels);
      }
    }
    NpzNames numbered = x == null && y == null ? numbered(file, featuresOnly) : null;
    if (numbered != null) {
      return numbered;
    }
    throw open(file, groups, x, y, featuresOnly);
  }

  /** The other arrays; not the labels, where the features are wanted alone. */
  List<String> others(Npz file) {
    List<String> others = new ArrayList<>(file.names());
    others.removeAll(Arrays.asList(x, y));
    if (y == null) {
      others.removeIf(
          name -> {
            Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
            return matcher.matches() && matcher.group(3) != null || name.matches("arr_[01]");
          });
    }
    return others;
  }

  private static Map<String, Group> groups(Set<String> names) {
    Map<String, Group> groups = new LinkedHashMap<>();
    for (String name : names) {
      Matcher matcher = NAME.matcher(name.toLowerCase(Locale.ROOT));
      if (!matcher.matches() || matcher.group(1) != null && matcher.group(4) != null) {
        continue;
      }
      String part = matcher.group(1) != null ? matcher.group(1) : matcher.group(4);
      // The beginning tells them apart: validation is val.
      String key = part == null ? "" : part.substring(0, 2);
      Group group = groups.computeIfAbsent(key, k -> new Group());
      (matcher.group(2) != null ? group.x : group.y).add(name);
    }
    return groups;
  }

  /** What {@code numpy.savez(file, x, y)} writes, if the shapes tell which is which; else null. */
  private static @Nullable NpzNames numbered(Npz file, boolean featuresOnly) throws IOException {
    if (file.names().size() == 1 && featuresOnly) {
      return new NpzNames(file.names().iterator().next(), null);
    }
    if (!file.names().equals(Set.of("arr_0", "arr_1"))) {
      return null;
    }
    long[] first = file.shape("arr_0");
    long[] second = file.shape("arr_1");
    boolean swapped = first.length < second.length;
    long[] rows = swapped ? second : first;
    long[] labels = swapped ? first : second;
    if (rows.length < 2 || labels.length != 1 || rows[0] != labels[0]) {
      return null;
    }
    return new NpzNames(
        swapped ? "arr_1" : "arr_0", featuresOnly ? null : swapped ? "arr_0" : "arr_1");
  }

  private static DataException open(
      Npz file, Map<String, Group> groups, @Nullable String x, @Nullable String y, boolean only)
      throws IOException {
    List<String> names = new ArrayList<>(file.names());
    Group first = groups.isEmpty() ? new Group() : groups.values().iterator().next();
    String features = x != null ? x : first.x.isEmpty() ? "NAME" : first.x.get(0);
    String labels = y != null ? y : first.y.isEmpty() ? "NAME" : first.y.get(0);
    return new DataException(
        file
            + ": it is open which array has the features"
            + (only ? "" : " and which the labels")
            + ", it has "
            + (names.isEmpty() ? "none" : all(file))
            + ": name "
            + (only ? "it" : "them")
            + ", such as --x "
            + features
            + (only
                ? ""
                : " --y " + labels + " (of --validation: --validation-x, --validation-y)"));
  }

  /** All arrays with their types and shapes. */
  private static String all(Npz file) throws IOException {
    List<String> all = new ArrayList<>();
    for (String name : file.names()) {
      all.add(all.size() < Place.LISTED ? name + " " + what(file, name) : name);
    }
    return Place.list(all);
  }

  private static String what(Npz file, String name) throws IOException {
    try (Npy array = file.array(name)) {
      return (array.isText() ? "texts" : array.type()) + " " + Arrays.toString(array.shape());
    } catch (ModelFormatException e) {
      return "(not readable)";
    }
  }
}
