package io.lanewise.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SplittableRandom;

/**
 * Writes a file whole or not at all: into a temporary file beside it, forced to the disk, then
 * renamed over it. Whatever stops it, the old file or the new one is there. An interrupt does not
 * stop it: it closes the channel, and the file is written again.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes the file.
   *
   * @param target where; its folder must exist; a file that is there is replaced
   * @param contents writes it all; need not close the stream. After an interrupt it is asked again
   * @throws IOException if it cannot be written, with its name; what was there is then as it was
   */
  public static void write(Path target, IoConsumer<OutputStream> contents) throws IOException {
    Path file = resolve(target);
    try {
      if (isDevice(file)) {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.WRITE)) {
          contents.accept(out);
        }
        return;
      }
      Path temporary = temporary(file);
      try {
        writeWhole(temporary, contents);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      // The system's own say what, not where.
      if (e.getClass() != IOException.class) {
        throw e;
      }
      FileSystemException named = new FileSystemException("" + target, null, e.getMessage());
      named.initCause(e);
      throw named;
    }
    forceFolder(file.getParent());
  }

  /**
   * Throws what {@link #write} would, as far as it can be known before there is anything to write.
   */
  public static void check(Path target) throws IOException {
    Path file = resolve(target);
    try {
      // A name may be longer than the file system takes.
      Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      // As it may be.
    }
    if (!isDevice(file)) {
      Files.delete(Files.createFile(temporary(file)));
    }
  }

  /** A pipe, a terminal, /dev/null: nothing to replace. */
  private static boolean isDevice(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file);
  }

  /**
   * As short for every name, since a name has an end. Not secret: UUID would start SecureRandom.
   */
  private static Path temporary(Path file) {
    long random = new SplittableRandom().nextLong();
    return file.resolveSibling(".lanewise-" + Long.toHexString(random) + ".tmp");
  }

  /** What is written for a target: a link stays a link, and what it leads to is replaced. */
  public static Path resolve(Path target) throws IOException {
    Path file = target.toAbsolutePath();
    for (int i = 0; i < 40 && Files.isSymbolicLink(file) && !isDevice(file); i++) {
      file = file.resolveSibling(Files.readSymbolicLink(file));
    }
    Path folder = file.getParent();
    if (folder == null || Files.isDirectory(file)) {
      throw new IOException(target + " is a folder, not a file");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException(target + ": the folder " + folder + " does not exist");
    }
    return file;
  }

  private static void writeWhole(Path temporary, IoConsumer<OutputStream> contents)
      throws IOException {
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

  private static void writeForced(Path temporary, IoConsumer<OutputStream> contents)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
      contents.accept(out);
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
