package io.lanewise.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Workers that are threads of this process, in a ring of queues. */
final class ThreadExchange implements Training.Exchange {
  // An array goes in several runs.
  private static final int RUN = 7;

  private final int rank;
  private final List<BlockingQueue<Object>> ring;

  private record Message(long step, float[][] learned, double[] figures, float[][] values) {}

  private record Begin(Map<String, String> settings, float[][] learned, Path checkpoint) {}

  private record Failure(String why) {}

  /** What one worker does. */
  interface Work<T> {
    T run(Training.Exchange exchange) throws Exception;
  }

  private ThreadExchange(int rank, List<BlockingQueue<Object>> ring) {
    this.rank = rank;
    this.ring = ring;
  }

  /** What each of so many workers gives. */
  static <T> List<Future<T>> run(int workers, Work<T> work) throws InterruptedException {
    List<BlockingQueue<Object>> ring = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      ring.add(new ArrayBlockingQueue<>(4));
    }
    List<Callable<T>> all = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      ThreadExchange exchange = new ThreadExchange(i, ring);
      all.add(() -> work.run(exchange));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
      return threads.invokeAll(all, 1, TimeUnit.MINUTES);
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int workers() {
    return ring.size();
  }

  @Override
  public Path begin(Map<String, String> settings, float[][] learned, Path checkpoint)
      throws IOException {
    Begin first = rank == 0 ? new Begin(settings, copy(learned), checkpoint) : (Begin) receive();
    if (!settings.equals(first.settings) || !Arrays.deepEquals(learned, first.learned)) {
      throw new IllegalStateException("rank " + rank + " is of another training");
    }
    if (rank + 1 < workers()) {
      send(first);
    }
    return first.checkpoint;
  }

  @Override
  public void sum(Part part, boolean first, boolean last) throws IOException {
    if (workers() > 1 && (rank > 0 || !first)) {
      take(part);
    }
    part.add();
    for (int i = 0; i < part.values().length; i++) {
      int length = part.values()[i].length;
      for (int from = 0; from < length; from += RUN) {
        part.add(i, from, Math.min(from + RUN, length));
      }
    }
    boolean end = rank + 1 == workers();
    if (workers() > 1 && (!end || !last)) {
      send(message(part));
    }
    if (last && workers() > 1) {
      if (!end) {
        take(part);
      }
      if (rank + 2 != workers()) {
        send(message(part));
      }
    }
  }

  private static float[][] copy(float[][] values) {
    return Arrays.stream(values).map(float[]::clone).toArray(float[][]::new);
  }

  private static Message message(Part part) {
    return new Message(
        part.step(), copy(part.learned()), part.figures().clone(), copy(part.values()));
  }

  private void take(Part part) throws IOException {
    Message message = (Message) receive();
    if (message.step != part.step() || !Arrays.equals(message.learned[0], part.learned()[0])) {
      throw new IOException("rank " + rank + " is elsewhere, at step " + part.step());
    }
    System.arraycopy(message.figures, 0, part.figures(), 0, message.figures.length);
    for (int i = 0; i < message.values.length; i++) {
      System.arraycopy(message.values[i], 0, part.values()[i], 0, message.values[i].length);
    }
  }

  private void send(Object message) {
    try {
      ring.get((rank + 1) % workers()).put(message);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Object receive() throws IOException {
    try {
      Object message = ring.get(rank).take();
      if (message instanceof Failure failure) {
        throw new IOException(failure.why);
      }
      return message;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void fail(Throwable why) {
    ring.get((rank + 1) % workers()).offer(new Failure(String.valueOf(why.getMessage())));
  }
}
