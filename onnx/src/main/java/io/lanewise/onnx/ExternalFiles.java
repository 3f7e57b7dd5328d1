package io.lanewise.onnx;

import io.lanewise.model.ModelFormatException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The files beside a model's that hold its weights. The model says their names, and is not trusted:
 * only plain files in the model's folder are opened, never through a link.
 */
final class ExternalFiles implements AutoCloseable {
  // The bytes in memory for each of a file: as read, as numbers, and once more for shared weights.
  private static final int BYTES = 4;

  private final Path folder;
  private final Map<String, FileChannel> channels = new HashMap<>();

  /** Those beside that file. */
  ExternalFiles(Path model) {
    folder = model.toAbsolutePath().getParent();
  }

  /**
   * Reads a part of a file.
   *
   * @throws ModelFormatException if the file is none that may be read, or does not have that part
   */
  byte[] read(String location, long offset, long length, Budget budget)
      throws ModelFormatException {
    try {
      FileChannel channel = channels.get(location);
      if (channel == null) {
        channel = open(location);
        channels.put(location, channel);
        budget.allow(BYTES * Math.min(channel.size(), 1L << 40));
      }
      boolean fits = offset >= 0 && length >= 0 && offset <= channel.size() - length;
      if (!fits || length > Shapes.MAX_COUNT) {
        throw new ModelFormatException(
            "its data is at byte "
                + offset
                + " of \""
                + location
                + "\" and has "
                + length
                + " bytes, the file has "
                + channel.size());
      }
      budget.charge(length);
      ByteBuffer bytes = ByteBuffer.allocate((int) length);
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offset + bytes.position()) < 0) {
          throw new EOFException("truncated while it was read");
        }
      }
      return bytes.array();
    } catch (ModelFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new ModelFormatException("its data in \"" + location + "\" cannot be read: " + e);
    }
  }

  private FileChannel open(String location) throws IOException {
    Path relative;
    try {
      relative = Path.of(location);
    } catch (InvalidPathException e) {
      throw refused(location, "that is no name of a file");
    }
    boolean odd = location.isEmpty() || location.indexOf('\\') >= 0 || location.indexOf(':') >= 0;
    if (odd || relative.isAbsolute() || location.startsWith("/")) {
      throw refused(location, "it must be the name of a file in the folder of the model");
    }
    Path file = folder;
    for (Path name : relative) {
      if (name.toString().equals("..")) {
        throw refused(location, "it must be in the folder of the model");
      }
      file = file.resolve(name);
      if (Files.isSymbolicLink(file)) {
        throw refused(location, "it is a link: put the file itself beside the model");
      }
    }
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw refused(location, "there is no such file: put it beside the model");
    }
    return FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  private static ModelFormatException refused(String location, String why) {
    String name = location.length() > 200 ? location.substring(0, 200) + "..." : location;
    return new ModelFormatException("its data is in the file \"" + name + "\": " + why);
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : channels.values()) {
      channel.close();
    }
  }
}
