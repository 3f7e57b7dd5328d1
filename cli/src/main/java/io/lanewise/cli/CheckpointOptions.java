package io.lanewise.cli;

import io.lanewise.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How a training is kept on disk, to go on when it was interrupted. */
final class CheckpointOptions {
  @Option(
      names = "--checkpoint",
      paramLabel = "DIR",
      description = "Keeps checkpoints in a folder of their own; empty or missing, or --resume.")
  private Path folder;

  @Option(
      names = "--every",
      paramLabel = "N",
      description = "Steps from one to the next. Default: one at the end of each epoch.")
  private Long every;

  @Option(names = "--keep", paramLabel = "N", description = "How many are kept. Default: 3.")
  private Integer keep = 3;

  @Option(
      names = "--resume",
      description = "Goes on from the newest whole checkpoint, if there is one.")
  private boolean resume;

  /** Where the folder is to be, no file may be. */
  void addTo(Outputs outputs) {
    outputs.reads("--checkpoint", folder);
  }

  void apply(Trainer trainer) {
    if (folder == null) {
      return;
    }
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new UsageException("--checkpoint: " + folder + " is a file, not a folder");
    }
    trainer.checkpoint(folder);
    if (every != null) {
      Named.option("--every", () -> trainer.checkpoint(folder, every));
    }
    Named.option("--keep", () -> trainer.keepCheckpoints(keep));
    trainer.resume(resume);
  }
}
