package io.lanewise.check;

import io.lanewise.internal.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a {@link KernelDiff} found.
 *
 * @param first the name of the first kernels
 * @param second the name of the second
 * @param tensors one entry a tensor, in the order in which they are computed: those after the first
 *     different one have different inputs
 */
public record DiffReport(String first, String second, List<Tensor> tensors) {

  /** Takes a copy of the list. */
  public DiffReport {
    tensors = List.copyOf(tensors);
  }

  /**
   * One tensor of both.
   *
   * @param name such as "0.output", "1.dweight", "loss", "adam"
   * @param rows its rows
   * @param columns its columns
   * @param different how many elements have different bits
   * @param difference the first of them in row-major order; null if there is none
   */
  public record Tensor(String name, int rows, int columns, int different, Difference difference) {

    /** Returns the number of elements. */
    public int compared() {
      return rows * columns;
    }
  }

  /**
   * Two elements whose bits differ.
   *
   * @param tensor the name of the tensor
   * @param layer the layer's index; -1 for what belongs to none
   * @param row from 0
   * @param column from 0
   * @param first the value by the first kernels
   * @param second the value by the second kernels
   * @param ulps their distance in units in the last place
   */
  public record Difference(
      String tensor, int layer, int row, int column, double first, double second, long ulps) {

    @Override
    public String toString() {
      String distance = ulps == Ulps.NAN ? "NaN" : ulps + " ulp";
      return "%s[%d,%d]: %s and %s, %s"
          .formatted(tensor, row, column, text(first), text(second), distance);
    }

    /** A float as a float, with the fewest digits that tell it from its neighbours. */
    private static String text(double value) {
      float narrow = (float) value;
      return narrow == value ? Float.toString(narrow) : Double.toString(value);
    }
  }

  /** Returns whether all bits are the same. */
  public boolean identical() {
    return firstDifference().isEmpty();
  }

  /** Returns the number of elements compared. */
  public long compared() {
    return tensors.stream().mapToLong(Tensor::compared).sum();
  }

  /** Returns the difference that was computed first: the later ones may only follow from it. */
  public Optional<Difference> firstDifference() {
    return differences().stream().findFirst();
  }

  /** Returns the first difference of each tensor that has one, in the order of computation. */
  public List<Difference> differences() {
    List<Difference> differences = new ArrayList<>();
    for (Tensor tensor : tensors) {
      if (tensor.difference() != null) {
        differences.add(tensor.difference());
      }
    }
    return differences;
  }

  /** Returns one line with the result and, where bits differ, a table of all tensors. */
  @Override
  public String toString() {
    String names = first + " and " + second;
    if (identical()) {
      return names + ": identical, " + compared() + " values compared\n";
    }
    TextTable table = new TextTable();
    table.add("tensor", "shape", "different", "first difference");
    for (Tensor tensor : tensors) {
      table.add(
          tensor.name(),
          tensor.rows() + "x" + tensor.columns(),
          Integer.toString(tensor.different()),
          tensor.difference() == null ? "" : tensor.difference().toString());
    }
    return names + ": DIFFERENT, first at " + firstDifference().orElseThrow() + "\n" + table;
  }
}
