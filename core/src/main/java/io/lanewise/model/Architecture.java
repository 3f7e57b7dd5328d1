package io.lanewise.model;

import io.lanewise.kernel.Activation;
import io.lanewise.nn.Layer;
import io.lanewise.nn.Layer.ActivationLayer;
import io.lanewise.nn.Layer.BatchNorm;
import io.lanewise.nn.Layer.Dense;
import io.lanewise.nn.Layer.Dropout;
import io.lanewise.nn.Layer.LayerNorm;
import io.lanewise.nn.Layer.Normalization;
import io.lanewise.nn.Layer.ResidualAdd;
import io.lanewise.nn.Network;
import io.lanewise.nn.NetworkBuilder;
import java.util.Objects;

/**
 * The layers of a network as a line of text, for model files and the command line: words between
 * spaces or commas, "64 128 batchnorm relu [ 128:relu dropout:0.2 128 ] 10:softmax".
 *
 * <pre>
 * 64                        the inputs; the first word of a whole architecture
 * 128:relu                  a dense layer; 128 alone has no activation
 * relu, leaky-relu(0.2)     an activation; directly after a dense layer that has none it is its own
 * batchnorm                 or batchnorm:momentum:epsilon, without which they are 0.1 and 1e-5
 * layernorm                 or layernorm:epsilon, without which it is 1e-5
 * dropout:0.2               the rate; alphadropout:0.1 likewise
 * normalization             (x - shift) scale; the constants are not part of the text
 * [ ... ]                   a residual block: what it makes is added to what it takes
 * </pre>
 */
public final class Architecture {
  private static final String WANTED =
      "wanted a size such as 64 or 64:relu, batchnorm, layernorm, dropout:RATE,"
          + " alphadropout:RATE, normalization, [, ] or an activation: ";

  private static final String NONE_OF = " is none of ";

  private final String text;
  private final NetworkBuilder builder;
  private int next;
  private int word;
  private int wordAt;
  // Whether an error names its word already: a block that has it inside says nothing more.
  private boolean said;

  private Architecture(String text, int next, NetworkBuilder builder) {
    this.text = text;
    this.next = next;
    this.builder = builder;
  }

  /**
   * Returns the text of a network's layers. {@link #parse} makes the same layers of it.
   *
   * @return inputs, then the layers
   */
  public static String format(Network network) {
    StringBuilder out = new StringBuilder().append(network.nIn());
    for (Layer layer : network.layers()) {
      out.append(" [".repeat(network.blocksFrom(layer.index()).size()));
      out.append(' ').append(format(layer));
    }
    return out.toString();
  }

  private static String format(Layer layer) {
    return switch (layer) {
      case Dense dense when dense.activation() == Activation.IDENTITY -> "" + dense.nOut();
      case Dense dense -> dense.nOut() + ":" + dense.activation();
      case ActivationLayer f -> f.activation().toString();
      case BatchNorm norm when norm.momentum() == 0.1f && norm.epsilon() == 1e-5f -> "batchnorm";
      case BatchNorm norm -> "batchnorm:" + norm.momentum() + ":" + norm.epsilon();
      case LayerNorm norm when norm.epsilon() == 1e-5f -> "layernorm";
      case LayerNorm norm -> "layernorm:" + norm.epsilon();
      case Dropout dropout -> (dropout.alpha() ? "alphadropout:" : "dropout:") + dropout.rate();
      case Normalization _ -> "normalization";
      case ResidualAdd _ -> "]";
    };
  }

  /**
   * Begins the network that the text describes. Nothing of its size is allocated before it is
   * built: see {@link NetworkBuilder#parameterCount()}.
   *
   * @param text inputs, then layers
   * @throws IllegalArgumentException if it is no such text; the message names the word and where it
   *     is
   */
  public static NetworkBuilder parse(String text) {
    Objects.requireNonNull(text, "text");
    Architecture first = new Architecture(text, 0, null);
    String inputs = first.nextWord();
    if (inputs == null) {
      throw new IllegalArgumentException("layers: wanted inputs, then layers, got \"\"");
    }
    NetworkBuilder builder;
    try {
      builder = Network.builder(positive(inputs, "inputs"));
    } catch (IllegalArgumentException e) {
      throw first.error(inputs, e.getMessage());
    }
    Architecture layers = new Architecture(text, first.next, builder);
    layers.word = first.word;
    layers.block(null);
    return builder;
  }

