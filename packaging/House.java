import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExportsTree;
import com.sun.source.tree.InstanceOfTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Counts what makes the sources long, or easy to get wrong, from their syntax trees:
 *
 * <pre>java packaging/House.java [--list] [FOLDER]</pre>
 *
 * <p>Needs the JDK of the sources. {@code --list} names each finding.
 */
final class House {
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");

  /** A row of the table "to add an X, touch Y", and the numbers of the files in it. */
  private static final Pattern ROW = Pattern.compile("\\| (an? [^|]*) \\| (1 [^|]*)\\|.*");

  private static final Pattern NUMBER = Pattern.compile("(?<![^ ])\\d+ ");
  private static final int PARAMETERS = 8;
  private static final int LINES = 400;

  /** What stays on raw arrays: tiles, packing and the loops round them, lane loops, and BLAS. */
  private static final Pattern RAW =
      Pattern.compile(
          "Tile.*|Integers|Packing|Pairs|Strips|SingleRow|Scaled|Gemv|Gemm|Products"
              + "|Lanes|LaneMath|Pass|Elementwise|Activations|Dropping|UpdateLoops"
              + "|Reductions|RowMaps|RowNorms|ColumnNorms|Losses|SoftmaxLosses|LogSoftmax|Attention"
              + "|Blas");

  private static boolean list;

  private final Set<String> layerKinds = new HashSet<>();
  private final Map<String, Set<String>> exports = new TreeMap<>();
  private final List<String> many = new ArrayList<>();
  private final List<String> manyOutside = new ArrayList<>();
  private final List<String> instances = new ArrayList<>();
  private final Map<String, List<String>> types = new TreeMap<>();
  private final List<String> longFiles = new ArrayList<>();
  private int most12;
  private int kernelLines;
  private int codeLines;
  private int loneLines;

  public static void main(String[] args) throws IOException {
    Path root = Path.of(".");
    for (String arg : args) {
      if (arg.equals("--list")) {
        list = true;
      } else {
        root = Path.of(arg);
      }
    }
    new House().count(root);
  }

  private record Source(String module, Path path, CompilationUnitTree unit, SourcePositions at) {
    String name() {
      return path.getFileName().toString().replace(".java", "");
    }

    String packageName() {
      return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    }

    /** What holds the kernels: where an operand is passed on. */
    boolean kernels() {
      return module.equals("simd") || packageName().equals("io.lanewise.kernel");
    }

