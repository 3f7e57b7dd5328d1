package io.lanewise.spark;

import java.io.IOException;
import java.util.Arrays;

/** Runs another main class until it ends, or the process that started this one does. */
public final class Tied {
  private Tied() {}

  /**
   * Runs it.
   *
   * @param args its name, and what it is given
   */
  public static void main(String[] args) throws ReflectiveOperationException {
    Thread.ofPlatform()
        .daemon()
        .name("tied")
        .start(
            () -> {
              try {
                // Nobody writes: it ends when the other end is closed, by kill -9 too.
                while (System.in.read() >= 0) {}
              } catch (IOException e) {
                // As if it were closed.
              }
              Runtime.getRuntime().halt(3);
            });
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }
}
