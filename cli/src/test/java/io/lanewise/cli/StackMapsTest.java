package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StackMapsTest {
  @TempDir private Path folder;

  /** Loading with them resolved verifies each class by its maps. */
  @Test
  void everyClassOfPicocliIsVerifiedByItsMaps() throws Exception {
    Path from =
        Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path to = folder.resolve("new.jar");
    StackMaps.copy(from, to);
    int classes = 0;
    try (JarFile old = new JarFile(from.toFile());
        JarFile jar = new JarFile(to.toFile());
        URLClassLoader loader = new URLClassLoader(new URL[] {to.toUri().toURL()}, null)) {
      assertEquals(names(old), names(jar));
      for (JarEntry entry : jar.stream().toList()) {
        String name = entry.getName();
        if (!name.endsWith(".class") || name.endsWith("module-info.class")) {
          continue;
        }
        try (InputStream in = jar.getInputStream(entry)) {
          ClassModel model = ClassFile.of().parse(in.readAllBytes());
          assertTrue(model.majorVersion() >= ClassFile.JAVA_6_VERSION, name);
        }
        // Groovy's are in it, too, and need Groovy.
        if (!name.startsWith("picocli/groovy")) {
          Class.forName(name.replace('/', '.').substring(0, name.length() - 6), true, loader);
          classes++;
        }
      }
    }
    assertTrue(classes > 100, classes + " classes");
  }

  private static List<String> names(JarFile jar) {
    return jar.stream().map(JarEntry::getName).toList();
  }
}
