package io.lanewise.data.numpy;

import io.lanewise.internal.Names;
import io.lanewise.model.ModelFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The arrays in the directory of a .npz file, within the limits that {@link Npz} tells. */
final class ZipDirectory {
  private static final int MAX_ENTRIES = 10_000;
  private static final long SMALL = 1 << 20;
  private static final String SUFFIX = ".npy";

  private ZipDirectory() {}

  /**
   * Returns the entries of a file by the names of their arrays, in the order of the file.
   *
   * @param maxRatio how many times as large as its compressed bytes an entry may be
   * @throws ModelFormatException if they are beyond the limits
   */
  static Map<String, ZipEntry> read(ZipFile zip, Path file, int maxRatio) throws IOException {
    Map<String, ZipEntry> entries = new LinkedHashMap<>();
    if (zip.size() > MAX_ENTRIES) {
      throw new ModelFormatException(zip.size() + " entries, wanted at most " + MAX_ENTRIES);
    }
    long length = Files.size(file);
    long left = length;
    long sizes = 0;
    for (Iterator<? extends ZipEntry> all = zip.entries().asIterator(); all.hasNext(); ) {
      ZipEntry entry = all.next();
      String name = entry.getName();
      if (!name.endsWith(SUFFIX)) {
        continue;
      }
      long size = entry.getSize();
      long compressed = entry.getCompressedSize();
      // Entries that share bytes are the best bombs.
      if (size < 0 || compressed < 0 || compressed > left) {
        throw new ModelFormatException(
            "entry " + Names.shown(name) + ": its sizes are more than the file has");
      }
      left -= compressed;
      sizes += size;
      if (tooMuch(size, compressed, maxRatio)) {
        throw new ModelFormatException(
            "entry " + Names.shown(name) + ": " + bomb(size, compressed, maxRatio));
      }
      if (entries.put(name.substring(0, name.length() - SUFFIX.length()), entry) != null) {
        throw new ModelFormatException("entry " + Names.shown(name) + " is there twice");
      }
    }
    if (tooMuch(sizes, length - left, maxRatio)) {
      throw new ModelFormatException("all together: " + bomb(sizes, length - left, maxRatio));
    }
    return entries;
  }

  private static boolean tooMuch(long size, long compressed, int maxRatio) {
    return size > SMALL && size / maxRatio > compressed;
  }

  private static String bomb(long size, long compressed, int maxRatio) {
    return size + " bytes of " + compressed + " are more than " + maxRatio + " times as many";
  }
}
