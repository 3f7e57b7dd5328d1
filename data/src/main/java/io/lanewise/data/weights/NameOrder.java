package io.lanewise.data.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the names of modules say of their order, pair by pair, and where they say nothing. Numbers
 * of the same container or word count by their value; bn1 belongs to fc1; first comes before last
 * and an encoder before a decoder. The alphabet says nothing.
 */
final class NameOrder {
  /** How a norm stands to the layer of its number. */
  enum Pairing {
    AFTER,
    OPEN
  }

  private static final int MIDDLE = 50;
  private static final int END = 100;
  private static final Map<String, Integer> RANKS = new HashMap<>();

  static {
    List<String> ordinals =
        List.of(
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth");
    for (int i = 0; i < ordinals.size(); i++) {
      RANKS.put(ordinals.get(i), i + 1);
    }
    for (String word : List.of("in", "input", "stem", "encoder", "enc", "features", "backbone")) {
      RANKS.put(word, 1);
    }
    for (String word :
        List.of(
            "out",
            "output",
            "head",
            "classifier",
            "last",
            "final",
            "decoder",
            "dec",
            "logits",
            "predictions")) {
      RANKS.put(word, END);
    }
  }

  /** A part of a name between dots: fc12 is "fc" and "12", without zeros in front. */
  private record Component(String text, String stem, String digits, int rank) {
    static Component of(String text) {
      int end = text.length();
      while (end > 0 && text.charAt(end - 1) >= '0' && text.charAt(end - 1) <= '9') {
        end--;
      }
      String digits = text.substring(end);
      int zeros = 0;
      while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
        zeros++;
      }
      int stem = end;
      while (stem > 0 && "_-".indexOf(text.charAt(stem - 1)) >= 0) {
        stem--;
      }
      String word = text.substring(0, stem);
      int rank = MIDDLE;
      for (String each : words(word)) {
        rank = RANKS.getOrDefault(each, rank);
      }
      return new Component(text, word, digits.substring(zeros), rank);
    }

    boolean isNumber() {
      return stem.isEmpty() && !digits.isEmpty();
    }
  }

  /** Modules with one word and a number each: fc1 and fc2, or linears.0 and linears.1. */
  private record Family(String parent, String word, String digits) {}

  private final List<WeightModule> modules;
  private final List<List<Component>> names = new ArrayList<>();
  private final List<@Nullable Family> families = new ArrayList<>();
  private final Map<String, Set<String>> denseWords = new HashMap<>();
  private final Map<String, Set<String>> denseNumbers = new HashMap<>();
  private final boolean moreDense;

  NameOrder(List<WeightModule> modules) {
    this.modules = modules;
    int dense = 0;
    for (WeightModule module : modules) {
      List<Component> components = components(module.name());
      names.add(components);
      Family family = family(components);
      families.add(family);
      if (module.isDense()) {
        dense++;
        if (family != null) {
          denseWords.computeIfAbsent(family.parent, p -> new HashSet<>()).add(family.word);
          denseNumbers.computeIfAbsent(family.parent, p -> new HashSet<>()).add(family.digits);
        }
      }
    }
    moreDense = dense > modules.size() - dense;
  }

  /** The words of a name, small: those of camelCase, and those between other characters. */
  static List<String> words(String name) {
    List<String> words = new ArrayList<>(1);
    int begin = 0;
    for (int i = 0; i <= name.length(); i++) {
      char c = i < name.length() ? name.charAt(i) : ' ';
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      boolean hump = i > begin && c >= 'A' && c <= 'Z' && name.charAt(i - 1) >= 'a';
      if ((hump || !letter) && i > begin) {
        words.add(name.substring(begin, i).toLowerCase(Locale.ROOT));
      }
      begin = hump ? i : letter ? begin : i + 1;
    }
    return words;
  }

  /** The parts of a name between dots and slashes. */
  private static List<Component> components(String name) {
    List<Component> components = new ArrayList<>(2);
    int begin = 0;
    for (int i = 0; i <= name.length(); i++) {
      if (i == name.length() || name.charAt(i) == '.' || name.charAt(i) == '/') {
        components.add(Component.of(name.substring(begin, i)));
        begin = i + 1;
      }
    }
    return components;
  }

