package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.ElementOperators.Arithmetic;
import io.lanewise.onnx.LogicOperators.Connection;
import io.lanewise.onnx.LogicOperators.Order;
import io.lanewise.onnx.OnnxTensor.Type;
import java.util.Arrays;
import java.util.Locale;

/** Plans what masks and places are made of: operators of integers and booleans, and choices. */
final class MixedPlanner {
  private final Planner planner;
  private final Node node;

  MixedPlanner(Planner planner, Node node) {
    this.planner = planner;
    this.node = node;
  }

  /** Adds it; returns false if there is no instruction for it, before anything is added. */
  boolean add() throws ModelFormatException {
    for (String name : node.inputs()) {
      if (!name.isEmpty() && input(name).type() == Type.STRING) {
        return false;
      }
    }
    return switch (node.operator()) {
      case "And", "Or", "Xor" -> {
        Connection connection = Connection.valueOf(node.operator().toUpperCase(Locale.ROOT));
        yield areAll(Type.BOOL) && integers(Type.BOOL, connection::of);
      }
      case "Not" -> areAll(Type.BOOL) && integers(Type.BOOL, (a, b) -> 1 - a);
      case "Equal" -> equal();
      case "Less" -> ordered(Order.LESS);
      case "LessOrEqual" -> ordered(Order.LESS_OR_EQUAL);
      case "Greater" -> ordered(Order.GREATER);
      case "GreaterOrEqual" -> ordered(Order.GREATER_OR_EQUAL);
      case "IsNaN" -> areAll(Type.FLOAT) && tests((a, b) -> Float.isNaN(a) ? 1 : 0);
      case "Where" -> where();
      case "Cast" -> cast();
      case "Add", "Sub", "Mul", "Div" -> arithmetic();
      case "Neg", "Abs", "Sign" -> signs();
      case "Floor" -> floats((a, b) -> (float) Math.floor(a));
      case "Ceil" -> floats((a, b) -> (float) Math.ceil(a));
      case "Round" -> floats((a, b) -> (float) Math.rint(a));
      case "Sin" -> floats((a, b) -> (float) StrictMath.sin(a));
      case "Cos" -> floats((a, b) -> (float) StrictMath.cos(a));
      case "Pow" -> power();
      case "Min" -> extreme(Math::min, (a, b) -> Math.min(a, b));
      case "Max" -> extreme(Math::max, (a, b) -> Math.max(a, b));
      case "Clip" -> clip();
      default -> false;
    };
  }

  private View input(String name) {
    return planner.value(name);
  }

  private View input(int i) {
    return planner.value(node.inputs()[i]);
  }

  private boolean areAll(Type type) {
    return Arrays.stream(node.inputs()).allMatch(name -> input(name).type() == type);
  }

  /** Whether all inputs are of the first one's type, integers that are ordered as longs. */
  private boolean areSigned() {
    Type type = input(0).type();
    return type.isIntegers() && type != Type.UINT64 && type != Type.BOOL && areAll(type);
  }

  private interface Emitter {
    Instruction of(View a, View b, View y) throws ModelFormatException;
  }

  /** y of one input twice, or of two; what is repeated in both is computed once. */
  private View each(Type type, View a, View b, Emitter emitter) throws ModelFormatException {
    int[] dims = broadcast(a, b);
    View wideA = a.broadcast(dims);
    View wideB = b.broadcast(dims);
    int[] once = once(dims, wideA, wideB);
    View y = planner.room(node, type, once);
    View left = wideA.as(once, wideA.strides(), a.off());
    View right = wideB.as(once, wideB.strides(), b.off());
    if (y.count() > 0) {
      planner.emit(emitter.of(left, right, y), left, right, y);
    }
    return y.broadcast(dims);
  }

  private int[] broadcast(View a, View b) throws ModelFormatException {
    int[] dims = Shapes.broadcast(a.dims(), b.dims());
    if (dims == null) {
      String both = Shapes.text(a.dims()) + " and " + Shapes.text(b.dims());
      throw node.error("its inputs " + both + " do not broadcast to one shape");
    }
    return dims;
  }

