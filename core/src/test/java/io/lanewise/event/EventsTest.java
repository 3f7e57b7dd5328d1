package io.lanewise.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.dataset.Dataset;
import io.lanewise.kernel.Activation;
import io.lanewise.kernel.KernelLookup;
import io.lanewise.nn.Network;
import io.lanewise.nn.Predictor;
import io.lanewise.nn.Workspace;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsTest {
  @TempDir Path folder;

  @Test
  void whatIsEnabledIsRecorded() throws IOException {
    Network network =
        Network.builder(2).dense(3, Activation.RELU).dense(2, Activation.SOFTMAX).build();
    assertNull(PredictionEvent.begun());
    Path file = folder.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable("io.lanewise.Prediction");
      recording.enable("io.lanewise.Layer");
      recording.start();
      new Predictor(network).predict(5, new float[10], 0, 2, new float[10], 0, 2);
      Workspace workspace = new Workspace(network, KernelLookup.best(), 4);
      workspace.gradient(4, new float[8], 0, 2, new int[4], 0);
      assertNull(StepEvent.begun());
      recording.disable("io.lanewise.Layer");
      recording.enable("io.lanewise.Step");
      Dataset rows = Dataset.ofLabels(new float[20], 2, new int[10], 2);
      new Trainer(network).batchSize(4).epochs(1).fit(rows);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    RecordedEvent prediction =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("io.lanewise.Prediction"))
            .findAny()
            .orElseThrow();
    assertEquals(5, prediction.getInt("rows"));
    List<RecordedEvent> layers =
        events.stream()
            .filter(e -> e.getEventType().getName().equals("io.lanewise.Layer"))
            .toList();
    assertEquals(6, layers.size());
    assertEquals(2, layers.stream().filter(e -> e.getBoolean("backward")).count());
    List<RecordedEvent> steps =
        events.stream().filter(e -> e.getEventType().getName().equals("io.lanewise.Step")).toList();
    assertEquals(List.of(4, 4, 2), steps.stream().map(e -> e.getInt("rows")).toList());
    assertEquals(3, steps.get(2).getLong("step"));
    assertTrue(layers.stream().allMatch(e -> e.getInt("layer") < 2));
  }
}