    long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<Source> parse(String module, List<Path> files) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<Source> sources = new ArrayList<>();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      // One by one: the compiler would have all of them in one module.
      for (Path file : files) {
        JavacTask task =
            (JavacTask)
                compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjects(file));
        SourcePositions at = Trees.instance(task).getSourcePositions();
        for (CompilationUnitTree unit : task.parse()) {
          sources.add(new Source(module, file, unit, at));
        }
      }
    }
    return sources;
  }

  private void count(Path root) throws IOException {
    List<Source> sources = new ArrayList<>();
    int tests = 0;
    for (String module : modules(root)) {
      sources.addAll(parse(module, files(root.resolve(module).resolve("src/main/java"))));
    }
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.toList()) {
        tests += files(module.resolve("src/test/java")).size();
      }
    }
    sources.forEach(this::names);
    for (Source source : sources) {
      look(source);
    }
    print("methods of 8 parameters or more in kernel + simd", many);
    System.out.printf(Locale.ROOT, "%6d  of these with 12 or more%n", most12);
    print("of these outside tiles, packing, loops and Blas", manyOutside);
    System.out.printf(
        Locale.ROOT, "%5d%%  of the code lines of kernel + simd are one parameter or argument (%d of %d)%n",
        Math.round(100.0 * loneLines / codeLines), loneLines, codeLines);
    System.out.printf(Locale.ROOT, "%6d  main lines of kernel + simd%n", kernelLines);
    print("instanceof over layer kinds", instances);
    List<String> all = new ArrayList<>();
    types.forEach((module, names) -> all.addAll(names));
    print("public top-level types in exported packages", all);
    types.forEach((module, names) -> System.out.printf(Locale.ROOT, "%6d    in %s%n", names.size(), module));
    print("main files over 400 lines", longFiles);
    System.out.printf(Locale.ROOT, "%6d  main files, %d files of tests%n", sources.size(), tests);
    System.out.println("        files to touch, as docs/architecture.md numbers them:");
    for (String line : Files.readAllLines(root.resolve("docs/architecture.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        long files = NUMBER.matcher(row.group(2)).results().count();
        System.out.printf(Locale.ROOT, "%6d    for %s%n", files, row.group(1));
      }
    }
  }

  /** All that have main code, of any profile. */
  private static List<String> modules(Path root) throws IOException {
    return MODULE
        .matcher(Files.readString(root.resolve("pom.xml")))
        .results()
        .map(module -> module.group(1))
        .filter(module -> Files.isDirectory(root.resolve(module).resolve("src/main/java")))
        .toList();
  }

  private static void print(String what, List<String> found) {
    System.out.printf(Locale.ROOT, "%6d  %s%n", found.size(), what);
    if (list) {
      found.forEach(line -> System.out.println("          " + line));
    }
  }

  /** What is to be known before anything is counted: the kinds of layers, and what is exported. */
  private void names(Source source) {
    if (source.unit().getModule() != null) {
      Set<String> open = new TreeSet<>();
      for (Tree directive : source.unit().getModule().getDirectives()) {
        if (directive instanceof ExportsTree export && export.getModuleNames() == null) {
          open.add(export.getPackageName().toString());
        }
      }
      exports.put(source.module(), open);
    }
    if (source.packageName().equals("io.lanewise.nn") && source.name().equals("Layer")) {
      for (Tree type : source.unit().getTypeDecls()) {
        for (Tree member : ((ClassTree) type).getMembers()) {
          if (member instanceof ClassTree kind && kind.getKind() == Tree.Kind.RECORD) {
            layerKinds.add(kind.getSimpleName().toString());
          }
        }
      }
    }
  }

  private void look(Source source) throws IOException {
    List<String> lines = Files.readAllLines(source.path());
    if (lines.size() > LINES) {
      longFiles.add(source.path() + " " + lines.size());
    }
    for (Tree tree : source.unit().getTypeDecls()) {
      if (tree instanceof ClassTree type
          && type.getModifiers().getFlags().contains(Modifier.PUBLIC)
          && exports.getOrDefault(source.module(), Set.of()).contains(source.packageName())) {
        types
            .computeIfAbsent(source.module(), module -> new ArrayList<>())
            .add(source.packageName() + "." + type.getSimpleName());
      }
    }
    new Instances(source).scan(source.unit(), null);
    if (source.kernels()) {
      kernelLines += lines.size();
      codeLines += codeLines(lines);
      new Arguments(source, lines).scan(source.unit(), null);
    }
  }

  /** Neither blank nor a comment, nor what names the package and the imports. */
  private static int codeLines(List<String> lines) {
    int code = 0;
    boolean comment = false;
    for (String line : lines) {
      String text = line.strip();
      boolean begins = text.startsWith("/*");
      comment |= begins;
      code += text.isEmpty() || comment || text.matches("(//|import |package ).*") ? 0 : 1;
      comment &= !text.contains("*/");
    }
    return code;
  }

  private final class Instances extends TreeScanner<Void, Void> {
    private final Source source;

    Instances(Source source) {
      this.source = source;
    }

    @Override
    public Void visitInstanceOf(InstanceOfTree tree, Void nothing) {
      Tree type = tree.getType();
      if (type == null) {
        // Of a record's pattern: its name and its parts.
        type = tree.getPattern();
      }
      String name = type.toString().replaceAll("[( ].*", "").replaceAll(".*\\.", "");
      if (layerKinds.contains(name)) {
        long line = source.line(source.at().getStartPosition(source.unit(), tree));
        instances.add(source.path() + ":" + line + " " + tree);
      }
      return super.visitInstanceOf(tree, nothing);
    }
  }

  private final class Arguments extends TreeScanner<Void, Void> {
    private final Source source;
    private final List<String> lines;
    private final Set<Long> lone = new HashSet<>();

    Arguments(Source source, List<String> lines) {
      this.source = source;
      this.lines = lines;
    }

    @Override
    public Void visitClass(ClassTree tree, Void nothing) {
      if (tree.getKind() == Tree.Kind.RECORD) {
        // The only fields of a record that are not static are its components.
        for (Tree member : tree.getMembers()) {
          if (member instanceof VariableTree field
              && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
            lone(field);
          }
        }
      }
      return super.visitClass(tree, nothing);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void nothing) {
      // Not the constructor that a record without one gets: it stands nowhere.
      if (source.at().getEndPosition(source.unit(), tree) >= 0) {
        int count = tree.getParameters().size();
        if (count >= PARAMETERS) {
          long line = source.line(source.at().getStartPosition(source.unit(), tree));
          String found = source.path() + ":" + line + " " + tree.getName() + " " + count;
          many.add(found);
          most12 += count >= 12 ? 1 : 0;
          if (!RAW.matcher(source.name()).matches()) {
            manyOutside.add(found);
          }
        }
        tree.getParameters().forEach(this::lone);
      }
      return super.visitMethod(tree, nothing);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree tree, Void nothing) {
      tree.getArguments().forEach(this::lone);
      return super.visitMethodInvocation(tree, nothing);
    }

    @Override
    public Void visitNewClass(NewClassTree tree, Void nothing) {
      tree.getArguments().forEach(this::lone);
      return super.visitNewClass(tree, nothing);
    }

    /** Counts its line if nothing else stands there but what closes the list. */
    private void lone(Tree tree) {
      LineMap map = source.unit().getLineMap();
      long start = source.at().getStartPosition(source.unit(), tree);
      long end = source.at().getEndPosition(source.unit(), tree);
      long line = map.getLineNumber(start);
      if (end < 0 || map.getLineNumber(end) != line) {
        return;
      }
      String text = lines.get((int) line - 1);
      String before = text.substring(0, (int) map.getColumnNumber(start) - 1);
      String after = text.substring((int) map.getColumnNumber(end) - 1);
      if (before.isBlank() && after.matches("[,); {]*") && lone.add(line)) {
        loneLines++;
      }
    }
  }
}
