package io.lanewise.check.internal;

import java.util.ArrayList;
import java.util.List;

/** Lines of cells, each column as wide as its widest cell. */
public final class TextTable {
  private final List<String[]> lines = new ArrayList<>();
  private final int right;

  /** Begins one whose cells stand at the left. */
  public TextTable() {
    this(Integer.MAX_VALUE);
  }

  /** Begins one whose cells stand at the right from that column on: numbers. */
  public TextTable(int right) {
    this.right = right;
  }

  /** Adds a line, with as many cells as the first. */
  public void add(String... cells) {
    lines.add(cells);
  }

  /** The lines, each with its end. */
  @Override
  public String toString() {
    int[] width = new int[lines.get(0).length];
    for (String[] line : lines) {
      for (int c = 0; c < line.length; c++) {
        width[c] = Math.max(width[c], line[c].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder row = new StringBuilder();
      for (int c = 0; c < line.length; c++) {
        int room = width[c] - line[c].length();
        row.repeat(" ", c < right ? 0 : room).append(line[c]);
        row.repeat(" ", (c < right ? room : 0) + 2);
      }
      text.append(row.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
