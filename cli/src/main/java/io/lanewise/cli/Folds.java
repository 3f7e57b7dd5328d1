package io.lanewise.cli;

import io.lanewise.data.CrossValidation;
import io.lanewise.dataset.Dataset;
import java.io.IOException;

/**
 * The rows in folds.
 *
 * @param rows how many there are
 * @param held the numbers of the rows of each fold
 * @param folding reads the rows when one of them is held back
 */
record Folds(int rows, int[][] held, Folding folding) {
  /**
   * What is trained on without a fold, and the fold.
   *
   * @param held the rows of the fold
   */
  record Fold(TrainingOptions.Loaded loaded, Dataset held) {}

  /** Makes of the numbers of the training rows and of the others what they are in a fold. */
  interface Folding {
    Fold of(int[] training, int[] held) throws IOException;
  }

  /** What is learnt from rows is learnt without those of the fold. */
  Fold open(int fold) throws IOException {
    int[] own = held[fold];
    return folding.of(CrossValidation.others(rows, own), own);
  }
}
