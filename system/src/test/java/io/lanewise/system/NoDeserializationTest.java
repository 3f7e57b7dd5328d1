package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.cluster.Chain;
import io.lanewise.data.CsvReader;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.nn.Network;
import io.lanewise.onnx.OnnxModel;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No file can make Lanewise load a class or build an object of its choice: no class of ours refers
 * to Java's serialization, or finds classes and methods by a name that is not its own constant.
 */
class NoDeserializationTest {
  private static final Set<String> CLASSES =
      Set.of(
          "java/io/ObjectInputStream",
          "java/io/ObjectOutputStream",
          "java/lang/invoke/SerializedLambda",
          "java/beans/XMLDecoder",
          "javax/script/ScriptEngineManager");
  // Not wherever they are named: the verifier's tables do that where a string or a number is meant.
  private static final Set<String> INTERFACES =
      Set.of("java/io/Serializable", "java/io/Externalizable");
  private static final Set<String> METHODS =
      Set.of(
          "java/lang/Class.forName",
          "java/lang/Class.getMethod",
          "java/lang/Class.getDeclaredMethod",
          "java/lang/ClassLoader.loadClass",
          "java/lang/invoke/MethodHandles$Lookup.findClass",
          "java/lang/invoke/MethodHandles$Lookup.defineClass",
          "java/lang/Runtime.exec");

  // It names a method of the JDK, both as constants, to read the module of vectors late.
  private static final List<String> KNOWN =
      List.of(
          "/io/lanewise/simd/SimdProvider.class refers to java/lang/Class.forName",
          "/io/lanewise/simd/SimdProvider.class refers to java/lang/Class.getMethod");

  static Stream<Class<?>> oneOfEachModule() {
    return Stream.of(
        Network.class,
        CsvReader.class,
        OnnxModel.class,
        Chain.class,
        KernelLookup.named("simd").getClass(),
        // The test itself must be able to fail.
        NoDeserializationTest.class);
  }

  @ParameterizedTest
  @MethodSource("oneOfEachModule")
  void noClassRefersToIt(Class<?> one) throws Exception {
    Path place = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<String> found = new ArrayList<>();
    int classes;
    if (Files.isDirectory(place)) {
      classes = search(place, found);
    } else {
      try (FileSystem jar =
          FileSystems.newFileSystem(URI.create("jar:" + place.toUri()), Map.of())) {
        classes = search(jar.getPath("/"), found);
      }
    }
    if (one == NoDeserializationTest.class) {
      assertTrue(found.stream().anyMatch(line -> line.contains("Class.forName")), "" + found);
    } else {
      found.removeIf(line -> KNOWN.stream().anyMatch(line::endsWith));
      assertEquals(List.of(), found);
      assertTrue(classes > 5, place + ": " + classes + " classes");
    }
  }

  private static int search(Path root, List<String> found) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(file -> file.toString().endsWith(".class")).toList();
    }
    for (Path file : files) {
      ClassModel model = ClassFile.of().parse(Files.readAllBytes(file));
      for (ClassEntry implemented : model.interfaces()) {
        if (INTERFACES.contains(implemented.asInternalName())) {
          found.add(file + " implements " + implemented.asInternalName());
        }
      }
      for (PoolEntry entry : model.constantPool()) {
        String name = null;
        if (entry instanceof ClassEntry type && CLASSES.contains(type.asInternalName())) {
          name = type.asInternalName();
        } else if (entry instanceof MemberRefEntry member) {
          String method = member.owner().asInternalName() + "." + member.name().stringValue();
          name = METHODS.contains(method) ? method : null;
        }
        if (name != null) {
          found.add(file + " refers to " + name);
        }
      }
    }
    return files.size();
  }

  static Class<?> byName(String name) throws ClassNotFoundException {
    return Class.forName(name);
  }
}
