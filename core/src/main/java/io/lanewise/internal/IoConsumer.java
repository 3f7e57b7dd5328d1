package io.lanewise.internal;

import java.io.IOException;

/** Takes something, and may fail at it. */
public interface IoConsumer<T> {
  void accept(T what) throws IOException;
}
