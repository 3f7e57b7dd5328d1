package io.lanewise.tokenizer;

import java.util.Arrays;

/**
 * Texts with a number each, found by where a text begins with one: the longest of them, in time
 * that does not grow with how many there are.
 */
final class Trie {
  /** The beginnings that it holds at most, the empty one among them. */
  static final int MAX_NODES = 1 << 23;

  static final int ROOT = 0;

  /** No such node, no such text. */
  static final int NONE = -1;

  private static final int FIRST_SLOTS = 1 << 10;
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  // A beginning and the character after it, and the beginning that is both; 0 for a free slot.
  private long[] keys = new long[FIRST_SLOTS];
  private int[] children = new int[FIRST_SLOTS];
  private int[] numbers = {NONE};
  private int nodes = 1;

  /**
   * Adds a text.
   *
   * @return false if it is there already, which leaves all as it was, or if there is no more room
   */
  boolean add(CharSequence text, int number) {
    int node = ROOT;
    for (int i = 0; i < text.length(); i++) {
      int next = next(node, text.charAt(i));
      if (next == NONE && nodes == MAX_NODES) {
        return false;
      }
      node = next == NONE ? grow(node, text.charAt(i)) : next;
    }
    if (numbers[node] != NONE) {
      return false;
    }
    numbers[node] = number;
    return true;
  }

  boolean isFull() {
    return nodes == MAX_NODES;
  }

  /** Returns the number of the text that ends at a node, or NONE. */
  int number(int node) {
    return numbers[node];
  }

  /** Returns the node of a character after a node, or NONE. */
  int next(int node, char c) {
    long key = key(node, c);
    for (int slot = slot(key); ; slot = slot + 1 & keys.length - 1) {
      if (keys[slot] == key) {
        return children[slot];
      }
      if (keys[slot] == 0) {
        return NONE;
      }
    }
  }

  /** Returns the node of a text, or NONE. */
  int find(CharSequence text) {
    int node = ROOT;
    for (int i = 0; i < text.length() && node != NONE; i++) {
      node = next(node, text.charAt(i));
    }
    return node;
  }

  private static long key(int node, char c) {
    return ((long) node << 16 | c) + 1;
  }

  private int slot(long key) {
    return (int) (key * SPREAD >>> 32) & keys.length - 1;
  }

  private int grow(int node, char c) {
    if (2 * nodes > keys.length) {
      rehash();
    }
    if (nodes == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * nodes);
    }
    int child = nodes++;
    numbers[child] = NONE;
    put(key(node, c), child);
    return child;
  }

  private void put(long key, int child) {
    int slot = slot(key);
    while (keys[slot] != 0) {
      slot = slot + 1 & keys.length - 1;
    }
    keys[slot] = key;
    children[slot] = child;
  }

  private void rehash() {
    long[] oldKeys = keys;
    int[] oldChildren = children;
    keys = new long[2 * oldKeys.length];
    children = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        put(oldKeys[i], oldChildren[i]);
      }
    }
  }
}