  /** The shape without repetitions that all views have. */
  private static int[] once(int[] dims, View... views) {
    int[] once = dims.clone();
    for (int d = 0; d < dims.length; d++) {
      boolean repeated = dims[d] > 1;
      for (View view : views) {
        repeated &= view.strides()[d] == 0;
      }
      once[d] = repeated ? 1 : dims[d];
    }
    return once;
  }

  private boolean set(View y) {
    planner.set(node.outputs()[0], y);
    return true;
  }

  private View second() {
    return input(node.inputs().length > 1 ? 1 : 0);
  }

  private boolean integers(Type type, Mixed.OfIntegers f) throws ModelFormatException {
    return set(each(type, input(0), second(), (a, b, y) -> new Mixed.Integers(f, a, b, y)));
  }

  private boolean tests(Mixed.TestOfFloats f) throws ModelFormatException {
    return set(each(Type.BOOL, input(0), second(), (a, b, y) -> new Mixed.Tests(f, a, b, y)));
  }

  private boolean floats(Mixed.OfFloats f) throws ModelFormatException {
    return areAll(Type.FLOAT) && set(floats(f, input(0), second()));
  }

  private View floats(Mixed.OfFloats f, View x, View z) throws ModelFormatException {
    return each(Type.FLOAT, x, z, (a, b, y) -> new Mixed.Floats(f, a, b, y));
  }

  private boolean equal() throws ModelFormatException {
    if (areAll(Type.FLOAT)) {
      return tests((a, b) -> a == b ? 1 : 0);
    }
    Type type = input(0).type();
    return type.isIntegers() && areAll(type) && integers(Type.BOOL, (a, b) -> a == b ? 1 : 0);
  }

  private boolean ordered(Order order) throws ModelFormatException {
    if (areAll(Type.FLOAT)) {
      return tests((a, b) -> order.of(a, b) ? 1 : 0);
    }
    return areSigned() && integers(Type.BOOL, (a, b) -> order.of(Long.compare(a, b), 0) ? 1 : 0);
  }

  private boolean where() throws ModelFormatException {
    View test = input(0);
    View a = input(1);
    View b = input(2);
    if (test.type() != Type.BOOL || a.type() != b.type()) {
      return false;
    }
    return set(choice(test, a, b));
  }

  /** The elements of a where the test is true, else of b, which are of one type. */
  View choice(View test, View a, View b) throws ModelFormatException {
    int[] pair = broadcast(a, b);
    int[] dims = Shapes.broadcast(test.dims(), pair);
    if (dims == null) {
      throw node.error("its condition " + test + " does not fit " + Shapes.text(pair));
    }
    View[] wide = {test.broadcast(dims), a.broadcast(dims), b.broadcast(dims)};
    int[] once = once(dims, wide);
    for (int i = 0; i < wide.length; i++) {
      wide[i] = wide[i].as(once, wide[i].strides(), wide[i].off());
    }
    View y = planner.room(node, a.type(), once);
    planner.copy(wide[2], y);
    if (y.count() > 0) {
      planner.emit(new Mixed.Choice(wide[0], wide[1], y), wide[0], wide[1], y);
    }
    return y.broadcast(dims);
  }

  private boolean cast() throws ModelFormatException {
    View x = input(0);
    Type to = ShapeOperators.castTo(node);
    if (!to.isIntegers() || to == Type.UINT64) {
      return false;
    }
    boolean truth = to == Type.BOOL;
    if (x.isFloats()) {
      return set(
          each(
              to,
              x,
              x,
              (a, b, y) ->
                  truth
                      ? new Mixed.Tests((u, v) -> u != 0 ? 1 : 0, a, b, y)
                      : new Mixed.Tests((u, v) -> to.wrap((long) u), a, b, y)));
    }
    return truth ? integers(to, (a, b) -> a != 0 ? 1 : 0) : integers(to, (a, b) -> to.wrap(a));
  }

