package io.lanewise.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** ONNX Runtime: inference, from and to buffers that are made once. */
final class Ort implements Peer {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();

  @Override
  public String version() {
    return "ONNX Runtime " + environment.getVersion() + ", threads: 1";
  }

  @Override
  public Work prepare(Task task) {
    try {
      return task instanceof Inference
          ? new Predictions((Inference) task)
          : task instanceof Encoding ? new Texts((Encoding) task) : null;
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OrtSession.SessionOptions oneThread() throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    return options;
  }

  /** An encoder of texts. */
  private final class Texts implements Work {
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    private final String output;
    private float[] y;

    Texts(Encoding task) throws OrtException {
      session = environment.createSession(Encoding.file(), oneThread());
      output = task.output();
      for (String name : task.inputs()) {
        long[] shape = {task.texts, task.tokens};
        LongBuffer values = LongBuffer.wrap(task.values(name));
        inputs.put(name, OnnxTensor.createTensor(environment, values, shape));
      }
    }

    @Override
    public void run() {
      try (OrtSession.Result result = session.run(inputs, Set.of(output))) {
        FloatBuffer made = ((OnnxTensor) result.get(0)).getFloatBuffer();
        y = y == null ? new float[made.remaining()] : y;
        made.get(y);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public float[] result() {
      return y;
    }
  }

  private final class Predictions implements Work {
    private final OrtSession session;
    private final FloatBuffer out;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;
    private final float[] y;

    Predictions(Inference task) throws OrtException {
      int nOut = task.network().nOut();
      session = environment.createSession(OnnxBytes.of(task.network(), task.rows), oneThread());
      FloatBuffer in = buffer(task.x.length).put(task.x).rewind();
      out = buffer(task.rows * nOut);
      y = new float[task.rows * nOut];
      inputs = Map.of("x", tensor(in, task.rows, task.sizes[0]));
      outputs = Map.of("y", tensor(out, task.rows, nOut));
    }

    private FloatBuffer buffer(int length) {
      return ByteBuffer.allocateDirect(4 * length).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    private OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
      return OnnxTensor.createTensor(environment, buffer, shape);
    }

    @Override
    public void run() {
      try {
        session.run(inputs, Set.of(), outputs).close();
        out.get(0, y);
      } catch (OrtException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public float[] result() {
      return y;
    }
  }
}
