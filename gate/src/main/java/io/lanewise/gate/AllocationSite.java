package io.lanewise.gate;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Finds by the flight recorder what a piece of work allocates, and in which line. */
final class AllocationSite {
  private static final String SAMPLE = "jdk.ObjectAllocationSample";
  private static final long ENOUGH_NANOS = 1_000_000_000L;

  private AllocationSite() {}

  /** Returns the site that allocates most, for people; empty if none was seen. */
  static String of(Work work) throws Exception {
    Path file = Files.createTempFile("lanewise-gate", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable(SAMPLE).withStackTrace().with("throttle", "10000/s");
      recording.start();
      long start = Measurement.clock();
      double sum = 0;
      do {
        sum += once(work);
      } while (Measurement.clock() - start < ENOUGH_NANOS);
      recording.stop();
      recording.dump(file);
      // The sum is asked for, so that the JIT leaves no run out.
      return most(RecordingFile.readAllEvents(file), Double.toString(sum).isEmpty());
    } finally {
      Files.delete(file);
    }
  }

  /** What is above this in a stack is the work's. */
  private static double once(Work work) throws Exception {
    return work.run();
  }

  private static String most(List<RecordedEvent> events, boolean none) {
    Map<String, Long> weights = new TreeMap<>();
    events.sort(Comparator.comparing(RecordedEvent::getStartTime));
    // The first weighs all that its thread had allocated before.
    for (RecordedEvent event : events.subList(events.size() > 1 ? 1 : 0, events.size())) {
      String frame = frame(event);
      if (!none && frame != null) {
        String what = event.getClass("objectClass").getName();
        weights.merge(readable(what) + " at " + frame, event.getLong("weight"), Long::sum);
      }
    }
    return weights.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElse("");
  }

  /** The first line that is not the JDK's, of a stack that is below the work; else null. */
  private static String frame(RecordedEvent event) {
    if (event.getStackTrace() == null) {
      return null;
    }
    String first = null;
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      String type = frame.getMethod().getType().getName();
      if (type.equals(AllocationSite.class.getName())) {
        return frame.getMethod().getName().equals("once") ? first : null;
      }
      boolean jdk = type.matches("(java|javax|jdk|sun|com\\.sun)\\..*");
      boolean ours = type.startsWith(Gate.class.getName());
      if (first == null && !jdk && !ours) {
        first = type + "." + frame.getMethod().getName() + ":" + frame.getLineNumber();
      }
    }
    return null;
  }

  /** [B is byte[]. */
  private static String readable(String name) {
    if (!name.startsWith("[")) {
      return name;
    }
    String element = name.substring(1);
    String readable =
        switch (element.charAt(0)) {
          case 'B' -> "byte";
          case 'C' -> "char";
          case 'D' -> "double";
          case 'F' -> "float";
          case 'I' -> "int";
          case 'J' -> "long";
          case 'S' -> "short";
          case 'Z' -> "boolean";
          case 'L' -> element.substring(1, element.length() - 1);
          default -> readable(element);
        };
    return readable + "[]";
  }
}
