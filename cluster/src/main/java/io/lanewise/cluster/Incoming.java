package io.lanewise.cluster;

import io.lanewise.train.Training;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** What comes from the worker before. */
final class Incoming {
  private static final int BUFFER = 1 << 16;
  private static final int REASON_MILLIS = 3_000;

  private final int from;
  private final int here;
  private final Socket socket;
  private final InputStream in;
  private final long timeoutMillis;
  private final Frame frame = new Frame();
  private int number;

  /**
   * @param from the worker before
   * @param here this one
   */
  Incoming(int from, int here, Socket socket, long timeoutMillis) throws IOException {
    this.from = from;
    this.here = here;
    this.socket = socket;
    this.timeoutMillis = timeoutMillis;
    socket.setSoTimeout(Math.toIntExact(timeoutMillis));
    in = new BufferedInputStream(socket.getInputStream(), BUFFER);
  }

  /** Reads the head of a sum, which must be of the step here. */
  void head(Training.Exchange.Part part, long hash) throws Chain.WorkerException {
    long step = part.step();
    double[] figures = part.figures();
    next(Frame.HEAD, 16 + 8 * figures.length, step);
    int at = Frame.HEADER;
    long theirStep = frame.buffer.getLong(at);
    long theirHash = frame.buffer.getLong(at + 8);
    if (theirStep != step) {
      throw new Chain.WorkerException(
          name(from) + " is at step " + theirStep + ", " + name(here) + " at step " + step,
          here,
          step);
    }
    if (theirHash != hash) {
      throw new Chain.WorkerException(
          "the parameters of "
              + name(here)
              + " are not those of "
              + name(from)
              + Chain.WorkerException.inStep(step)
              + ": their hashes are "
              + Long.toHexString(hash)
              + " and "
              + Long.toHexString(theirHash)
              + "; something changed them, or a memory is faulty",
          here,
          step);
    }
    for (int i = 0; i < figures.length; i++) {
      figures[i] = frame.buffer.getDouble(at + 16 + 8 * i);
    }
  }

  void chunk(float[] values, int from, int to, long step) throws Chain.WorkerException {
    next(Frame.CHUNK, (to - from) * Float.BYTES, step);
    frame.getFloats(values, from, to - from);
  }

  /** Reads what {@link Outgoing#bytes} has sent. */
  byte[] bytes() throws Chain.WorkerException {
    next(Frame.BYTES, -1, 0);
    byte[] all = new byte[Math.toIntExact(frame.buffer.getLong(Frame.HEADER))];
    int done = 0;
    int at = Long.BYTES;
    while (true) {
      int count = Math.min(frame.length() - at, all.length - done);
      System.arraycopy(frame.bytes, Frame.HEADER + at, all, done, count);
      done += count;
      if (done == all.length) {
        return all;
      }
      at = 0;
      next(Frame.BYTES, -1, 0);
    }
  }

  /**
   * Reads the next frame.
   *
   * @param length of its payload; -1 for any
   */
  private void next(int kind, int length, long step) throws Chain.WorkerException {
    do {
      read(step);
    } while (frame.kind() == Frame.ALIVE);
    if (frame.kind() == Frame.FAIL) {
      throw failure();
    }
    if (frame.kind() == Frame.BYE) {
      throw failed(" has ended its training, seen by " + name(here), step);
    }
    if (frame.kind() != kind || length >= 0 && frame.length() != length) {
      throw failed(" sent another thing than is wanted", step);
    }
  }

  /**
   * Returns why the next worker is gone, which comes round by the others if they know it.
   *
   * @param otherwise where they do not tell
   */
  Chain.WorkerException why(Chain.WorkerException otherwise) {
    try {
      socket.setSoTimeout(REASON_MILLIS);
      long end = System.nanoTime() + REASON_MILLIS * 1_000_000L;
      while (System.nanoTime() < end) {
        read(otherwise.step());
        if (frame.kind() == Frame.FAIL) {
          return failure();
        }
      }
    } catch (IOException e) {
      // Nothing more comes.
    }
    return otherwise;
  }

  private Chain.WorkerException failure() {
    int at = Frame.HEADER + 12;
    String why = new String(frame.bytes, at, frame.length() - 12, StandardCharsets.UTF_8);
    return new Chain.WorkerException(
        why, frame.buffer.getInt(Frame.HEADER), frame.buffer.getLong(Frame.HEADER + 4));
  }

  private void read(long step) throws Chain.WorkerException {
    try {
      readFully(0, Frame.HEADER);
      int length = frame.length();
      if (length < 0 || length > Frame.MOST_BYTES || frame.number() != number) {
        throw failed(" sent a damaged frame", step);
      }
      readFully(Frame.HEADER, length);
    } catch (SocketTimeoutException e) {
      throw failed(
          " was not heard for " + timeoutMillis * 1e-3 + " s: its process or machine hangs", step);
    } catch (Chain.WorkerException e) {
      throw e;
    } catch (IOException e) {
      throw failed(
          " closed the connection, seen by " + name(here) + ": it was killed, or failed", step);
    }
    number++;
    if (!frame.isWhole()) {
      throw failed(" sent a damaged frame", step);
    }
  }

  private void readFully(int at, int length) throws IOException {
    int end = at + length;
    for (int done = at; done < end; ) {
      int count = in.read(frame.bytes, done, end - done);
      if (count < 0) {
        throw new EOFException();
      }
      done += count;
    }
  }

  private Chain.WorkerException failed(String what, long step) {
    return new Chain.WorkerException(
        name(from) + what + "," + Chain.WorkerException.inStep(step), from, step);
  }

  static String name(int rank) {
    return "rank " + rank;
  }

  void close() {
    Links.close(socket);
  }
}