  private boolean arithmetic() throws ModelFormatException {
    Type type = input(0).type();
    Arithmetic f = Arithmetic.valueOf(node.operator().toUpperCase(Locale.ROOT));
    return areSigned()
        && integers(
            type,
            (a, b) -> {
              if (f == Arithmetic.DIV && b == 0) {
                throw node.error("division by zero");
              }
              return type.wrap(f.of(a, b, false));
            });
  }

  private boolean signs() throws ModelFormatException {
    Type type = input(0).type();
    return switch (node.operator()) {
      case "Sign" ->
          type == Type.FLOAT
              ? floats((a, b) -> Math.signum(a))
              : areSigned() && integers(type, (a, b) -> Long.signum(a));
      case "Neg" -> areSigned() && integers(type, (a, b) -> type.wrap(-a));
      default -> areSigned() && integers(type, (a, b) -> type.wrap(Math.abs(a)));
    };
  }

  /** In double, as the operator itself; a square is exact there, and rounded as a product. */
  private boolean power() throws ModelFormatException {
    View x = input(0);
    View z = input(1);
    boolean one = z.isConstant() && z.isWhole() && z.count() == 1 && z.rank() <= x.rank();
    if (x.isFloats() && one) {
      double p = Casts.number(z.buffer().tensor, 0);
      return set(
          p == 2
              ? floats((a, b) -> a * a, x, x)
              : floats((a, b) -> (float) ChoiceOperators.power(a, p), x, x));
    }
    return floats((a, b) -> (float) ChoiceOperators.power(a, b));
  }

  private boolean extreme(Mixed.OfFloats f, Mixed.OfIntegers g) throws ModelFormatException {
    boolean floats = areAll(Type.FLOAT);
    if (!floats && !areSigned()) {
      return false;
    }
    Type type = input(0).type();
    View y = input(0);
    for (int i = 1; i < node.inputs().length; i++) {
      y =
          each(
              type,
              y,
              input(i),
              (a, b, z) -> floats ? new Mixed.Floats(f, a, b, z) : new Mixed.Integers(g, a, b, z));
    }
    return set(y);
  }

  /** The bounds are attributes, or inputs that are known. */
  private boolean clip() throws ModelFormatException {
    View x = input(0);
    View[] bounds = new View[2];
    for (int i = 0; i < 2; i++) {
      bounds[i] = node.hasInput(i + 1) ? input(i + 1) : null;
      boolean fits = bounds[i] == null || bounds[i].isConstant() && bounds[i].isWhole();
      if (!fits || bounds[i] != null && (bounds[i].count() != 1 || bounds[i].type() != x.type())) {
        return false;
      }
    }
    boolean attributes = node.opset() < 11;
    if (x.isFloats()) {
      float least =
          attributes
              ? node.attributes().number("min", -Float.MAX_VALUE)
              : bounds[0] == null ? Float.NEGATIVE_INFINITY : bounds[0].buffer().tensor.floats()[0];
      float most =
          attributes
              ? node.attributes().number("max", Float.MAX_VALUE)
              : bounds[1] == null ? Float.POSITIVE_INFINITY : bounds[1].buffer().tensor.floats()[0];
      return set(floats((a, b) -> Math.min(most, Math.max(least, a)), x, x));
    }
    Type type = x.type();
    if (attributes || !type.isIntegers() || type == Type.UINT64 || type == Type.BOOL) {
      return false;
    }
    long least = bounds[0] == null ? Long.MIN_VALUE : bounds[0].buffer().tensor.integer(0);
    long most = bounds[1] == null ? Long.MAX_VALUE : bounds[1].buffer().tensor.integer(0);
    return set(
        each(
            type,
            x,
            x,
            (a, b, y) ->
                new Mixed.Integers((u, v) -> Math.min(most, Math.max(least, u)), a, b, y)));
  }
}
