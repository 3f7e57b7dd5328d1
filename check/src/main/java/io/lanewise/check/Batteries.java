package io.lanewise.check;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Batteries by their names, so that a text can say how one is repeated. */
final class Batteries {
  private static final Pattern TEXT = Pattern.compile("(\\w+)\\(([0-9, ]*)\\)");

  private Batteries() {}

  /**
   * Returns the battery of a text.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Consumer<Trial> of(String text) {
    Matcher parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("battery: wanted such as \"full(1000)\", got " + text);
    }
    int[] n =
        Stream.of(parts.group(2).split(", *"))
            .filter(number -> !number.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    if (parts.group(1).matches("full|beyond|products") && n.length == 1) {
      checkMaximum(n[0]);
    }
    return switch (parts.group(1) + " " + n.length) {
      case "quick 0" -> Batteries::quick;
      case "full 1" -> trial -> full(trial, n[0]);
      case "beyond 1" -> trial -> beyond(trial, n[0]);
      case "products 0" -> ProductBattery::sample;
      case "products 1" -> trial -> ProductBattery.all(trial, n[0]);
      case "matmulGrid 0" -> MatmulBattery::grid;
      case "matmulRandom 2" -> trial -> MatmulBattery.random(trial, n[0], n[1]);
      case "matmulLarge 1" -> trial -> MatmulBattery.large(trial, n[0]);
      case "matmulFused 1" -> trial -> MatmulBattery.fused(trial, n[0]);
      case "matmulScaled 2" -> trial -> MatmulBattery.scaled(trial, n[0], n[1]);
      case "matmulPacked 2" ->
          trial -> {
            MatmulBattery.packed(trial, n[0], n[1]);
            MatmulBattery.packedRows(trial, n[0]);
            MatmulBattery.packedLarge(trial);
          };
      case "elementLengths 0" -> ElementBattery::lengths;
      case "elementValues 1" -> trial -> ElementBattery.values(trial, n[0]);
      case "updateLengths 0" -> UpdateBattery::lengths;
      case "updateValues 1" -> trial -> UpdateBattery.values(trial, n[0]);
      case "rowLengths 0" -> RowBattery::lengths;
      case "rows 1" -> trial -> RowBattery.rows(trial, n[0]);
      case "layerLengths 0" -> LayerBattery::lengths;
      case "layers 1" -> trial -> LayerBattery.random(trial, n[0]);
      default ->
          throw new IllegalArgumentException(
              "battery: there is no " + parts.group(1) + " with " + n.length + " numbers");
    };
  }

  static void checkMaximum(int n) {
    if (n < 100 || n > 10_000_000) {
      throw new IllegalArgumentException("maximum must be 100 to 10,000,000, got " + n);
    }
  }

  private static void full(Trial trial, int max) {
    quick(trial);
    MatmulBattery.grid(trial);
    MatmulBattery.random(trial, 5_000, 200);
    MatmulBattery.large(trial, 50);
    MatmulBattery.fused(trial, 8);
    MatmulBattery.scaled(trial, 2_000, 100);
    MatmulBattery.packed(trial, 2_000, 150);
    MatmulBattery.packedLarge(trial);
    ElementBattery.values(trial, 64);
    UpdateBattery.values(trial, 16);
    RowBattery.rows(trial, 2_000);
    LayerBattery.random(trial, 1_000);
    beyond(trial, max);
  }

  private static void quick(Trial trial) {
    MatmulBattery.sample(trial);
    ElementBattery.lengths(trial);
    UpdateBattery.lengths(trial);
    RowBattery.lengths(trial);
    MatmulBattery.scaledSample(trial);
    MatmulBattery.packedSample(trial);
    LayerBattery.lengths(trial);
  }

  private static void beyond(Trial trial, int max) {
    ElementBattery.beyond(trial, max);
    UpdateBattery.beyond(trial, max);
    RowBattery.beyond(trial, max);
    LayerBattery.beyond(trial, max);
    MatmulBattery.thin(trial, max);
  }
}
