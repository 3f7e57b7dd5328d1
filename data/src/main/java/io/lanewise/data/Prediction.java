package io.lanewise.data;

import io.lanewise.data.Meaning.Task;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model says of one row. Which methods there are an answer of is settled by the {@link
 * Task}: the others throw an {@link IllegalStateException} that names one.
 */
public final class Prediction {
  private final Task task;
  private final Set<String> labels;
  private final Map<String, Float> values;

  /** Takes what was said yes to, and the probability or value of each name. */
  Prediction(Task task, Set<String> labels, List<String> names, float[] values) {
    this.task = task;
    this.labels = Collections.unmodifiableSet(labels);
    Map<String, Float> byName = new LinkedHashMap<>();
    for (int j = 0; j < values.length; j++) {
      byName.put(names.get(j), values[j]);
    }
    this.values = Collections.unmodifiableMap(byName);
  }

  /** Returns what the outputs of the model are for. */
  public Task task() {
    return task;
  }

  /** Returns the name of the class: {@link Task#CLASSIFICATION}. */
  public String label() {
    require(task == Task.CLASSIFICATION, "label()");
    return labels.iterator().next();
  }

  /**
   * Returns the names of the outputs that say yes, in their order: {@link Task#MULTILABEL}; of a
   * {@link Task#CLASSIFICATION} the one class.
   */
  public Set<String> labels() {
    require(task != Task.REGRESSION, "labels()");
    return labels;
  }

  /**
   * Returns the probability of each class or label by its name, 0..1, in their order; those of a
   * softmax, or of one sigmoid for two classes, are 1 together.
   */
  public Map<String, Float> probabilities() {
    require(task != Task.REGRESSION, "probabilities()");
    return values;
  }

  /**
   * Returns the probability of that class or label, 0..1.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public float probability(String name) {
    require(task != Task.REGRESSION, "probability(name)");
    return of(name);
  }

  /** Returns the number, in the unit of the target: {@link Task#REGRESSION} with one target. */
  public float value() {
    require(task == Task.REGRESSION, "value()");
    if (values.size() != 1) {
      throw new IllegalStateException(
          "value() is of one target, it has "
              + Place.list(List.copyOf(values.keySet()))
              + ": call value(name)");
    }
    return values.values().iterator().next();
  }

  /**
   * Returns the number of that target, in its unit: {@link Task#REGRESSION}.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public float value(String name) {
    require(task == Task.REGRESSION, "value(name)");
    return of(name);
  }

  /**
   * Returns the number of each target by its name, in their order: {@link Task#REGRESSION}. A
   * target without a name is {@code output}, or {@code output1}, {@code output2} and so on.
   */
  public Map<String, Float> values() {
    require(task == Task.REGRESSION, "values()");
    return values;
  }

  private float of(String name) {
    Float value = values.get(Objects.requireNonNull(name, "name"));
    if (value == null) {
      List<String> names = List.copyOf(values.keySet());
      throw new IllegalArgumentException(
          "name: got "
              + Place.quote(name)
              + ", wanted one of "
              + Place.list(names)
              + Nearest.hint(name, names));
    }
    return value;
  }

  private void require(boolean there, String called) {
    if (!there) {
      String has =
          switch (task) {
            case CLASSIFICATION -> "a classification: call label() or probabilities()";
            case REGRESSION -> "a regression: call value() or values()";
            case MULTILABEL -> "of several labels: call labels() or probabilities()";
          };
      throw new IllegalStateException(called + ": the prediction is " + has);
    }
  }

  /** Such as "Adelie {Adelie=0.98, Gentoo=0.02}". */
  @Override
  public String toString() {
    return (task == Task.REGRESSION ? "" : labels.stream().collect(Collectors.joining(", ")) + " ")
        + values;
  }

  /** Keeps the order of the outputs. */
  static Set<String> labels(List<String> yes) {
    return new LinkedHashSet<>(yes);
  }
}
