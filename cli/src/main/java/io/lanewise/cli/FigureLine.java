package io.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

/** Figures on one line, on which there is not always room for all of them. */
final class FigureLine {
  private record Part(int rank, String text, String brief) {}

  private final List<Part> parts = new ArrayList<>();

  /**
   * Adds a figure, if there is one.
   *
   * @param rank which go first where there is no room: those of the largest
   * @param name before it; may be empty
   * @param brief the name where there is little room
   */
  FigureLine add(int rank, String name, String brief, String figure) {
    if (!figure.isEmpty()) {
      parts.add(
          new Part(
              rank,
              name.isEmpty() ? figure : name + " " + figure,
              brief.isEmpty() ? figure : brief + " " + figure));
    }
    return this;
  }

  /** With all figures if they fit; else with short names, then with as many as fit. */
  String fit(int width) {
    String text = text(parts, false);
    if (text.length() <= width) {
      return text;
    }
    List<Part> left = new ArrayList<>(parts);
    text = text(left, true);
    while (text.length() > width && left.size() > 1) {
      Part least = left.get(0);
      for (Part part : left) {
        least = part.rank() >= least.rank() ? part : least;
      }
      left.remove(least);
      String spelled = text(left, false);
      text = spelled.length() <= width ? spelled : text(left, true);
    }
    return text.substring(0, Math.min(width, text.length()));
  }

  private static String text(List<Part> parts, boolean brief) {
    return String.join("  ", parts.stream().map(p -> brief ? p.brief() : p.text()).toList());
  }
}
