package io.lanewise.data.weights;

import io.lanewise.data.numpy.Npz;
import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import io.lanewise.model.NamedTensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The order in which the modules of a file run: the named one, or the only one that shapes and
 * names leave. Where there is no such order it says what is in the way.
 */
final class ModuleOrder {
  private static final String OTHER_ORDERS =
      "; in no order that was found do all of them fit: choose with --prefix, or leave some out"
          + " with --ignore";

  private final NamedTensors tensors;
  private final ChainNames chain;
  private final NameOrder names;
  private final List<WeightModule> modules;
  private final @Nullable List<ForwardOrder.Need> needs;
  private final ForwardOrder search;

  /**
   * Makes one.
   *
   * @param needs what the layers want, one for each module; null if the file alone says it
   */
  ModuleOrder(
      NamedTensors tensors,
      ChainNames chain,
      NameOrder names,
      @Nullable List<ForwardOrder.Need> needs) {
    this.tensors = tensors;
    this.chain = chain;
    this.names = names;
    this.modules = chain.modules();
    this.needs = needs;
    this.search = new ForwardOrder(modules, needs, names);
  }

  /**
   * The order that shapes, names or the file settle.
   *
   * @param remarks receives what settled it
   * @throws ModelFormatException if none fits, or several do
   */
  int[] settle(Set<String> remarks) throws IOException {
    ForwardOrder.Found found = search.find(isOrdered());
    if (found.order() != null) {
      if (modules.size() > 1) {
        remarks.add("order: " + list(found.order()) + " (" + found.reason() + ")");
      }
      return found.order();
    }
    if (found.choices().isEmpty()) {
      throw mismatch(natural(), OTHER_ORDERS);
    }
    List<String> choices = new ArrayList<>();
    for (int[] choice : found.choices()) {
      choices.add(list(choice));
    }
    boolean more = choices.size() > 3;
    throw error(
        "the order of its modules is open, these fit: "
            + String.join(" | ", choices.subList(0, Math.min(3, choices.size())))
            + (more ? " | ..." : "")
            + "; say which with --order "
            + choices.get(0)
            + " (in Java: order(...)), or choose a part with --prefix");
  }

  /**
   * The order that was named.
   *
   * @param order all modules by their names, with or without the prefix
   * @throws ModelFormatException if they are others, or do not fit so
   */
  int[] named(List<String> order, @Nullable String prefix) throws ModelFormatException {
    int[] named = indices(order, prefix);
    if (!search.fits(named)) {
      throw mismatch(named, "");
    }
    return named;
  }

  private String list(int[] order) {
    List<String> names = new ArrayList<>();
    for (int i : order) {
      names.add(modules.get(i).name());
    }
    return names.size() <= 40
        ? String.join(",", names)
        : String.join(",", names.subList(0, 40)) + ",...";
  }

  private int[] indices(List<String> order, @Nullable String prefix) throws ModelFormatException {
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < modules.size(); i++) {
      byName.put(modules.get(i).name(), i);
    }
    List<Integer> named = new ArrayList<>();
    for (String name : order) {
      Integer at = byName.get(name);
      for (char c : new char[] {'.', '/'}) {
        at = at == null && prefix != null ? byName.get(prefix + c + name) : at;
      }
      if (at == null || named.contains(at)) {
        throw error(
            "order: "
                + Names.shown(name)
                + (at == null ? " is no module" : " is there twice")
                + ", it has "
                + ModuleFinder.some(List.copyOf(byName.keySet())));
      }
      named.add(at);
    }
    for (int i = 0; i < modules.size(); i++) {
      if (!named.contains(i)) {
        throw modules.get(i).error("is not in the order: name all, or leave it out with --ignore");
      }
    }
    return named.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The order that the message about what does not fit goes by. */
  private int[] natural() {
    List<Integer> sorted = new ArrayList<>();
    for (int i = 0; i < modules.size(); i++) {
      int at = 0;
      for (int j = 0; j < sorted.size(); j++) {
        at = names.compare(i, sorted.get(j), NameOrder.Pairing.AFTER) >= 0 ? j + 1 : at;
      }
      sorted.add(at, i);
    }
    return sorted.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What is the first that does not fit in that order. */
  private ModelFormatException mismatch(int[] order, String advice) {
    for (int at = 0; at < order.length; at++) {
      WeightModule module = modules.get(order[at]);
      if (needs != null && !needs.get(at).fits(module)) {
        ForwardOrder.Need need = needs.get(at);
        return module.error(
            "does not fit layer "
                + need.layer()
                + ", a "
                + need.type()
                + " of "
                + need.nIn()
                + " to "
                + need.nOut()
                + ": it is of "
                + module.nIn()
                + " to "
                + module.nOut());
      }
      if (at > 0 && modules.get(order[at - 1]).nOut() != module.nIn()) {
        WeightModule previous = modules.get(order[at - 1]);
        return module.error(
            "takes "
                + module.nIn()
                + " values, "
                + Names.shown(previous.name())
                + " before it makes "
                + previous.nOut()
                + advice);
      }
    }
    return error("it was not found in which order its modules run: name it with --order");
  }

  /** Whether somebody gave the file an order that means something. */
  private boolean isOrdered() {
    return tensors instanceof Npz && chain.isOrdered(tensors.names()) && !chain.hasTwins();
  }

  private ModelFormatException error(String message) {
    return new ModelFormatException(tensors + ": " + message);
  }
}
