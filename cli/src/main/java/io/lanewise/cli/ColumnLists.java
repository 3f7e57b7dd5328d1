package io.lanewise.cli;

import java.util.ArrayList;
import java.util.List;

/** Lists on the command line: a,b,"c, d" are three columns, as in a line of CSV. */
final class ColumnLists {
  private ColumnLists() {}

  /** Takes apart what was given, also several times. */
  static List<String> split(List<String> given) {
    List<String> items = new ArrayList<>();
    for (String text : given) {
      StringBuilder item = new StringBuilder();
      boolean quoted = false;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '"' && (quoted || item.isEmpty())) {
          boolean pair = quoted && i + 1 < text.length() && text.charAt(i + 1) == '"';
          quoted = pair || !quoted;
          if (pair) {
            item.append(c);
            i++;
          }
        } else if (c == ',' && !quoted) {
          items.add(item.toString());
          item.setLength(0);
        } else {
          item.append(c);
        }
      }
      items.add(item.toString());
    }
    return items;
  }
}
