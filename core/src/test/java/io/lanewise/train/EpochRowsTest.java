package io.lanewise.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.dataset.RowSource.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where shards have rows of their own. */
class EpochRowsTest {
  private static Dataset numbered(int rows) {
    float[] x = new float[rows];
    for (int i = 0; i < rows; i++) {
      x[i] = i;
    }
    return Dataset.ofTargets(x, 1, x, 1);
  }

  /** The rows of an epoch by shard, as batches take them from a position on. */
  private static List<List<Integer>> read(
      EpochRows epochs, int rows, int shards, int epoch, int position, int batch)
      throws IOException {
    List<List<Integer>> of = new ArrayList<>();
    IntStream.range(0, shards).forEach(s -> of.add(new ArrayList<>()));
    Rows room = new Rows(numbered(rows), batch);
    epochs.open(epoch, position);
    for (int done = position; done < rows; done += batch) {
      int m = Math.min(batch, rows - done);
      for (int s = 0; s < Math.min(shards, m); s++) {
        int count =
            UpdateGradient.firstRow(m, shards, s + 1) - UpdateGradient.firstRow(m, shards, s);
        epochs.read(s, true, room, count);
        for (int i = 0; i < count; i++) {
          of.get(s).add((int) room.features()[i]);
        }
      }
    }
    epochs.close();
    return of;
  }

  private static EpochRows epochs(int rows, int shards, boolean shuffle) {
    Trainer trainer = new Trainer(Clouds.network()).seed(9).shards(shards).shardRows(true);
    return new EpochRows(numbered(rows), trainer.shuffle(shuffle));
  }

  @Test
  void eachShardTakesItsOwnRunOnce() throws IOException {
    for (boolean shuffle : new boolean[] {true, false}) {
      for (int rows = 1; rows < 60; rows++) {
        EpochRows epochs = epochs(rows, 4, shuffle);
        List<List<Integer>> of = read(epochs, rows, 4, 3, 0, 8);
        for (int s = 0; s < 4; s++) {
          int first = UpdateGradient.firstRow(rows, 4, s);
          int end = UpdateGradient.firstRow(rows, 4, s + 1);
          List<Integer> own = IntStream.range(first, end).boxed().toList();
          assertEquals(own, of.get(s).stream().sorted().toList());
          assertTrue(shuffle || own.equals(of.get(s)));
          for (int position = 8; position < rows; position += 8) {
            List<Integer> rest = read(epochs, rows, 4, 3, position, 8).get(s);
            assertEquals(of.get(s).subList(position / 4, own.size()), rest);
          }
        }
      }
    }
  }

  /** A change of the order is a change of what every such training gives. */
  @Test
  void theOrderIsFrozen() throws IOException {
    assertEquals(
        List.of(List.of(5, 0, 2, 4, 3, 1), List.of(10, 6, 9, 11, 8, 7)),
        read(epochs(12, 2, true), 12, 2, 2, 0, 4));
  }
}