  /**
   * Adds the layers that the text describes.
   *
   * @param text layers only
   * @throws IllegalArgumentException as {@link #parse}
   */
  public static void append(String text, NetworkBuilder builder) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(builder, "builder");
    new Architecture(text, 0, builder).block(null);
  }

  /** Adds layers up to the end of a block, or of the text where {@code begun} is null. */
  private void block(String begun) {
    int begunWord = word;
    int begunAt = wordAt;
    for (String next = nextWord(); next != null; next = nextWord()) {
      if (next.equals("]")) {
        if (begun == null) {
          throw error(next, "there is no [ that it could end");
        }
        return;
      }
      int number = word;
      int at = wordAt;
      try {
        add(next);
      } catch (IllegalArgumentException e) {
        throw said ? e : error(next, number, at, e.getMessage());
      }
    }
    if (begun != null) {
      throw error(begun, begunWord, begunAt, "there is no ] that ends it");
    }
  }

  private void add(String token) {
    if (token.equals("[")) {
      builder.residual(inside -> block(token));
      return;
    }
    // Three values are one too many for any word.
    String[] parts = token.split(":", 4);
    int values = parts.length - 1;
    char first = token.charAt(0);
    if (first == '-' || first == '+' || (first >= '0' && first <= '9')) {
      requireValues(values, 0, 1);
      int size = positive(parts[0], "the size");
      builder.dense(size, values == 0 ? Activation.IDENTITY : Activation.parse(parts[1]));
      return;
    }
    switch (parts[0]) {
      case "batchnorm" -> {
        requireValues(values, 0, 2);
        if (values == 0) {
          builder.batchNorm();
        } else {
          requireValues(values, 2, 2);
          builder.batchNorm(number(parts[1]), number(parts[2]));
        }
      }
      case "layernorm" -> {
        requireValues(values, 0, 1);
        if (values == 0) {
          builder.layerNorm();
        } else {
          builder.layerNorm(number(parts[1]));
        }
      }
      case "dropout" -> {
        requireValues(values, 1, 1);
        builder.dropout(number(parts[1]));
      }
      case "alphadropout" -> {
        requireValues(values, 1, 1);
        builder.alphaDropout(number(parts[1]));
      }
      case "normalization" -> {
        requireValues(values, 0, 0);
        builder.normalization();
      }
      default -> builder.activation(activation(token));
    }
  }

  private static Activation activation(String token) {
    try {
      return Activation.parse(token);
    } catch (IllegalArgumentException e) {
      int all = e.getMessage().lastIndexOf(NONE_OF);
      throw all < 0
          ? e
          : new IllegalArgumentException(WANTED + e.getMessage().substring(all + NONE_OF.length()));
    }
  }

  private static void requireValues(int values, int least, int most) {
    if (values < least || values > most) {
      String wanted = least == most ? "" + least : least + " to " + most;
      throw new IllegalArgumentException("wanted " + wanted + " values after :, got " + values);
    }
  }

  private static int positive(String text, String what) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Says the same as a number that is out of range.
    }
    throw new IllegalArgumentException(what + " must be a whole number, 1 to 2147483647");
  }

  private static float number(String text) {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a number");
    }
  }

  /** The next word, or null at the end; a bracket is a word of its own. */
  private String nextWord() {
    while (next < text.length() && isSpace(text.charAt(next))) {
      next++;
    }
    if (next == text.length()) {
      return null;
    }
    wordAt = next++;
    word++;
    while (!isBracket(text.charAt(wordAt))
        && next < text.length()
        && !isSpace(text.charAt(next))
        && !isBracket(text.charAt(next))) {
      next++;
    }
    return text.substring(wordAt, next);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r';
  }

  private static boolean isBracket(char c) {
    return c == '[' || c == ']';
  }

  private IllegalArgumentException error(String token, String message) {
    return error(token, word, wordAt, message);
  }

  private IllegalArgumentException error(String token, int word, int at, String message) {
    said = true;
    String shown = token.length() <= 40 ? token : token.substring(0, 40) + "...";
    return new IllegalArgumentException(
        "layers: word " + word + ", \"" + shown + "\" at character " + (at + 1) + ": " + message);
  }
}
