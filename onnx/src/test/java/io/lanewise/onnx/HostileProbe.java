package io.lanewise.onnx;

import com.sun.management.ThreadMXBean;
import io.lanewise.kernel.ScalarKernels;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel.ValueInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Feeds files that are not what they should be to the reader: {@code HostileProbe FOLDER}. Every
 * file of the folder as it is, and if it is small cut at each fifth byte, with {@code
 * -Dlanewise.long=true} at every one. Each must be read, or be refused by the documented exception,
 * within 2 seconds of a processor and with at most 4 times its size, 32 times up to 32 MiB, and 1
 * MiB allocated; what was read is folded under the same rule, and run. Finds are printed, and are
 * the exit code.
 */
final class HostileProbe {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long NANOS = 2_000_000_000L;
  private static final int RUN_LIMIT = 4 << 20;

  private static final int STRIDE = Boolean.getBoolean("lanewise.long") ? 1 : 5;

  // What is longer is not cut.
  private static final int LARGE = 4096;

  private int files;
  private int read;
  private int folded;
  private int finds;

  public static void main(String[] args) throws Exception {
    HostileProbe probe = new HostileProbe();
    Thread thread = new Thread(null, () -> probe.run(Path.of(args[0])), "probe", 256 << 10);
    thread.start();
    thread.join();
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

  private void run(Path folder) {
    List<byte[]> corpus = new ArrayList<>();
    try (Stream<Path> paths = Files.list(folder)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".onnx")).sorted().toList()) {
        corpus.add(Files.readAllBytes(path));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
      for (int length = 0; file.length <= LARGE && length < file.length; length += STRIDE) {
        feed(Arrays.copyOf(file, length));
      }
    }
  }

  private void feed(byte[] file) {
    files++;
    long start = THREADS.getCurrentThreadCpuTime();
    String find = attempt(file);
    long nanos = THREADS.getCurrentThreadCpuTime() - start;
    if (find == null && nanos > NANOS) {
      find = "took " + nanos / 1_000_000 + " ms";
    }
    if (find != null) {
      finds++;
      System.out.println("FIND " + find + " (" + file.length + " bytes)");
    }
  }

  /** What is wrong with how the file was taken; null if nothing is. */
  private String attempt(byte[] file) {
    // The bytes of the file count too: whoever loads it allocates them.
    long allowed = 3L * file.length + Math.min(32L * file.length, 32 << 20) + (1 << 20);
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
        if (isNoLine(e)) {
          return "message: " + e.getMessage();
        }
      }
      find = overAllocated(before, allowed);
      if (find == null) {
        run(model);
      }
      return find;
    } catch (ModelFormatException e) {
      return isNoLine(e) ? "message: " + e.getMessage() : overAllocated(before, allowed);
    } catch (Throwable e) {
      StackTraceElement[] trace = e.getStackTrace();
      return e + (trace.length == 0 ? "" : " at " + trace[0]);
    }
  }

  private static boolean isNoLine(ModelFormatException e) {
    return e.getMessage() == null || e.getMessage().length() >= 1000;
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
