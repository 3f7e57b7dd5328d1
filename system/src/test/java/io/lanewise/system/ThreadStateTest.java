package io.lanewise.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lanewise.model.Architecture;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A prediction leaves nothing behind in the thread that made it. */
class ThreadStateTest {
  private static final String LAYERS = "64 256:relu 128:gelu layernorm 10:softmax";
  private static final int THREADS = 10_000;
  private static final int LOADERS = 30;

  @Test
  void tenThousandWaitingVirtualThreadsHoldNothing() throws Exception {
    assertEquals("done", lastLine(Waiting.class));
  }

  @Test
  void theClassLoadersOfEndedApplicationsAreCollected() throws Exception {
    assertEquals("0", lastLine(Loaders.class));
  }

  private static String lastLine(Class<?> main) throws Exception {
    return Jvm.run(List.of("-Xmx256m"), main.getName()).lines().reduce("", (a, b) -> b);
  }

  /** Predicts once in each of many virtual threads, which then wait, all at the same time. */
  static final class Waiting {
    private Waiting() {}

    public static void main(String[] args) throws InterruptedException {
      Network network = Architecture.parse(LAYERS).seed(1).build();
      Predictor predictor = new Predictor(network);
      CountDownLatch predicted = new CountDownLatch(THREADS);
      CountDownLatch end = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  // A product that is not of packed weights too.
                  network.predict(new float[64], 1);
                  predictor.predict(new float[64], new float[10]);
                  predicted.countDown();
                  awaitUninterrupted(end);
                }));
      }
      predicted.await();
      end.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      System.out.println("done");
    }

    private static void awaitUninterrupted(CountDownLatch end) {
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Predicts on a thread that lives on, with classes that are then dropped, many times. */
  static final class Loaders {
    private Loaders() {}

    public static void main(String[] args) throws Exception {
      List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
      try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
        for (int i = 0; i < LOADERS; i++) {
          loaders.add(pool.submit(Loaders::application).get());
        }
        for (int i = 0; i < 20 && alive(loaders) > 0; i++) {
          System.gc();
          Thread.sleep(100);
        }
        System.out.println(alive(loaders));
      }
    }

    private static long alive(List<WeakReference<ClassLoader>> loaders) {
      return loaders.stream().filter(loader -> loader.get() != null).count();
    }

    private static WeakReference<ClassLoader> application() throws Exception {
      List<URL> path = new ArrayList<>();
      for (String entry : System.getProperty("java.class.path").split(":")) {
        path.add(Path.of(entry).toUri().toURL());
      }
      URLClassLoader loader =
          new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        Class<?> once = loader.loadClass(Once.class.getName());
        once.getMethod("predict").invoke(null);
      } finally {
        thread.setContextClassLoader(before);
        loader.close();
      }
      return new WeakReference<>(loader);
    }
  }

  /** What the application does. */
  public static final class Once {
    private Once() {}

    /** Predicts. */
    public static void predict() {
      Network network = Architecture.parse(LAYERS).seed(1).build();
      network.predict(new float[64], 1);
      new Predictor(network).predict(new float[64], new float[10]);
    }
  }
}
