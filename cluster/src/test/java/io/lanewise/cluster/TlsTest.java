package io.lanewise.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lanewise.nn.Network;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers by TLS, with certificates as keytool makes them. */
@Timeout(120)
class TlsTest {
  private static final String PASSWORD = "only-for-this-test";

  // Of all tests: what several need is made once.
  @TempDir private static Path folder;

  private static void keytool(String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    // A short life: C2 would never pay.
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    command.addAll(List.of(args));
    command.addAll(List.of("-storepass", PASSWORD));
    Process keytool =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile()).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), output);
  }

  private static Path store(String name, String... more) throws Exception {
    Path file = folder.resolve(name);
    if (Files.exists(file)) {
      return file;
    }
    List<String> args = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-alias", name));
    args.addAll(List.of("-dname", "CN=" + name, "-keystore", name));
    args.addAll(List.of(more));
    keytool(args.toArray(String[]::new));
    return file;
  }

  /** Of the older kind. */
  private static Path jks() throws Exception {
    return store("b", "-storetype", "JKS", "-keypass", PASSWORD);
  }

  /** The certificate of a store. */
  private static Path pem(String name) throws Exception {
    Path file = folder.resolve(name + ".pem");
    if (!Files.exists(file)) {
      keytool("-exportcert", "-rfc", "-alias", name, "-keystore", name, "-file", name + ".pem");
    }
    return file;
  }

  /** A store of that certificate and no key. */
  private static Path trust(Path pem) throws Exception {
    Path file = folder.resolve("trust-" + pem.getFileName());
    if (!Files.exists(file)) {
      String[] where = {"-keystore", file.getFileName().toString(), "-file", pem.toString()};
      keytool("-importcert", "-noprompt", "-alias", "x", where[0], where[1], where[2], where[3]);
    }
    return file;
  }

  private static SSLContext context(Path keys, Path trusted) throws IOException {
    return Chain.sslContext(keys, trusted, PASSWORD.toCharArray());
  }

  /** As of a worker that does not look at its own certificate. */
  private static SSLContext unchecked(Path keys) throws Exception {
    char[] password = PASSWORD.toCharArray();
    KeyStore store = KeyStore.getInstance(keys.toFile(), password);
    KeyManagerFactory own = KeyManagerFactory.getInstance("SunX509");
    own.init(store, password);
    TrustManagerFactory others = TrustManagerFactory.getInstance("PKIX");
    others.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), others.getTrustManagers(), null);
    return context;
  }

  private static void refused(String wanted, Path keys, Path trusted, String password) {
    IOException e =
        assertThrows(
            IOException.class, () -> Chain.sslContext(keys, trusted, password.toCharArray()));
    assertTrue(e.getMessage().contains(wanted), e.getMessage());
  }

  /** Gives what two workers end with: the message of the error, or null. */
  private static List<String> meet(SSLContext zero, SSLContext one) throws Exception {
    List<ServerSocket> sockets = Rings.sockets(2);
    List<Callable<String>> both = new ArrayList<>();
    for (int rank = 0; rank < 2; rank++) {
      SSLContext own = rank == 0 ? zero : one;
      Chain.Builder builder = Rings.builder(sockets, rank).timeout(Duration.ofSeconds(3));
      UnaryOperator<Chain.Builder> how = b -> own == null ? b : b.tls(own);
      both.add(
          () -> {
            try {
              how.apply(builder).open().close();
              return null;
            } catch (IOException e) {
              return e.getMessage();
            }
          });
    }
    List<String> said = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (Future<String> end : threads.invokeAll(both)) {
        said.add(end.get());
      }
    }
    return said;
  }

  @Test
  void oneStoreForAllGivesTheHashOfOneProcess() throws Exception {
    SSLContext context = context(store("all"), null);
    String expected = Trainings.alone(4);
    List<Future<String>> hashes =
        Rings.run(
            2,
            builder -> builder.tls(context),
            chain -> {
              Network network = Trainings.network();
              Trainings.trainer(network, 4).exchange(chain).fit(Trainings.rows());
              return Trainings.hash(network);
            });
    for (Future<String> hash : hashes) {
      assertEquals(expected, hash.get());
    }
  }

  @Test
  void eachMayHaveAKeyOfItsOwnAndTrustTheOthersByAStoreOrPem() throws Exception {
    Path a = store("a");
    Path b = jks();
    // Rank 0 connects to rank 1, so that it has to trust b; and the other way round.
    SSLContext zero = context(a, trust(pem("b")));
    assertEquals(Arrays.asList(null, null), meet(zero, context(b, pem("a"))));
  }

  /**
   * A certificate of somebody else: nobody trains. The other hears why, unless the connection is
   * gone before its answer is read.
   */
  @Test
  void whoIsNotTrustedIsToldSo() throws Exception {
    Path a = store("a");
    Path other = store("all");
    List<String> said = meet(context(a, null), context(other, pem("a")));
    assertNotNull(said.get(0));
    assertTrue(
        said.get(0).contains("it has a certificate that is not trusted: the trust store must"),
        said.get(0));
    assertTrue(
        said.get(1) != null
            && (said.get(1).contains("one that does not trust the certificate of this one")
                || said.get(1).contains("1 refused, the last: one that broke off")),
        said.get(1));
  }

  @Test
  void oneWithTlsAndOneWithoutAreToldSo() throws Exception {
    SSLContext context = context(store("all"), null);
    for (int plain = 0; plain < 2; plain++) {
      List<String> said = meet(plain == 0 ? null : context, plain == 0 ? context : null);
      String without = said.get(plain);
      String with = said.get(1 - plain);
      assertTrue(
          without.contains("it speaks TLS: give all workers TLS, or none")
              || without.contains("one that speaks TLS, which this worker was not told to"),
          without);
      assertTrue(with.contains(" speaks without TLS, or an old one: give all workers TLS"), with);
    }
  }

  @Test
  void anotherWorkersExpiredCertificateIsNamed() throws Exception {
    Path ca = store("ca", "-ext", "bc:c");
    Path late = store("late");
    keytool("-certreq", "-alias", "late", "-keystore", "late", "-file", "late.csr");
    String[] issue = {
      "-gencert",
      "-alias",
      "ca",
      "-keystore",
      "ca",
      "-infile",
      "late.csr",
      "-outfile",
      "late.pem",
      "-rfc",
      "-startdate",
      "-3d",
      "-validity",
      "1"
    };
    pem("ca");
    keytool(issue);
    keytool("-importcert", "-noprompt", "-alias", "ca", "-keystore", "late", "-file", "ca.pem");
    keytool("-importcert", "-noprompt", "-alias", "late", "-keystore", "late", "-file", "late.pem");
    refused("late: the certificate of late has expired, NotAfter: ", late, null, PASSWORD);
    // One whose clock is behind does not notice it, the others do.
    SSLContext behind = unchecked(late);
    List<String> said = meet(context(ca, null), behind);
    assertTrue(
        said.get(0).contains("it has a certificate that has expired, NotAfter: "), said.get(0));
  }

  @Test
  void filesThatAreNoneAreNamed() throws Exception {
    Path keys = store("a");
    refused("/a: the password is another one", keys, null, "another");
    Path early = store("early", "-startdate", "+2d");
    refused("early: the certificate of early is not valid yet", early, null, PASSWORD);
    Path pem = pem("a");
    refused("a.pem: is no key store, PKCS12 or JKS: keytool makes one", pem, null, PASSWORD);
    jks();
    refused("trust-b.pem: has no private key", trust(pem("b")), null, PASSWORD);
    String text = Files.readString(pem);
    Path damaged =
        Files.writeString(folder.resolve("bad.pem"), text.substring(0, text.length() / 2));
    refused("bad.pem: a certificate in it is damaged", keys, damaged, PASSWORD);
    Path empty = Files.writeString(folder.resolve("empty"), "");
    refused("empty: is no key store", keys, empty, PASSWORD);
    Path none = folder.resolve("none");
    refused("none", none, null, PASSWORD);
    assertNull(meet(context(keys, pem), context(keys, pem)).get(0));
  }
}
