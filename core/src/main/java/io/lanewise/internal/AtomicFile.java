package io.lanewise.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file whole or not at all: into a temporary file beside it, forced to the disk, then
 * renamed over it. Whatever stops it, the old file or the new one is there. An interrupt does not
 * stop it: it closes the channel, and the file is written again.
 */
public final class AtomicFile {
  /** Writes the contents. */
  public interface Contents {
    /** Writes them all; need not close the stream. After an interrupt it is asked again. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes the file.
   *
   * @param target where; its folder must exist; a file that is there is replaced
   * @param contents what
   * @throws IOException if it cannot be written; what was there is then as it was
   */
  public static void write(Path target, Contents contents) throws IOException {
    Path file = target.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new IOException(target + " is a folder, not a file");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException("the folder of " + target + " does not exist");
    }
    // A link stays a link: what it leads to is replaced.
    if (Files.isSymbolicLink(file)) {
      file = file.toRealPath();
      folder = file.getParent();
    }
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      writeWhole(temporary, contents);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    forceFolder(folder);
  }

  private static void writeWhole(Path temporary, Contents contents) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      writeForced(temporary, contents);
    } catch (ClosedByInterruptException e) {
      // The exception has left the status set.
      interrupted = Thread.interrupted();
      Files.deleteIfExists(temporary);
      writeWhole(temporary, contents);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void writeForced(Path temporary, Contents contents) throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      contents.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** Without it a crash may lose the rename. Not every system can open a folder. */
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // The file itself is whole either way.
    }
  }
}
