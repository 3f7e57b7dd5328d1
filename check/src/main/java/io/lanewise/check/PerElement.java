package io.lanewise.check;

/** A function of one float, for {@link Conformance}. */
@FunctionalInterface
public interface PerElement {
  /** Returns f(x). */
  float apply(float x);
}
