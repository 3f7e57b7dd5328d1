package io.lanewise.peers;

/** A task in the hands of one library. */
public interface Work {
  /** Does the task once: what is timed. */
  void run();

  /** Returns what the runs so far have made, for {@link Task#check}. */
  float[] result();

  /** Returns the work whose runs write that array. */
  static Work of(float[] result, Runnable run) {
    return new Work() {
      @Override
      public void run() {
        run.run();
      }

      @Override
      public float[] result() {
        return result;
      }
    };
  }
}
