package io.lanewise.system.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * Gives a reader damaged files, seeded, and judges it: it must read a file or refuse it with the
 * exception that it documents, nothing else, in the time and with the memory that the caller
 * allows. A file that is refused in a new way is damaged further, so that it gets deep into the
 * reader.
 *
 * <pre>{@code
 * FileFuzz fuzz = new FileFuzz(Model::load, ModelFormatException.class, folder)
 *     .file(Files.readAllBytes(valid))
 *     .words("dtype", "F32");
 * FileFuzz.Report report = fuzz.run(10_000);
 * }</pre>
 */
final class FileFuzz {
  private static final int MOST_FILES = 4000;
  private static final int MOST_FINDS = 20;

  /** What is tried. */
  public interface Reader {
    /** Reads the file, and as much of what is in it as it can. */
    void read(Path file) throws IOException;
  }

  /** What costs are counted with, of the calling thread. */
  public interface Meter {
    /** Bytes allocated so far. */
    long bytes();

    /** Nanoseconds of processor time so far. */
    long nanos();
  }

  /**
   * What was found.
   *
   * @param files the files that were tried
   * @param read those of them that were read
   * @param kinds the different ways in which the others were refused
   * @param mostBytes the most that was allocated beyond what the files allowed, or negative
   * @param mostNanos the longest that a file took
   * @param finds a line for each bad end, at most 20
   */
  public record Report(
      long files, long read, int kinds, long mostBytes, long mostNanos, List<String> finds) {
    /** A line. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%,d files, %,d read, refused in %d ways, %.0f ms at most, %d finds",
          files,
          read,
          kinds,
          mostNanos * 1e-6,
          finds.size());
    }
  }

  private final Reader reader;
  private final Class<? extends IOException> documented;
  private final Path folder;
  private final List<byte[]> files = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private UnaryOperator<byte[]> repair = UnaryOperator.identity();
  private long seed;
  private Meter meter;
  private long factor;
  private long maxNanos;

  /**
   * Begins.
   *
   * @param documented the exception with which the reader may refuse a file
   * @param folder where the files are written, and those that end badly are kept
   */
  public FileFuzz(Reader reader, Class<? extends IOException> documented, Path folder) {
    this.reader = Objects.requireNonNull(reader, "reader");
    this.documented = Objects.requireNonNull(documented, "documented");
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  /** Adds a file to begin with. */
  public FileFuzz file(byte[] bytes) {
    files.add(bytes.clone());
    return this;
  }

  /** Adds words of the format. */
  public FileFuzz words(String... some) {
    words.addAll(List.of(some));
    return this;
  }

  /** Sets what every second file goes through, to mend lengths that are looked at first. */
  public FileFuzz repair(UnaryOperator<byte[]> repair) {
    this.repair = Objects.requireNonNull(repair, "repair");
    return this;
  }

  /** Sets the seed; 0 without it. */
  public FileFuzz seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * Sets what a file may cost.
   *
   * @param factor bytes that may be allocated for each byte of the file, beyond a mebibyte
   * @param maxNanos processor time
   */
  public FileFuzz limits(Meter meter, long factor, long maxNanos) {
    this.meter = Objects.requireNonNull(meter, "meter");
    this.factor = factor;
    this.maxNanos = maxNanos;
    return this;
  }

  /** {@link #run(long, long)} for so many files. */
  public Report run(long count) throws IOException {
    return run(count, Long.MAX_VALUE);
  }

  /**
   * Tries files until there were so many, or the time is over.
   *
   * @throws IOException if a file cannot be written
   * @throws IllegalStateException if there is none to begin with
   */
  public Report run(long count, long nanos) throws IOException {
    if (files.isEmpty()) {
      throw new IllegalStateException("a file to begin with is needed: call file(...)");
    }
    SplittableRandom random = new SplittableRandom(seed);
    Mutations mutations = new Mutations(random, words);
    Set<String> kinds = new HashSet<>();
    List<String> finds = new ArrayList<>();
    List<byte[]> pool = new ArrayList<>(files);
    Path file = folder.resolve("fuzz");
    long start = System.nanoTime();
    long tried = 0;
    long read = 0;
    long mostBytes = Long.MIN_VALUE;
    long mostNanos = 0;
    while (tried < count && finds.size() < MOST_FINDS && System.nanoTime() - start < nanos) {
      byte[] bytes = pick(pool, random);
      if (tried >= files.size()) {
        bytes = mutations.mutate(bytes, pick(pool, random));
        bytes = random.nextBoolean() ? repair.apply(bytes) : bytes;
      } else {
        bytes = files.get((int) tried);
      }
      Files.write(file, bytes);
      long bytesBefore = meter == null ? 0 : meter.bytes();
      long nanosBefore = meter == null ? 0 : meter.nanos();
      Throwable end = end(file);
      if (meter != null) {
        mostNanos = Math.max(mostNanos, meter.nanos() - nanosBefore);
        long over = meter.bytes() - bytesBefore - factor * bytes.length - (1 << 20);
        mostBytes = Math.max(mostBytes, over);
        boolean warm = tried >= files.size();
        if (warm && over > 0 || meter.nanos() - nanosBefore > maxNanos) {
          finds.add(keep(bytes, finds.size(), "costs " + over + " bytes more than allowed"));
        }
      }
      if (end == null) {
        read++;
      } else if (!documented.isInstance(end)) {
        finds.add(keep(bytes, finds.size(), describe(end)));
      } else if (kinds.add(kind(end)) && pool.size() < MOST_FILES) {
        pool.add(bytes);
      }
      tried++;
    }
    Files.deleteIfExists(file);
    return new Report(tried, read, kinds.size(), mostBytes, mostNanos, List.copyOf(finds));
  }

  /** Half of them from the valid ones. */
  private byte[] pick(List<byte[]> pool, SplittableRandom random) {
    return pool.get(random.nextInt(random.nextBoolean() ? files.size() : pool.size()));
  }

  private Throwable end(Path file) {
    try {
      reader.read(file);
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  private String keep(byte[] bytes, int number, String what) throws IOException {
    Path kept = folder.resolve("find-" + seed + "-" + number);
    Files.write(kept, bytes);
    return kept + ": " + what;
  }

  private static String describe(Throwable e) {
    StringBuilder text = new StringBuilder(e.toString());
    StackTraceElement[] stack = e.getStackTrace();
    for (int i = 0; i < Math.min(6, stack.length); i++) {
      text.append(" < ").append(stack[i]);
    }
    return text.toString();
  }

  /** Where it was refused: the same line of code is the same way. */
  private static String kind(Throwable e) {
    StackTraceElement[] stack = e.getStackTrace();
    StringBuilder kind = new StringBuilder();
    for (int i = 0; i < Math.min(4, stack.length); i++) {
      kind.append(stack[i]).append(' ');
    }
    return kind.toString();
  }
}
