package io.lanewise.cli;

import io.lanewise.data.CsvReader;
import io.lanewise.data.DataFormat;
import io.lanewise.data.numpy.Npy;
import io.lanewise.kernel.Kernels;
import io.lanewise.kernel.Threads;
import io.lanewise.model.ModelFormatException;
import io.lanewise.onnx.OnnxModel;
import io.lanewise.text.TextEncoder;
import io.lanewise.text.TextEncoder.Pooling;
import io.lanewise.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes vectors of texts. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    customSynopsis =
        "lanewise embed --model=FILE --tokenizer=FILE --data=FILE --column=COLUMN --out=FILE"
            + " [OPTIONS]",
    description =
        "Makes a vector of each text of a CSV file's column, a sentence embedding, by an encoder in"
            + " ONNX such as MiniLM, E5 or BGE. The vectors are a .npy file of texts x numbers,"
            + " float32.",
    footer = {
      "",
      "Examples:",
      "  lanewise embed --model model.onnx --tokenizer tokenizer.json \\",
      "      --data texts.csv --column text --out vectors.npy",
      "  lanewise embed --model bge.onnx --tokenizer tokenizer.json --pooling cls \\",
      "      --data texts.csv --column 2 --header no --out vectors.npy"
    })
final class EmbedCommand implements Callable<Integer> {
  /** Texts that are encoded between two looks at the clock. */
  private static final int STEP = 256;

