package io.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterOptionsTest {
  @TempDir private Path folder;
  private String secret;

  @BeforeEach
  void makeFiles() throws IOException {
    Files.writeString(folder.resolve("rows.csv"), "x,y,kind\n1,2,a\n2,1,b\n1,3,a\n3,1,b\n");
    secret = Files.writeString(folder.resolve("secret"), "sixteen letters are enough").toString();
  }

  private void refused(int code, String wanted, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data",
                folder.resolve("rows.csv").toString(),
                "--out",
                folder.resolve("model.safetensors").toString()));
    args.addAll(List.of(more));
    Cli cli = Cli.run(args.toArray());
    assertEquals(code, cli.code(), cli.err());
    assertTrue(cli.err().contains(wanted), cli.err());
    assertEquals(1, cli.err().lines().count(), cli.err());
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws IOException {
    String two = "localhost:1,localhost:2";
    refused(2, "--workers needs --rank", "--workers", two);
    refused(2, "--rank needs --workers", "--rank", "0");
    refused(2, "--rank must be in 0..1", "--workers", two, "--rank", "2", "--shards", "4");
    refused(2, "--rank must be in 0..1", "--workers", two, "--rank", "-1", "--shards", "4");
    refused(2, "--shards must be >= 2", "--workers", two, "--rank", "0");
    refused(2, "--workers needs a secret", "--workers", two, "--rank", "0", "--shards", "4");
    refused(2, "--workers: wanted host:port", "--workers", "a,b", "--rank", "0", "--shards", "4");
    String tooShort = Files.writeString(folder.resolve("short"), "abc").toString();
    refused(
        2,
        "16 at least",
        "--workers",
        two,
        "--rank",
        "0",
        "--shards",
        "4",
        "--secret-file",
        tooShort);
    refused(
        2,
        "none: no such file",
        "--workers",
        two,
        "--rank",
        "0",
        "--shards",
        "4",
        "--secret-file",
        folder.resolve("none").toString());
  }

  private String[] two(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("--workers", "localhost:1,localhost:2", "--rank", "0", "--shards", "4"));
    all.addAll(List.of("--secret-file", secret));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  @Test
  void whatIsWrongWithTheFilesOfTlsIsSaid() throws Exception {
    refused(2, "--tls-key-store needs --workers", "--tls-key-store", "a");
    refused(2, "--tls-trust-store needs --tls-key-store", two("--tls-trust-store", "a"));
    refused(2, "--tls-password-file needs --tls-key-store", two("--tls-password-file", "a"));
    String store = folder.resolve("keys").toString();
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> command = new ArrayList<>(List.of(keytool, "-genkeypair", "-keyalg", "EC"));
    command.addAll(List.of("-dname", "CN=a", "-keystore", store, "-storepass", "of this test"));
    Process process = new ProcessBuilder(command).inheritIO().start();
    assertEquals(0, process.waitFor());
    refused(2, "--tls-key-store needs its password: ", two("--tls-key-store", store));
    String wrong = Files.writeString(folder.resolve("wrong"), "of another\n").toString();
    refused(
        2,
        "keys: the password is another one",
        two("--tls-key-store", store, "--tls-password-file", wrong));
    refused(2, "none: no such file", two("--tls-key-store", store, "--tls-password-file", "none"));
    refused(
        2,
        "rows.csv: is no key store",
        two(
            "--tls-key-store",
            folder.resolve("rows.csv").toString(),
            "--tls-password-file",
            wrong));
    byte[] bytes = {(byte) 0xc3, 0x28, (byte) 0xff};
    String binary = Files.write(folder.resolve("binary"), bytes).toString();
    refused(
        2,
        "binary: is not text: base64",
        two("--tls-key-store", store, "--tls-password-file", binary));
  }

  @Test
  void whoIsNotThereAndAPortInUseAreNamed() throws IOException {
    ServerSocket used = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    free.close();
    String list = "127.0.0.1:" + free.getLocalPort() + ",127.0.0.1:" + used.getLocalPort();
    String[] more = {
      "--workers",
      list,
      "--rank",
      "1",
      "--shards",
      "4",
      "--secret-file",
      secret,
      "--peer-timeout",
      "0.5"
    };
    refused(2, "Address already in use", more);
    more[3] = "0";
    used.close();
    refused(1, "rank 1 at 127.0.0.1:" + used.getLocalPort() + " was not there within 0.5 s", more);
  }
}
