package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.check.KernelDiff;
import io.lanewise.data.CsvReader;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A debugger shows what an object is: each class that an embedder may have an object of says it in
 * its {@code toString}. Classes of static methods alone have none, and interfaces leave it to those
 * that implement them.
 */
class ToStringTest {
  @ParameterizedTest
  @ValueSource(classes = {Network.class, KernelDiff.class, CsvReader.class, OnnxModel.class})
  void eachPublicClassSaysWhatItIs(Class<?> one) throws Exception {
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> classes;
    if (Files.isDirectory(place)) {
      classes = exported(place);
    } else {
      try (FileSystem jar =
          FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
        classes = exported(jar.getPath("/"));
      }
    }
    assertTrue(classes.contains(one), place + ": " + classes);
    List<String> silent = new ArrayList<>();
    for (Class<?> type : classes) {
      if (hasObjects(type) && type.getMethod("toString").getDeclaringClass() == Object.class) {
        silent.add(type.getName());
      }
    }
    assertEquals(List.of(), silent);
  }

  /** The classes that can be named by who depends on the module. */
  private static List<Class<?>> exported(Path root) throws IOException, ClassNotFoundException {
    ModuleDescriptor module;
    try (InputStream in = Files.newInputStream(root.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(in);
    }
    Set<String> packages =
        module.exports().stream()
            .filter(exports -> !exports.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    List<String> names;
    try (Stream<Path> all = Files.walk(root)) {
      names =
          all.map(file -> root.relativize(file).toString())
              .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
              .map(name -> name.replace(".class", "").replace('/', '.'))
              .toList();
    }
    List<Class<?>> classes = new ArrayList<>();
    for (String name : names) {
      Class<?> type = Class.forName(name, false, Network.class.getClassLoader());
      if (packages.contains(type.getPackageName()) && isPublic(type)) {
        classes.add(type);
      }
    }
    return classes;
  }

  private static boolean isPublic(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    return Modifier.isPublic(type.getModifiers()) && (outer == null || isPublic(outer));
  }

  /** Whether there are objects of just this class, with something to call. */
  private static boolean hasObjects(Class<?> type) {
    return !type.isInterface()
        && !Modifier.isAbstract(type.getModifiers())
        && Arrays.stream(type.getDeclaredMethods())
            .anyMatch(
                m -> Modifier.isPublic(m.getModifiers()) && !Modifier.isStatic(m.getModifiers()));
  }
}
