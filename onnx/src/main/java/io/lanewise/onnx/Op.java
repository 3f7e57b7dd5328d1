package io.lanewise.onnx;

import io.lanewise.kernel.Activation;
import io.lanewise.kernel.Matrix;
import io.lanewise.kernel.PackedMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One operation of a compiled graph: a node, or what several nodes were made one of. */
sealed interface Op {
  /** Returns the names of the values that it reads. */
  List<String> reads();

  /** Returns the names of the values that it makes. */
  List<String> makes();

  /** A node as it is. */
  record Plain(Node node, Operator operator) implements Op {
    @Override
    public List<String> reads() {
      return Arrays.stream(node.inputs()).filter(name -> !name.isEmpty()).toList();
    }

    @Override
    public List<String> makes() {
      return Arrays.stream(node.outputs()).filter(name -> !name.isEmpty()).toList();
    }
  }

  /**
   * Products of one value with constant matrices, beside each other, then their biases and an
   * activation.
   *
   * @param node the first
   * @param b their columns beside each other
   * @param bias (1, n), or null
   * @param makes the name of each product
   * @param widths its columns
   */
  record Product(
      Node node,
      String x,
      PackedMatrix b,
      @Nullable Matrix bias,
      Activation f,
      List<String> makes,
      int[] widths)
      implements Op {
    @Override
    public List<String> reads() {
      return List.of(x);
    }
  }

  /**
   * Products as {@link Product}, of a value that is quantized by its range with matrices of
   * integers, and scaled back.
   *
   * @param node the first
   * @param scale of the matrices' columns
   * @param bias of the columns, or null
   */
  record QuantizedProduct(
      Node node,
      String x,
      ExactParts b,
      float[] scale,
      float @Nullable [] bias,
      Activation f,
      List<String> makes,
      int[] widths)
      implements Op {
    @Override
    public List<String> reads() {
      return List.of(x);
    }
  }

  /**
   * Rows of a table of integers, scaled: a node that gathers them, and one that makes floats of
   * them.
   */
  record Lookup(Plain gather, Plain scaling) implements Op {
    @Override
    public List<String> reads() {
      List<String> all = new ArrayList<>(gather.reads());
      scaling.reads().stream().skip(1).forEach(all::add);
      return all;
    }

    @Override
    public List<String> makes() {
      return scaling.makes();
    }
  }

  /**
   * Values to the steps of a quantization and back to floats: a QuantizeLinear and a
   * DequantizeLinear with the same scale and zero point.
   */
  record Steps(Plain quantize, Plain dequantize, Quantization.Steps steps) implements Op {
    @Override
    public List<String> reads() {
      return quantize.reads();
    }

    @Override
    public List<String> makes() {
      return dequantize.makes();
    }
  }

  /** An activation that is several nodes, or one. */
  record Function(Node node, Activation f, String x, String y) implements Op {
    @Override
    public List<String> reads() {
      return List.of(x);
    }

    @Override
    public List<String> makes() {
      return List.of(y);
    }
  }

  /**
   * Layer normalization along the last axis of x, or of x + beside.
   *
   * @param node the last
   * @param sum the node that adds beside; null if there is none
   */
  record RowNorm(
      Node node,
      @Nullable Node sum,
      String x,
      @Nullable String beside,
      String gamma,
      @Nullable String beta,
      float epsilon,
      String y)
      implements Op {
    @Override
    public List<String> reads() {
      List<String> all = new ArrayList<>(List.of(x, gamma));
      if (beside != null) {
        all.add(beside);
      }
      if (beta != null) {
        all.add(beta);
      }
      return all;
    }

    @Override
    public List<String> makes() {
      return List.of(y);
    }
  }

  /**
   * Softmax of x scalar + mask, or of x / scalar + mask.
   *
   * @param scale the node of the scalar; null if there is none
   * @param add the node of the mask; null if there is none
   */
  record Scores(
      Plain softmax,
      @Nullable Plain scale,
      @Nullable Plain add,
      String x,
      float scalar,
      @Nullable String mask,
      String y)
      implements Op {
    /** Whether the scalar divides. */
    boolean divides() {
      return scale != null && scale.node().operator().equals("Div");
    }

    @Override
    public List<String> reads() {
      List<String> all = new ArrayList<>(List.of(x));
      if (scale != null) {
        all.addAll(scale.reads());
      }
      if (mask != null) {
        all.add(mask);
      }
      return all.stream().distinct().toList();
    }

    @Override
    public List<String> makes() {
      return List.of(y);
    }
  }

  /**
   * The attention of heads: the softmax of products of q and k, times v.
   *
   * @param first the product of q and k
   * @param guard the nodes that make weights that are NaN, as of a text of which all is masked, 0;
   *     empty if there are none
   * @param last the product with v
   */
  record Attention(Plain first, Scores scores, List<Plain> guard, Plain last, String v)
      implements Op {
    @Override
    public List<String> reads() {
      List<String> all = new ArrayList<>(first.reads());
      all.addAll(scores.reads());
      all.remove(scores.x());
      for (Plain node : guard) {
        node.reads().stream().filter(name -> !isInside(name)).forEach(all::add);
      }
      all.add(v);
      return all.stream().distinct().toList();
    }

    private boolean isInside(String name) {
      return name.equals(scores.y()) || guard.stream().anyMatch(op -> op.makes().contains(name));
    }

    @Override
    public List<String> makes() {
      return last.makes();
    }
  }
}
