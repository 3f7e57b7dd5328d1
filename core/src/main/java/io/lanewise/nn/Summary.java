package io.lanewise.nn;

import io.lanewise.kernel.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A network as a table, a line a layer. */
final class Summary {
  private static final List<String> HEAD =
      List.of("module", "layer", "in", "out", "parameters", "state");
  // The first columns are texts, the others numbers.
  private static final int TEXTS = 2;

  private Summary() {}

  static String of(Network network, List<String> modules) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(HEAD);
    for (Layer layer : network.layers()) {
      lines.add(
          List.of(
              modules.get(layer.index()),
              describe(layer),
              count(layer.nIn()),
              count(layer.nOut()),
              count(layer.parameterCount()),
              count(layer.stateCount())));
    }
    int[] widths = new int[HEAD.size()];
    for (List<String> line : lines) {
      for (int j = 0; j < widths.length; j++) {
        widths[j] = Math.max(widths[j], line.get(j).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (List<String> line : lines) {
      for (int j = 0; j < widths.length; j++) {
        String gap = " ".repeat(widths[j] - line.get(j).length());
        out.append(j == 0 ? "" : "  ");
        out.append(j < TEXTS ? line.get(j) + gap : gap + line.get(j));
      }
      out.append('\n');
    }
    return out.append(total(network)).append('\n').toString();
  }

  private static String describe(Layer layer) {
    String kind = layer.getClass().getSimpleName();
    return layer.activation() == Activation.IDENTITY ? kind : kind + " " + layer.activation();
  }

  private static String total(Network network) {
    int parameters = network.parameters().length;
    int state = network.state().length;
    String bytes = count(4L * ((long) parameters + state));
    return count(parameters) + " parameters, " + count(state) + " of state, " + bytes + " bytes";
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }
}
