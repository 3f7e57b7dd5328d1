package io.lanewise.dataset;

/** A dataset that does not look like one, so that it is read through its reader. */
public record Streamed(Dataset data) implements RowSource {
  @Override
  public long rowCount() {
    return data.rowCount();
  }

  @Override
  public int nIn() {
    return data.nIn();
  }

  @Override
  public int nOut() {
    return data.nOut();
  }

  @Override
  public boolean hasLabels() {
    return data.hasLabels();
  }

  @Override
  public boolean hasWeights() {
    return data.hasWeights();
  }

  @Override
  public Reader open(long row) {
    return data.open(row);
  }
}
