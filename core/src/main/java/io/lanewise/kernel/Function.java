package io.lanewise.kernel;

/** Elementary functions of one float, beside those that are an {@link Activation}. */
public enum Function {
  /** e^x. */
  EXP,
  /** e^x - 1. */
  EXPM1,
  /** The natural logarithm. */
  LOG,
  /** ln(1 + x). */
  LOG1P,
  /** The error function, 2/sqrt(pi) times the integral of e^-t^2 from 0 to x. */
  ERF
}
