package io.lanewise.cli;

import java.io.Console;
import java.util.Map;

/**
 * What a training is shown on.
 *
 * @param live whether it is a terminal, on which a line can be written over
 * @param color whether it may be written on in colors
 * @param width the characters of a line; of a terminal one is left free, or the line would wrap
 */
record Screen(boolean live, boolean color, int width) {
  private static final int USUAL = 80;

  /** That of the standard output. */
  static Screen standard() {
    Console console = System.console();
    return of(console != null && console.isTerminal(), System.getenv());
  }

  /** What the environment says of it; the launcher puts the terminal's width into COLUMNS. */
  static Screen of(boolean terminal, Map<String, String> environment) {
    if (!terminal || environment.getOrDefault("TERM", "").equals("dumb")) {
      return new Screen(false, false, Integer.MAX_VALUE);
    }
    String columns = environment.getOrDefault("COLUMNS", "");
    int width = columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : USUAL;
    boolean color = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Screen(true, color, Math.max(1, width - 1));
  }
}
