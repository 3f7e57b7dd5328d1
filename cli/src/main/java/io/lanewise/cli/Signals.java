package io.lanewise.cli;

import io.lanewise.train.Training;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/**
 * Ends a training by Ctrl-C, SIGTERM or SIGHUP after the step that is under way; a second signal
 * ends the program at once. By reflection: the compiler warns of sun.misc.Signal, and nothing turns
 * that off.
 */
final class Signals implements Training.Listener, AutoCloseable {
  private static final int KILLED_BY = 128;

  private final PrintWriter err;
  private final List<Runnable> before = new ArrayList<>();
  private Training training;
  private int number;

  Signals(PrintWriter err) {
    this.err = err;
  }

  /** The exit code that a signal asks for; 0 if none came. */
  synchronized int code() {
    return number == 0 ? 0 : KILLED_BY + number;
  }

  /** Before that there is nothing to lose, and a signal does what it does without this. */
  @Override
  public void onBegin(Training training) {
    this.training = training;
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        handle(name);
      } catch (ReflectiveOperationException | IllegalArgumentException e) {
        // No such signal here, or it is not for us: then it does what it did.
      }
    }
  }

  private void handle(String name) throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
    Object signal = signalType.getConstructor(String.class).newInstance(name);
    int itsNumber = (int) signalType.getMethod("getNumber").invoke(signal);
    Object handler =
        Proxy.newProxyInstance(
            Signals.class.getClassLoader(),
            new Class<?>[] {handlerType},
            (proxy, method, arguments) -> {
              if (method.getName().equals("handle")) {
                came(name, itsNumber);
              }
              return null;
            });
    Method handle = signalType.getMethod("handle", signalType, handlerType);
    Object old = handle.invoke(null, signal, handler);
    before.add(
        () -> {
          try {
            handle.invoke(null, signal, old);
          } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private synchronized void came(String name, int itsNumber) {
    if (number != 0) {
      Runtime.getRuntime().halt(KILLED_BY + itsNumber);
    }
    number = itsNumber;
    training.stop();
    err.println("SIG" + name + ": stops after this step and saves; once more to end at once");
    err.flush();
  }

  @Override
  public void close() {
    before.forEach(Runnable::run);
  }
}
