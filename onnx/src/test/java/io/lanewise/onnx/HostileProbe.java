package io.lanewise.onnx;

import com.sun.management.ThreadMXBean;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.nn.RandomStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Feeds files that are not what they should be to the reader: {@code HostileProbe FOLDER SEED FILES
 * SECONDS OUT}. Every file of the folder as it is, cut at every byte, then changed at random, that
 * many times or that long, whichever ends first. Each must be read, or be refused by the documented
 * exception, within 2 seconds and with at most 4 times its size and 1 MiB allocated; what was read
 * is folded and run under the same rule. Finds are printed, written to OUT, and are the exit code.
 */
final class HostileProbe {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long NANOS = 2_000_000_000L;
  private static final int RUN_LIMIT = 4 << 20;
  // Larger ones are fed as they are, no more.
  private static final int LARGE = 4096;

  private final RandomStream random;
  private final Path out;
  private int files;
  private int read;
  private int folded;
  private int finds;

  private HostileProbe(long seed, Path out) {
    random = new RandomStream(seed, RandomStream.Purpose.DATA);
    this.out = out;
  }

  public static void main(String[] args) throws IOException {
    HostileProbe probe = new HostileProbe(Long.parseLong(args[1]), Path.of(args[4]));
    probe.run(Path.of(args[0]), Integer.parseInt(args[2]), Double.parseDouble(args[3]));
    System.out.println(
        probe.files
            + " files, "
            + probe.read
            + " read, "
            + probe.folded
            + " folded, "
            + probe.finds
            + " finds");
    System.exit(Math.min(1, probe.finds));
  }

  private void run(Path folder, int most, double seconds) throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".onnx")).sorted().toList()) {
        corpus.add(Files.readAllBytes(path));
      }
    }
    // What the first calls load and compile is not the file's.
    for (int i = 0; i < 3; i++) {
      for (byte[] file : corpus) {
        attempt(file);
      }
    }
    files = 0;
    read = 0;
    folded = 0;
    corpus.forEach(this::feed);
    for (byte[] file : corpus) {
      for (int length = 0; file.length <= LARGE && length < file.length; length++) {
        feed(Arrays.copyOf(file, length));
      }
    }
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (int i = 0; i < most && System.nanoTime() < end; i++) {
      byte[] file = corpus.get(random.nextInt(corpus.size()));
      while (file.length > LARGE) {
        file = corpus.get(random.nextInt(corpus.size()));
      }
      byte[] other = corpus.get(random.nextInt(corpus.size()));
      int changes = 1 + random.nextInt(4);
      for (int c = 0; c < changes; c++) {
        file = changed(file, other);
      }
      feed(file);
    }
  }

  /** One of the usual ways in which a file goes wrong, or is made wrong. */
  private byte[] changed(byte[] file, byte[] other) {
    int at = random.nextInt(file.length + 1);
    int length = random.nextInt(Math.min(64, file.length - at) + 1);
    byte[] copy = file.clone();
    return switch (random.nextInt(8)) {
      case 0 -> {
        if (at < copy.length) {
          copy[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield copy;
      }
      case 1, 2 -> {
        byte[] values = {0, 1, 2, 7, 8, 9, 10, 0x12, 0x22, 0x7f, (byte) 0x80, (byte) 0xff};
        if (at < copy.length) {
          copy[at] = values[random.nextInt(values.length)];
        }
        yield copy;
      }
      // A part is gone.
      case 3 -> spliced(file, at, at + length, new byte[0]);
      // A part is there twice.
      case 4 -> spliced(file, at, at, Arrays.copyOfRange(file, at, at + length));
      // A part of another file.
      case 5 -> {
        int from = random.nextInt(other.length);
        yield spliced(
            file,
            at,
            at + length,
            Arrays.copyOfRange(other, from, Math.min(other.length, from + 64)));
      }
      // A length or a number beyond all bounds.
      case 6 -> {
        byte[][] huge = {
          {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7},
          {(byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 8},
          HexFormat.of().parseHex("ffffffffffffffffff01"),
          HexFormat.of().parseHex("80808080808080808001"),
          HexFormat.of().parseHex("ffffffffffffffffff7f")
        };
        byte[] number = huge[random.nextInt(huge.length)];
        yield spliced(file, at, Math.min(file.length, at + 1), number);
      }
      default -> Arrays.copyOf(file, at);
    };
  }

  private static byte[] spliced(byte[] file, int from, int to, byte[] between) {
    byte[] result = new byte[file.length - (to - from) + between.length];
    System.arraycopy(file, 0, result, 0, from);
    System.arraycopy(between, 0, result, from, between.length);
    System.arraycopy(file, to, result, from + between.length, file.length - to);
    return result;
  }

  private void feed(byte[] file) {
    files++;
    long start = System.nanoTime();
    String find = attempt(file);
    if (find == null && System.nanoTime() - start > NANOS) {
      find = "took " + (System.nanoTime() - start) / 1_000_000 + " ms";
    }
    if (find != null) {
      finds++;
      System.out.println("FIND " + find + " (" + file.length + " bytes)");
      try {
        Files.write(out.resolve("find-" + finds + ".onnx"), file);
      } catch (IOException e) {
        System.out.println("not kept: " + e);
      }
    }
  }

  /** What is wrong with how the file was taken; null if nothing is. */
  private String attempt(byte[] file) {
    // The bytes of the file count too: whoever loads it allocates them.
    long allowed = 3L * file.length + (1 << 20);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      OnnxModel model = OnnxModel.parse(file);
      read++;
      model.remarks();
      String find = overAllocated(before, allowed);
      if (find != null) {
        return find;
      }
      try {
        model.toModel();
        folded++;
      } catch (ModelFormatException e) {
        // Not every graph is a network.
      }
      find = overAllocated(before, allowed);
      if (find == null) {
        run(model);
      }
      return find;
    } catch (ModelFormatException e) {
      return e.getMessage() == null ? "no message" : overAllocated(before, allowed);
    } catch (Throwable e) {
      StackTraceElement[] trace = e.getStackTrace();
      return e + (trace.length == 0 ? "" : " at " + trace[0]);
    }
  }

  private static String overAllocated(long before, long allowed) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    return allocated > allowed ? "allocated " + allocated + ", allowed " + allowed : null;
  }

  private static void run(OnnxModel model) {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    for (ValueInfo input : model.inputs()) {
      int[] dims = input.dims() == null ? new int[] {2, 3} : input.dims();
      for (int i = 0; i < dims.length; i++) {
        dims[i] = dims[i] < 0 ? 2 : dims[i];
      }
      int count = Shapes.count(dims, 0, dims.length);
      if (count < 0 || count > 1 << 16) {
        return;
      }
      inputs.put(
          input.name(),
          new OnnxTensor(input.type(), dims, TensorParser.newArray(input.type(), count)));
    }
    try {
      model.run(inputs, ScalarKernels.INSTANCE, RUN_LIMIT);
    } catch (ModelFormatException e) {
      // Shapes that do not fit, more memory than the limit.
    }
  }
}
