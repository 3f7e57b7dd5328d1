package io.lanewise.data;

/** What the outputs of a network are for. */
public enum Task {
  /** One class of several for each row: the largest output, or one output of two classes. */
  CLASSIFICATION,
  /** Quantities. */
  REGRESSION,
  /** A yes or no for each output: any number of labels for each row. */
  MULTILABEL
}
