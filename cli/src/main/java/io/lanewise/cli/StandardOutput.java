package io.lanewise.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The standard output, which remembers why it took no more: a writer of Java's only says that. */
final class StandardOutput extends OutputStream {
  private static final int TYPE = 0xf000;
  private static final int PIPE = 0x1000;
  private static final int SOCKET = 0xc000;

  private final OutputStream out = new FileOutputStream(FileDescriptor.out);
  private IOException failure;

  /** A writer on it: UTF-8 unless it is a terminal, which may have another encoding. */
  PrintWriter writer() {
    boolean terminal = System.console() != null && System.console().isTerminal();
    Charset charset = terminal ? System.out.charset() : StandardCharsets.UTF_8;
    return new PrintWriter(this, true, charset);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int off, int count) throws IOException {
    try {
      out.write(bytes, off, count);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  /** Why something was lost; null if nothing was, or if its reader left, as head does. */
  String lost() {
    return failure == null || readerLeft() ? null : failure.getMessage();
  }

  /** Not by the message, which is in the language of the system. */
  private boolean readerLeft() {
    try {
      int type = (int) Files.getAttribute(Path.of("/dev/stdout"), "unix:mode") & TYPE;
      return type == PIPE || type == SOCKET;
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return String.valueOf(failure.getMessage()).contains("pipe");
    }
  }
}
