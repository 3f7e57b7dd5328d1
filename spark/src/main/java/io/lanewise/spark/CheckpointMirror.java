package io.lanewise.spark;

import io.lanewise.train.Trainer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the checkpoints of a local folder in one of Hadoop, too. They are copied beside the
 * training; what is there is whole, as a file takes its name when it is.
 */
final class CheckpointMirror implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointMirror.class);
  private static final String NAME = "step-[0-9]{12}\\.safetensors";
  private static final long POLL_NANOS = 200_000_000;

  private final Path remote;
  private final FileSystem files;
  private final java.nio.file.Path local;
  private final Set<String> copied = new HashSet<>();
  private final Thread copier;
  private volatile boolean over;
  private @Nullable IOException failure;

  CheckpointMirror(String folder, Configuration hadoop, java.nio.file.Path local, boolean resume)
      throws IOException {
    remote = new Path(folder);
    files = remote.getFileSystem(hadoop);
    this.local = local;
    files.mkdirs(remote);
    if (resume) {
      for (String name : names()) {
        try (InputStream in = files.open(new Path(remote, name))) {
          Files.copy(in, local.resolve(name));
        }
        copied.add(name);
      }
    }
    copier = new Thread(this::copyUntilOver, "lanewise-checkpoints");
    copier.setDaemon(true);
    copier.start();
  }

  /**
   * Checks that a new fit may have the folder.
   *
   * @throws IllegalStateException if something is in it
   */
  static void requireEmpty(String folder, Configuration hadoop) {
    try {
      Path path = new Path(folder);
      FileSystem files = path.getFileSystem(hadoop);
      if (files.exists(path) && files.listStatus(path).length > 0) {
        throw new IllegalStateException(
            "the checkpoint folder "
                + folder
                + " is not empty: say resume(true) to go on from it, or take another folder");
      }
    } catch (IOException e) {
      throw new IllegalStateException("the checkpoint folder " + folder + ": " + e.getMessage(), e);
    }
  }

  void applyTo(Trainer trainer, long every, boolean resume) {
    if (every > 0) {
      trainer.checkpoint(local, every);
    } else {
      trainer.checkpoint(local);
    }
    trainer.resume(resume);
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus file : files.listStatus(remote)) {
      if (file.getPath().getName().matches(NAME)) {
        names.add(file.getPath().getName());
      }
    }
    return names;
  }

  private void copyUntilOver() {
    while (!over) {
      copyNew();
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void copyNew() {
    try {
      Set<String> here = new HashSet<>();
      List<java.nio.file.Path> all;
      try (Stream<java.nio.file.Path> list = Files.list(local)) {
        all = list.sorted(Comparator.reverseOrder()).toList();
      }
      for (java.nio.file.Path file : all) {
        String name = String.valueOf(file.getFileName());
        if (name.matches(NAME)) {
          here.add(name);
          if (!copied.contains(name) && copy(file, name)) {
            copied.add(name);
          }
        }
      }
      for (String name : List.copyOf(copied)) {
        if (!here.contains(name)) {
          files.delete(new Path(remote, name), false);
          copied.remove(name);
        }
      }
      failure = null;
    } catch (IOException e) {
      // A file system that is away for a moment ends no training.
      failure = e;
    }
  }

  private boolean copy(java.nio.file.Path file, String name) throws IOException {
    Path beside = new Path(remote, "." + name + ".tmp");
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = files.create(beside, true)) {
      in.transferTo(out);
    } catch (NoSuchFileException | FileNotFoundException e) {
      return false;
    }
    Path to = new Path(remote, name);
    files.delete(to, false);
    if (!files.rename(beside, to)) {
      throw new IOException("cannot rename " + beside + " to " + to);
    }
    return true;
  }

  /** Copies what is not yet, and removes the local folder. */
  @Override
  public void close() {
    over = true;
    LockSupport.unpark(copier);
    boolean interrupted = Thread.interrupted();
    try {
      copier.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    copyNew();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure != null) {
      LOG.warn("The last checkpoints are not in {}: {}", remote, failure.toString());
    }
    try (Stream<java.nio.file.Path> list = Files.walk(local)) {
      for (java.nio.file.Path file : list.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      LOG.warn("Cannot remove {}: {}", local, e.toString());
    }
  }
}
