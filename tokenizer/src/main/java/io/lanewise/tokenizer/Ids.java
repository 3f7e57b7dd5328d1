package io.lanewise.tokenizer;

import java.util.Arrays;

/** Token ids that come one after the other. */
final class Ids {
  private int[] ids = new int[16];
  private int size;

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, 2 * size);
    }
    ids[size++] = id;
  }

  int size() {
    return size;
  }

  void cutTo(int size) {
    this.size = size;
  }

  int[] toArray() {
    return Arrays.copyOf(ids, size);
  }
}
