package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The contract's item on negations: no factor of a fused multiply-add is one, as an expression or
 * by way of a local variable. Constants are no negations: the compiler folds them.
 */
class NegationTest {
  private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

  @Test
  void noFactorOfOurMultiplyAddsIsANegation() throws IOException {
    Factors all = new Factors();
    for (String module : List.of("core", "simd")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          all.read(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    assertEquals(List.of(), all.negated);
    assertTrue(all.seen > 300, "only " + all.seen + " multiply-adds read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float r = Math.fma(-x, y, z);",
        "float r = Math.fma(x, -(y), z);",
        "float n = -x; float r = Math.fma(n, y, z);",
        "float n; n = (-x); float r = Math.fma(y, n, z);",
        "var r = v.neg().fma(w, u);",
        "var r = v.fma(w.neg(), u);",
        "var n = v.neg(); var r = n.lanewise(FMA, w, u);",
        "var r = v.lanewise(VectorOperators.NEG).lanewise(VectorOperators.FMA, w, u);",
      })
  void findsANegatedFactor(String statements) throws IOException {
    assertEquals(1, factors(statements).negated.size(), statements);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "float r = Math.fma(x, y, -z);",
        "float r = Math.fma(-0.5f, y, z);",
        "float r = -Math.fma(x, y, z);",
        "var r = v.fma(w, u.neg());",
        "var n = v.neg(); var r = w.fma(u, n);",
      })
  void leavesWhatIsSafe(String statements) throws IOException {
    Factors factors = factors(statements);
    assertEquals(List.of(), factors.negated);
    assertEquals(1, factors.seen);
  }

  private static Factors factors(String statements) throws IOException {
    Factors factors = new Factors();
    factors.read("T.java", "class T { void t() { " + statements + " } }");
    return factors;
  }

  private static final class Factors extends TreeScanner<Void, Void> {
    final List<String> negated = new ArrayList<>();
    int seen;
    private final Set<String> negations = new HashSet<>();
    private String file;

    void read(String name, String source) throws IOException {
      file = name;
      JavaFileObject object =
          new SimpleJavaFileObject(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
              return source;
            }
          };
      var task = (JavacTask) JAVAC.getTask(null, null, null, null, null, List.of(object));
      for (CompilationUnitTree unit : task.parse()) {
        scan(unit, null);
      }
    }

    @Override
    public Void visitMethod(MethodTree method, Void none) {
      negations.clear();
      return super.visitMethod(method, none);
    }

    @Override
    public Void visitVariable(VariableTree variable, Void none) {
      if (isNegation(variable.getInitializer())) {
        negations.add(variable.getName().toString());
      }
      return super.visitVariable(variable, none);
    }

    @Override
    public Void visitAssignment(AssignmentTree assignment, Void none) {
      if (isNegation(assignment.getExpression())) {
        negations.add(assignment.getVariable().toString());
      }
      return super.visitAssignment(assignment, none);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
      List<? extends ExpressionTree> arguments = call.getArguments();
      if (call.getMethodSelect() instanceof MemberSelectTree select) {
        ExpressionTree receiver = select.getExpression();
        boolean lanes = isCallOf(call, "lanewise", "FMA");
        if (lanes || select.getIdentifier().contentEquals("fma")) {
          seen++;
          factor(receiver, call);
          factor(arguments.get(lanes ? 1 : 0), call);
          if (arguments.size() == 3 && !lanes) {
            factor(arguments.get(1), call);
          }
        }
      }
      return super.visitMethodInvocation(call, none);
    }

    private void factor(ExpressionTree factor, Tree call) {
      if (isNegation(factor)
          || factor instanceof IdentifierTree && negations.contains(factor.toString())) {
        negated.add(file + ": " + call);
      }
    }

    private static boolean isNegation(ExpressionTree value) {
      return switch (value) {
        case ParenthesizedTree inner -> isNegation(inner.getExpression());
        case UnaryTree unary ->
            unary.getKind() == Tree.Kind.UNARY_MINUS && !isConstant(unary.getExpression());
        case MethodInvocationTree call ->
            isCallOf(call, "neg", "") || isCallOf(call, "lanewise", "NEG");
        case null, default -> false;
      };
    }

    private static boolean isConstant(ExpressionTree value) {
      return value instanceof LiteralTree
          || value instanceof IdentifierTree name && name.toString().matches("[A-Z][A-Z0-9_]*");
    }

    private static boolean isCallOf(MethodInvocationTree call, String method, String operator) {
      return call.getMethodSelect() instanceof MemberSelectTree select
          && select.getIdentifier().contentEquals(method)
          && (operator.isEmpty() || call.getArguments().getFirst().toString().endsWith(operator));
    }
  }
}
