package io.lanewise.cli;

import io.lanewise.cluster.Chain;
import io.lanewise.train.Trainer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Option;

/** The workers of a training on several machines. */
final class ClusterOptions {
  private static final String SECRET = "LANEWISE_SECRET";
  private static final String PASSWORD = "LANEWISE_TLS_PASSWORD";

  @Option(
      names = "--workers",
      paramLabel = "HOST:PORT,...",
      description =
          "Trains together with others, to the bits of one: where each listens, the same list"
              + " for all. All get the same options but --rank.")
  private String workers;

  @Option(names = "--rank", paramLabel = "N", description = "Which of them this one is, from 0.")
  private Integer rank;

  @Option(
      names = "--secret-file",
      paramLabel = "FILE",
      description =
          "What all workers know and nobody else, 16 characters at least. Default: LANEWISE_SECRET"
              + " in the environment.")
  private Path secretFile;

  @Option(
      names = "--peer-timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for a worker to be there, or to be heard. Default: 60.")
  private Double timeout = 60.0;

  @Option(
      names = "--tls-key-store",
      paramLabel = "FILE",
      description =
          "Encrypts all that the workers say: a PKCS12 or JKS file with this worker's private key"
              + " and certificate. Default: no TLS.")
  private Path keyStore;

  @Option(
      names = "--tls-trust-store",
      paramLabel = "FILE",
      description =
          "The certificates that are trusted, the others' or their issuer's: a store of the same"
              + " password, or PEM. Default: those in --tls-key-store.")
  private Path trustStore;

  @Option(
      names = "--tls-password-file",
      paramLabel = "FILE",
      description =
          "The password of the stores and of the key. Default: LANEWISE_TLS_PASSWORD in the"
              + " environment.")
  private Path passwordFile;

  private Chain.Builder builder;

  /** Throws, with one clear line, if the options do not go together. */
  void check(int shards) throws IOException {
    if (workers == null) {
      return;
    }
    List<InetSocketAddress> all = Named.option("--workers", () -> Chain.workers(workers));
    if (rank < 0 || rank >= all.size()) {
      throw new UsageException(
          "--rank must be in 0.."
              + (all.size() - 1)
              + ", as --workers names "
              + all.size()
              + ", got "
              + rank);
    }
    builder = Named.option("--workers", () -> Chain.builder(all, rank));
    if (shards < all.size()) {
      throw new UsageException(
          "--shards must be >= "
              + all.size()
              + ", one for each worker, got "
              + shards
              + ": give all workers the same, such as --shards "
              + 4 * all.size());
    }
    Named.option(
        "--peer-timeout", () -> builder.timeout(Duration.ofMillis(Math.round(timeout * 1e3))));
    String secret = hidden(secretFile, SECRET);
    if (secret == null) {
      throw new UsageException(
          "--workers needs a secret that all of them know: --secret-file FILE, or "
              + SECRET
              + " in the environment; head -c 32 /dev/urandom | base64 > FILE makes one");
    }
    Named.option(
        secretFile == null ? SECRET : "--secret-file " + secretFile,
        () -> builder.secret(secret.getBytes(StandardCharsets.UTF_8)));
    if (keyStore != null) {
      builder.tls(tls());
    }
  }

  private SSLContext tls() throws IOException {
    String password = hidden(passwordFile, PASSWORD);
    if (password == null) {
      throw new UsageException(
          "--tls-key-store needs its password: --tls-password-file FILE, or "
              + PASSWORD
              + " in the environment");
    }
    return Chain.sslContext(keyStore, trustStore, password.toCharArray());
  }

  /** What is no option, since other users see those; null where it is nowhere. */
  private static String hidden(Path file, String variable) throws IOException {
    try {
      String text = file == null ? System.getenv(variable) : Files.readString(file);
      return text == null ? null : text.strip();
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": is not text: base64 makes text of bytes");
    }
  }

  /** Whether this one writes the model and what else is written. */
  boolean writes() {
    return workers == null || rank == 0;
  }

  /** Connects; returns null where there are no workers. */
  Chain open(PrintWriter out) throws IOException {
    if (builder == null) {
      return null;
    }
    out.println("workers  rank " + rank + " of " + workers);
    out.flush();
    return builder.open();
  }

  /** Lets a trainer train with the others. */
  static void apply(Trainer trainer, Chain chain) {
    if (chain != null) {
      trainer.exchange(chain);
    }
  }
}
