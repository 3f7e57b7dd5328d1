package io.lanewise.train;

import io.lanewise.model.ModelFormatException;
import io.lanewise.model.Safetensors;
import io.lanewise.model.SafetensorsWriter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of one training in a folder of their own: the newest few, each a whole file. One
 * is safetensors, whose metadata are the texts and whose tensors are the arrays of a {@link State},
 * with a CRC32C over both; written whole or not at all.
 */
final class Checkpoints {
  private static final System.Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final Pattern NAME = Pattern.compile("step-[0-9]{12}\\.safetensors");
  private static final Pattern TEMPORARY = Pattern.compile("\\.(step|lanewise)-.*\\.tmp");

  private static final String FORMAT = "lanewise.checkpoint";
  private static final String VERSION = "1";
  private static final String LOCK = ".lock";
  // A process has its locks as a whole, and loses them with the first channel it closes.
  private static final Set<Path> IN_USE = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final int keep;
  private @Nullable FileChannel lock;
  private @Nullable Path locked;

  Checkpoints(Path folder, int keep) {
    this.folder = folder;
    this.keep = keep;
  }

  /** Takes a folder that is empty, or makes one. */
  void begin() throws IOException {
    open();
    Path first = first();
    if (first != null) {
      throw new IllegalStateException(
          "the checkpoint folder "
              + folder
              + " is not empty, it has "
              + first.getFileName()
              + ": resume the training, or take another folder");
    }
  }

  /** Keeps others out until {@link #close}, or until this process ends. */
  private void open() throws IOException {
    Files.createDirectories(folder);
    Path real = folder.toRealPath();
    if (!IN_USE.add(real)) {
      throw inUse();
    }
    locked = real;
    lock =
        FileChannel.open(real.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean free = true;
    try {
      free = lock.tryLock() != null;
    } catch (IOException e) {
      // Not every file system has locks.
    }
    if (!free) {
      throw inUse();
    }
    removeTemporaries();
  }

  private IllegalStateException inUse() {
    return new IllegalStateException(
        "the checkpoint folder " + folder + " is in use by another training: take another folder");
  }

  /** Lets others take the folder. */
  void close() throws IOException {
    if (locked != null) {
      if (lock != null) {
        lock.close();
      }
      IN_USE.remove(locked);
      locked = null;
    }
  }

  /** A file that is there, whatever it is; null if there is none. */
  private @Nullable Path first() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> !file.endsWith(LOCK)).sorted().findFirst().orElse(null);
    }
  }

  /**
   * Reads the newest whole checkpoint; null if there is none. One that is damaged is passed over
   * with a warning.
   */
  @Nullable State newest() throws IOException {
    open();
    List<Path> files = files();
    for (int i = files.size() - 1; i >= 0; i--) {
      try {
        return read(files.get(i));
      } catch (ModelFormatException e) {
        LOG.log(System.Logger.Level.WARNING, "passed over: " + e.getMessage());
      }
    }
    Path first = first();
    if (first != null) {
      LOG.log(
          System.Logger.Level.WARNING,
          "no whole checkpoint in "
              + folder
              + ", which has "
              + first.getFileName()
              + ": the training starts at epoch 1");
    }
    return null;
  }

  /** Writes one, then removes the oldest of those before it. */
  void write(long step, State state) throws IOException {
    Path file = folder.resolve(String.format(Locale.ROOT, "step-%012d.safetensors", step));
    write(file, state);
    List<Path> files = files();
    // Later ones are damaged, or this training had not gone on from here: not counted.
    int last = files.indexOf(file);
    for (Path old : files.subList(0, Math.max(0, last + 1 - keep))) {
      Files.deleteIfExists(old);
    }
  }

  /** The checkpoints, oldest first. */
  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      // All are in one folder: in the order of their paths is in that of their names.
      List<Path> files = new ArrayList<>(all.sorted().toList());
      for (Iterator<Path> each = files.iterator(); each.hasNext(); ) {
        if (!NAME.matcher(each.next().getFileName().toString()).matches()) {
          each.remove();
        }
      }
      return files;
    }
  }

  /** What a run that was killed while it wrote has left. */
  private void removeTemporaries() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.toList()) {
        if (TEMPORARY.matcher(file.getFileName().toString()).matches()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  static void write(Path file, State state) throws IOException {
    SafetensorsWriter writer = Safetensors.writer();
    writer.metadata(FORMAT, VERSION);
    for (Map.Entry<String, String> text : state.texts().entrySet()) {
      writer.metadata(text.getKey(), text.getValue());
    }
    for (Map.Entry<String, float[]> array : state.arrays().entrySet()) {
      float[] values = array.getValue();
      writer.add(array.getKey(), new long[] {values.length}, values);
    }
    writer.checksum().save(file);
  }

  /**
   * Reads one and compares its checksum.
   *
   * @throws ModelFormatException if it is damaged or no checkpoint; the message names the file
   */
  static State read(Path file) throws IOException {
    try (Safetensors in = Safetensors.open(file)) {
      Map<String, String> texts = new TreeMap<>(in.metadata());
      if (!VERSION.equals(texts.remove(FORMAT)) || texts.remove(Safetensors.CHECKSUM) == null) {
        throw new ModelFormatException(file + ": no checkpoint of this version of Lanewise");
      }
      in.verify();
      Map<String, float[]> arrays = new TreeMap<>();
      for (Safetensors.Entry entry : in.entries()) {
        arrays.put(entry.name(), in.floats(entry.name()));
      }
      return new State(texts, arrays, file);
    }
  }
}
