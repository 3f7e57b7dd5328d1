package io.lanewise.cluster;

import io.lanewise.train.Training;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * What goes to the next worker, by a thread of its own: the sum goes out while its total already
 * comes in, and on blocking sockets that would be a ring of workers that all wait to write. A sum
 * is sent from the arrays themselves; a part of them is not written to again before it has gone.
 */
final class Outgoing {
  /** Time for the last words. */
  private static final long LAST_MILLIS = 2_000;

  private final int to;
  private final Socket socket;
  private final OutputStream out;
  private final long timeoutMillis;
  // Of the thread alone.
  private final Frame frame = new Frame();
  private int number;

  // Guarded by this.
  private Training.Exchange.@Nullable Part part;
  private long hash;
  private int frames;
  private long ready;
  private long sent;
  private byte @Nullable [] bytes;
  private byte @Nullable [] last;
  private int lastKind;
  private boolean ended;
  private @Nullable IOException failure;

  /**
   * @param to the next worker
   */
  Outgoing(int to, Socket socket, long timeoutMillis) throws IOException {
    this.to = to;
    this.socket = socket;
    this.timeoutMillis = timeoutMillis;
    out = socket.getOutputStream();
    Thread.ofPlatform().name("lanewise-chain-to-" + to).daemon().start(this::run);
  }

  /** Begins a sum, whose frames are a head and the chunks, as often as it goes. */
  synchronized void begin(Training.Exchange.Part part, long hash, int frames) {
    this.part = part;
    this.hash = hash;
    this.frames = frames;
    ready = 0;
    sent = 0;
  }

  /** Says that the next frame of the sum may go; returns how many may. */
  synchronized long offer() {
    ready++;
    notifyAll();
    return ready;
  }

  synchronized long ready() {
    return ready;
  }

  /** Waits until so many frames of the sum have gone; throws where none goes for too long. */
  synchronized void await(long count, long step) throws Chain.WorkerException {
    long seen = sent;
    long since = System.nanoTime();
    boolean interrupted = false;
    while (sent < count && failure == null) {
      long left = timeoutMillis - (System.nanoTime() - since) / 1_000_000;
      if (sent != seen) {
        seen = sent;
        since = System.nanoTime();
      } else if (left <= 0) {
        restore(interrupted);
        throw failed(" took nothing for " + timeoutMillis * 1e-3 + " s", step);
      } else {
        interrupted |= pause(left);
      }
    }
    restore(interrupted);
    requireOpen(step);
  }

  /** Sends them now. */
  synchronized void bytes(byte[] some) throws Chain.WorkerException {
    bytes = some;
    notifyAll();
    boolean interrupted = false;
    while (bytes != null && failure == null) {
      interrupted |= pause(timeoutMillis);
    }
    restore(interrupted);
    requireOpen(0);
  }

  /** Sends the last words, as far as the other takes them, and closes. */
  void end(int kind, byte[] words) {
    boolean interrupted = false;
    synchronized (this) {
      if (last == null) {
        last = words;
        lastKind = kind;
        notifyAll();
        long end = System.nanoTime() + LAST_MILLIS * 1_000_000;
        while (failure == null && !ended && System.nanoTime() < end) {
          interrupted |= pause(100);
        }
      }
    }
    Links.close(socket);
    restore(interrupted);
  }

  /**
   * Waits. An interrupt is for the training, which looks for it between steps: it ends no wait.
   *
   * @return whether there was one, for the caller to set again
   */
  private boolean pause(long millis) {
    try {
      wait(millis);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void requireOpen(long step) throws Chain.WorkerException {
    if (failure != null) {
      throw failed(" closed the connection: it was killed, or failed", step);
    }
  }

  private Chain.WorkerException failed(String what, long step) {
    return new Chain.WorkerException(
        Incoming.name(to) + what + "," + Chain.WorkerException.inStep(step), to, step);
  }

  private void run() {
    try {
      while (one()) {}
    } catch (IOException e) {
      synchronized (this) {
        failure = e;
        notifyAll();
      }
    }
  }

  /** Sends one thing; returns whether there may be more. */
  private boolean one() throws IOException {
    long next;
    byte[] some;
    byte[] words;
    synchronized (this) {
      if (sent == ready && bytes == null && last == null) {
        pause(Math.max(1, timeoutMillis / 4));
      }
      next = sent < ready ? sent : -1;
      some = bytes;
      words = last;
    }
    if (words != null) {
      System.arraycopy(words, 0, frame.bytes, Frame.HEADER, words.length);
      write(lastKind, words.length);
      synchronized (this) {
        ended = true;
        notifyAll();
      }
      return false;
    }
    if (some != null) {
      write(some);
    } else if (next >= 0) {
      write(next);
    } else {
      write(Frame.ALIVE, 0);
    }
    return true;
  }

  private void write(byte[] some) throws IOException {
    frame.buffer.putLong(Frame.HEADER, some.length);
    int at = Long.BYTES;
    int done = 0;
    do {
      int count = Math.min(Frame.MOST_BYTES - at, some.length - done);
      System.arraycopy(some, done, frame.bytes, Frame.HEADER + at, count);
      write(Frame.BYTES, at + count);
      done += count;
      at = 0;
    } while (done < some.length);
    synchronized (this) {
      bytes = null;
      notifyAll();
    }
  }

  private void write(long next) throws IOException {
    int index = (int) (next % frames) - 1;
    if (index < 0) {
      head();
    } else {
      chunk(index);
    }
    synchronized (this) {
      sent++;
      notifyAll();
    }
  }

  private void head() throws IOException {
    double[] figures = part.figures();
    int at = Frame.HEADER;
    frame.buffer.putLong(at, part.step()).putLong(at + 8, hash);
    for (int i = 0; i < figures.length; i++) {
      frame.buffer.putDouble(at + 16 + 8 * i, figures[i]);
    }
    write(Frame.HEAD, 16 + 8 * figures.length);
  }

  private void chunk(int index) throws IOException {
    float[][] all = part.values();
    int left = index;
    int array = 0;
    while (left >= Links.chunks(all[array])) {
      left -= Links.chunks(all[array]);
      array++;
    }
    int from = left * Frame.CHUNK_FLOATS;
    int count = Math.min(Frame.CHUNK_FLOATS, all[array].length - from);
    frame.putFloats(all[array], from, count);
    write(Frame.CHUNK, count * Float.BYTES);
  }

  private void write(int kind, int length) throws IOException {
    frame.finish(kind, number++, length);
    out.write(frame.bytes, 0, Frame.HEADER + length);
  }
}