  private static @Nullable Family family(List<Component> name) {
    int last = name.size() - 1;
    Component end = name.get(last);
    if (end.digits.isEmpty()) {
      return null;
    }
    boolean listed = end.isNumber() && last > 0;
    int parents = listed ? last - 1 : last;
    StringBuilder parent = new StringBuilder();
    for (Component component : name.subList(0, parents)) {
      parent.append(component.text).append('.');
    }
    String word = listed ? name.get(last - 1).text + "." : end.stem;
    return new Family(parent.toString(), word, end.digits);
  }

  /** Returns below 0 where i comes before j, above 0 after it, and 0 where the names are silent. */
  int compare(int i, int j, Pairing pairing) {
    int at = differ(i, j);
    if (at < 0) {
      return 0;
    }
    Component a = names.get(i).get(at);
    Component b = names.get(j).get(at);
    if (a.stem.equals(b.stem)) {
      return compareDigits(i, j, a, b);
    }
    if (modules.get(i).isDense() != modules.get(j).isDense()) {
      int paired = modules.get(i).isDense() ? paired(i, j, pairing) : -paired(j, i, pairing);
      if (paired != 0) {
        return paired;
      }
    }
    boolean ordinals = a.rank != MIDDLE && b.rank != MIDDLE;
    boolean ends = a.rank == 1 || b.rank == 1 || a.rank == END || b.rank == END;
    return ordinals || ends ? Integer.compare(a.rank, b.rank) : 0;
  }

  /** Whether the order of these two is that of the numbers in one Sequential. */
  boolean sequential(int i, int j) {
    int at = differ(i, j);
    return at >= 0 && names.get(i).get(at).isNumber() && names.get(j).get(at).isNumber();
  }

  /**
   * Returns how many modules without tensors stood between two of the same container, by their
   * numbers; -1 where the names do not say.
   */
  int between(int i, int j) {
    List<Component> a = names.get(i);
    List<Component> b = names.get(j);
    int last = a.size() - 1;
    if (b.size() != a.size() || differ(i, j) != last || !sequential(i, j)) {
      return -1;
    }
    String from = a.get(last).digits;
    String to = b.get(last).digits;
    return from.length() > 9 || to.length() > 9
        ? -1
        : Math.max(-1, Integer.parseInt(to) - Integer.parseInt(from) - 1);
  }

  private int differ(int i, int j) {
    List<Component> a = names.get(i);
    List<Component> b = names.get(j);
    for (int at = 0; at < Math.min(a.size(), b.size()); at++) {
      if (!a.get(at).text.equals(b.get(at).text)) {
        return at;
      }
    }
    return -1;
  }

  private int compareDigits(int i, int j, Component a, Component b) {
    boolean named = !a.digits.isEmpty() && !b.digits.isEmpty();
    boolean counted = modules.get(i).hasKerasNames() && modules.get(j).hasKerasNames();
    boolean dense = modules.get(i).isDense() && modules.get(j).isDense();
    // "norm" beside norm1 and norm2 is as likely the last; Keras counts dense, dense_1, dense_2.
    if (!named && !counted && !dense) {
      return 0;
    }
    int length = Integer.compare(a.digits.length(), b.digits.length());
    return length != 0 ? length : a.digits.compareTo(b.digits);
  }

  /** Where a dense layer stands to a norm of a number: bn1 is after fc1, and before fc2. */
  private int paired(int dense, int norm, Pairing pairing) {
    Family a = families.get(dense);
    Family b = families.get(norm);
    boolean pairs =
        a != null
            && b != null
            && a.parent.equals(b.parent)
            && denseWords.get(a.parent).size() == 1
            && denseNumbers.get(a.parent).contains(b.digits)
            && !isCounter(modules.get(norm), b.word);
    if (!pairs) {
      return 0;
    }
    int length = Integer.compare(a.digits.length(), b.digits.length());
    int order = Integer.signum(length != 0 ? length : a.digits.compareTo(b.digits));
    return order != 0 ? order : pairing == Pairing.AFTER && moreDense ? -1 : 0;
  }

  /** Keras numbers the layers of each class by themselves: batch_normalization_1 is the second. */
  private static boolean isCounter(WeightModule norm, String word) {
    String plain = word.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
    return norm.hasKerasNames() && (plain.startsWith("batchnorm") || plain.startsWith("layernorm"));
  }
}
