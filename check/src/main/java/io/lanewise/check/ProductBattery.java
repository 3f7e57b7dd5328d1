package io.lanewise.check;

import io.lanewise.check.Trial.Fill;
import io.lanewise.kernel.Epilogue;
import io.lanewise.kernel.Transpose;

/** The product alone: nothing before it, nothing after it. */
final class ProductBattery {
  private ProductBattery() {}

  /** In every form, over small shapes and thin ones. */
  static void sample(Trial trial) {
    for (Transpose form : Transpose.values()) {
      int next = 0;
      for (int m : new int[] {1, 2, 7, 25}) {
        for (int n : new int[] {1, 15, 16, 50}) {
          for (int k : new int[] {0, 1, 6, 21, 35}) {
            product(trial, form, m, n, k, next++ % 3 == 0 ? Fill.SPECIAL : Fill.NORMAL);
          }
        }
      }
      for (int[] s : MatmulBattery.THIN) {
        product(trial, form, s[0], s[1], s[2], Fill.NORMAL);
      }
    }
  }

  /** Every small shape, random ones, and some beyond every block. */
  static void all(Trial trial, int max) {
    sample(trial);
    for (Transpose form : Transpose.values()) {
      for (int m : MatmulBattery.GRID) {
        for (int n : MatmulBattery.GRID) {
          for (int k : MatmulBattery.GRID) {
            product(trial, form, m, n, k, (m + n + k) % 5 == 0 ? Fill.SPECIAL : Fill.NORMAL);
          }
        }
      }
      for (int i = 0; i < 200; i++) {
        Fill fill = trial.below(4) == 0 ? Fill.SPECIAL : Fill.WIDE;
        product(trial, form, trial.below(150), trial.below(150), trial.below(300), fill);
      }
      for (int d : new int[] {max - 1, 5_003, 1_201}) {
        for (int[] s : new int[][] {{d, 17, 3}, {5, d, 3}, {5, 18, d}}) {
          if (d > max) {
            continue;
          }
          product(trial, form, s[0], s[1], s[2], Fill.NORMAL);
        }
      }
    }
  }

  private static void product(Trial trial, Transpose form, int m, int n, int k, Fill fill) {
    MatmulBattery.product(trial, true, form, m, n, k, Epilogue.NONE, fill);
  }
}
