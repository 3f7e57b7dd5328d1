package io.lanewise.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void replacesAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("a");
    Files.writeString(file, "old");
    AtomicFile.write(file, out -> out.write("new".getBytes()));
    assertEquals("new", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aFailureHalfWayLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("a");
    Files.writeString(file, "old");
    IOException e =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 20]);
                      throw new IOException("disk full");
                    }));
    assertEquals(file + ": disk full", e.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aFolderOrAMissingFolderIsOneClearLine() {
    IOException folderItself =
        assertThrows(IOException.class, () -> AtomicFile.write(folder, out -> {}));
    assertTrue(folderItself.getMessage().endsWith("is a folder, not a file"));
    Path missing = folder.resolve("b").resolve("c");
    IOException e = assertThrows(IOException.class, () -> AtomicFile.write(missing, out -> {}));
    assertEquals(
        missing + ": the folder " + missing.getParent() + " does not exist", e.getMessage());
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("b"), file);
    AtomicFile.write(link, out -> out.write("new".getBytes()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(file));
  }

  @Test
  void aLinkToNothingIsWrittenThrough() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    AtomicFile.check(link);
    assertEquals(List.of("b"), names());
    AtomicFile.write(link, out -> out.write("new".getBytes()));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(folder.resolve("a")));
    Path nowhere = Files.createSymbolicLink(folder.resolve("c"), Path.of("no/a"));
    assertThrows(IOException.class, () -> AtomicFile.check(nowhere));
  }

  @Test
  void aNameMayBeAsLongAsTheFileSystemTakes() throws IOException {
    Path longest = folder.resolve("n".repeat(255));
    AtomicFile.check(longest);
    AtomicFile.write(longest, out -> out.write("new".getBytes()));
    assertEquals("new", Files.readString(longest));
    assertThrows(IOException.class, () -> AtomicFile.check(folder.resolve("n".repeat(256))));
    assertEquals(List.of("n".repeat(255)), names());
  }

  @Test
  void aDeviceIsWrittenAndAFullOneIsNamed() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full));
    AtomicFile.check(full);
    var e =
        assertThrows(
            IOException.class, () -> AtomicFile.write(full, out -> out.write(new byte[9])));
    assertTrue(e.getMessage().startsWith("/dev/full: "), e.getMessage());
    assertTrue(Files.exists(full));
  }
}
