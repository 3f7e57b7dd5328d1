package io.lanewise.cli;

import io.lanewise.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Files that a command reads and writes: better refused now than after hours of training. What is
 * written is whole or not there at all.
 */
final class Outputs {
  private static final Set<String> OTHERS =
      Set.of(
          "arrow",
          "avro",
          "bin",
          "bz2",
          "db",
          "feather",
          "gz",
          "h5",
          "hdf5",
          "html",
          "joblib",
          "json",
          "jsonl",
          "keras",
          "libsvm",
          "mat",
          "md",
          "npy",
          "npz",
          "ods",
          "onnx",
          "orc",
          "parquet",
          "pdf",
          "pickle",
          "pkl",
          "png",
          "pt",
          "pth",
          "safetensors",
          "sqlite",
          "svg",
          "svm",
          "tsv",
          "xls",
          "xlsx",
          "xml",
          "xz",
          "yaml",
          "yml",
          "zip",
          "zst");

  private record Named(String option, Path file) {}

  private final List<Named> files = new ArrayList<>();

  /** A file that is read, so that nothing may be written to it; null if there is none. */
  Outputs reads(String option, Path file) {
    if (file != null) {
      files.add(new Named(option, file));
    }
    return this;
  }

  /** Returns those that are read or written, as they were added. */
  List<Path> files() {
    return files.stream().map(Named::file).toList();
  }

  /** Throws if the file could not be written, or is one of those before; null if there is none. */
  Outputs writes(String option, Path file) {
    if (file == null) {
      return this;
    }
    try {
      AtomicFile.check(file);
      for (Named other : files) {
        if (same(other.file, file)) {
          throw new UsageException(
              option + " and " + other.option + " are the same file, " + file + ": give another");
        }
      }
    } catch (AccessDeniedException e) {
      throw new UsageException(file + ": no permission to write there");
    } catch (FileSystemException e) {
      throw new UsageException(
          file + ": " + (e.getReason() == null ? "cannot be written" : e.getReason()));
    } catch (IOException e) {
      throw new UsageException(e.getMessage());
    }
    return reads(option, file);
  }

  /** By whatever names, links and hard links too; a device may be written twice. */
  private static boolean same(Path a, Path b) throws IOException {
    if (Files.exists(a) && Files.exists(b)) {
      return Files.isSameFile(a, b) && (Files.isRegularFile(b) || Files.isDirectory(b));
    }
    return real(a).equals(real(b));
  }

  /** The name of what may not be there yet. */
  private static Path real(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      return file.toRealPath();
    }
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return file.toAbsolutePath().normalize();
    }
    Path target = AtomicFile.resolve(file);
    return target.getParent().toRealPath().resolve(target.getFileName());
  }

  /** Throws if the name is that of a format other than the CSV that is written; null is none. */
  static void requireText(Path file) {
    String name = file == null ? "" : String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    String ending = name.substring(name.lastIndexOf('.') + 1);
    if (OTHERS.contains(ending) && !ending.equals(name)) {
      throw new UsageException(
          "--out: " + file + ": predictions are written as CSV: give a name that ends in .csv");
    }
  }

  static void write(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A field of a CSV line, in quotes where it needs them (RFC 4180). */
  static String field(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