  /** Characters beyond which texts are cut in any case, or nearly. */
  private static final int LONG_TEXT = 2048;

  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "The ONNX file.")
  private Path model;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "FILE",
      description = "Its tokenizer.json; or its vocab.txt, with --lowercase.")
  private Path tokenizer;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The CSV file of the texts, also .gz.")
  private Path data;

  @Option(
      names = "--column",
      required = true,
      paramLabel = "COLUMN",
      description = "The column of the texts, by name, number from 1 or \"last\".")
  private String column;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The .npy file for the vectors.")
  private Path file;

  @Option(
      names = "--pooling",
      paramLabel = "NAME",
      description =
          "What of a text's tokens counts: mean (MiniLM, E5), cls, the first one (BGE), or max."
              + " Default: what 1_Pooling/config.json beside the model says, else mean, or what"
              + " the model has pooled itself.")
  private Pooling pooling;

  @Option(
      names = "--not-normalized",
      description =
          "Leave the vectors as long as they come. Default: what modules.json beside the model"
              + " says, else they have length 1.")
  private boolean raw;

  @Option(names = "--normalized", description = "Make the vectors of length 1 in any case.")
  private boolean normalized;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description =
          "The tokens of a text that count, at most, with [CLS] and [SEP]. Default: what"
              + " sentence_bert_config.json beside the model says, else the tokenizer's file.")
  private Integer maxTokens;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "The output of the model that counts. Default: sentence_embedding, last_hidden_state,"
              + " token_embeddings, or the only one.")
  private String output;

  @Option(
      names = "--lowercase",
      paramLabel = "WHEN",
      description = "vocab.txt: whether the model is an uncased one: yes or no.")
  private String lowercase;

  @Option(
      names = "--header",
      paramLabel = "WHEN",
      defaultValue = "auto",
      description = "Whether the first line has names: auto, yes, no. Default: auto.")
  private CsvReader.Header header;

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      description =
          "What separates the fields: comma, semicolon, tab, pipe, space, or a character. Default:"
              + " what a first line sep=C says, else a comma.")
  private String delimiter;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "What the bytes of the text are, such as windows-1252. Default: what its byte order mark"
              + " says, else UTF-8.")
  private Charset charset;

  @Mixin private KernelOptions kernelOptions;

  @Override
  public Integer call() throws IOException {
    new Outputs()
        .reads("--model", model)
        .reads("--tokenizer", tokenizer)
        .reads("--data", data)
        .writes("--out", file);
    if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".npy")) {
      throw new UsageException(
          "--out: " + file + ": vectors are written as .npy: give a name that ends in .npy");
    }
    Tokenizer tokens = tokens();
    if (raw && normalized) {
      throw new UsageException("--normalized and --not-normalized: say one of them");
    }
    List<String> texts = texts();
    try (Threads threads = kernelOptions.openThreads()) {
      TextEncoder encoder = encoder(tokens, threads, texts);
      PrintWriter out = spec.commandLine().getOut();
      long start = System.nanoTime();
      List<float[]> vectors = vectors(encoder, texts, out);
      save(vectors);
      double seconds = (System.nanoTime() - start) * 1e-9;
      out.println(
          Text.format(
              "%s: %,d texts x %d numbers, in %s",
              file, texts.size(), vectors.getFirst().length, Progress.time(seconds)));
      out.flush();
    }
    return 0;
  }

  private Tokenizer tokens() throws IOException {
    ModelFiles.requireFile(tokenizer);
    boolean lines = tokenizer.toString().toLowerCase(Locale.ROOT).endsWith(".txt");
    if (!lines && lowercase != null) {
      throw new UsageException("--lowercase is for a vocab.txt; " + tokenizer + " says it itself");
    }
    if (!lines) {
      return Tokenizer.load(tokenizer);
    }
    if (lowercase == null || !lowercase.equals("yes") && !lowercase.equals("no")) {
      throw new UsageException(
          tokenizer
              + ": it does not say whether the model is an uncased one: say --lowercase yes, or"
              + " --lowercase no if it is a cased one");
    }
    return Tokenizer.loadVocabulary(tokenizer, lowercase.equals("yes"));
  }

  private List<String> texts() throws IOException {
    ModelFiles.requireFile(data);
    DataFormat format = DataFormat.of(data, charset);
    if (format != DataFormat.CSV) {
      throw new UsageException(data + ": wanted a CSV file of texts, got " + format);
    }
    CsvReader csv = new CsvReader().header(header).charset(charset);
    csv = delimiter == null ? csv : csv.delimiter(DataOptions.delimiter(delimiter));
    return csv.readTexts(data, column);
  }

  /**
   * The operations that the texts are about: two for each weight and token. A weight is four bytes
   * of the file or one, a token some characters.
   */
  private double work(List<String> texts) throws IOException {
    double tokens = 0;
    for (String text : texts) {
      tokens += 2 + Math.min(text.length(), LONG_TEXT) / 4.0;
    }
    return tokens * Files.size(model) / 2;
  }

  private TextEncoder encoder(Tokenizer tokens, Threads threads, List<String> texts)
      throws IOException {
    if (!ModelFiles.isOnnx(model)) {
      throw new UsageException(model + ": wanted an encoder in ONNX, such as model.onnx");
    }
    OnnxModel graph = OnnxModel.load(model);
    TextEncoder encoder;
    try {
      Kernels kernels = threads.kernels(kernelOptions.kernels(work(texts)));
      encoder = TextEncoder.of(graph, tokens, output, kernels);
    } catch (ModelFormatException e) {
      throw new ModelFormatException(model + ": " + e.getMessage());
    }
    try {
      encoder = encoder.withFilesBeside(model, pooling);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
    if (maxTokens != null) {
      TextEncoder whole = encoder;
      encoder = Named.option("--max-tokens", () -> whole.withMaxTokens(maxTokens));
    }
    return raw || normalized ? encoder.withNormalization(normalized) : encoder;
  }

  private List<float[]> vectors(TextEncoder encoder, List<String> texts, PrintWriter out) {
    Screen screen = Screen.standard();
    TimeLeft left = new TimeLeft();
    left.start(System.nanoTime(), 0);
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += STEP) {
      vectors.addAll(encoder.encode(texts.subList(from, Math.min(from + STEP, texts.size()))));
      if (screen.live()) {
        long now = System.nanoTime();
        left.at(now, vectors.size());
        double seconds = left.seconds(now, vectors.size(), texts.size());
        FigureLine line = new FigureLine();
        line.add(0, "texts", "", Text.format("%,d/%,d", vectors.size(), texts.size()));
        line.add(1, "", "", Double.isNaN(seconds) ? "" : Progress.time(seconds) + " left");
        String shown = line.fit(screen.width());
        out.print("\r" + shown + " ".repeat(screen.width() - shown.length()) + "\r");
        out.flush();
      }
    }
    for (int i = 0; i < vectors.size(); i++) {
      for (float value : vectors.get(i)) {
        if (!Float.isFinite(value)) {
          throw new ArithmeticException(
              data
                  + ": the vector of text "
                  + (i + 1)
                  + " has NaN or infinity: is the model whole?");
        }
      }
    }
    return vectors;
  }

  private void save(List<float[]> vectors) throws IOException {
    int width = vectors.getFirst().length;
    if ((long) vectors.size() * width > Integer.MAX_VALUE - 8) {
      throw new UsageException(
          data + ": " + vectors.size() + " texts x " + width + " numbers are too many: split it");
    }
    float[] values = new float[vectors.size() * width];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, values, i * width, width);
    }
    Npy.save(file, new long[] {vectors.size(), width}, values);
  }
}
