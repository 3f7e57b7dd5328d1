package io.lanewise.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;

/**
 * How two workers show each other that they know the secret, which itself is never sent: each
 * answers a random challenge of the other by HMAC-SHA256 over both challenges, who they are, and,
 * with TLS, the certificate, so that nobody between them can pass the answers on. Who connects
 * answers first; a stranger gets a random number and nothing else.
 */
final class Handshake {
  /** What a stranger has time for, in milliseconds. */
  static final int PATIENCE = 5_000;

  // Its last byte is the version of what follows.
  private static final byte[] MAGIC = "LANEWIS1".getBytes(StandardCharsets.US_ASCII);
  private static final int CHALLENGE = 32;
  private static final int HELLO = 8 + 3 * Integer.BYTES + CHALLENGE;
  private static final String HMAC = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int WELCOME = 1;
  private static final int WRONG_SECRET = 2;
  private static final int WRONG_PLACE = 3;

  private static final int TLS_HANDSHAKE = 22;
  private static final int TLS_ALERT = 21;
  private static final int TLS_MAJOR = 3;
  // A fatal alert: of no version that is known here.
  private static final byte[] TLS_REFUSED = {TLS_ALERT, TLS_MAJOR, 3, 0, 2, 2, 70};

  private final Socket socket;
  private final SecretKeySpec key;
  private final InputStream in;
  private final OutputStream out;
  private final long end = System.nanoTime() + PATIENCE * 1_000_000L;

  Handshake(Socket socket, byte[] secret) throws IOException {
    this.socket = socket;
    key = new SecretKeySpec(secret, HMAC);
    in = socket.getInputStream();
    out = socket.getOutputStream();
  }

  /** The other refuses, or is not who it should be: to try again would be in vain. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  /** Of who connects, to the next worker. */
  void connect(int rank, int workers) throws IOException {
    byte[] hello = hello(rank, workers);
    out.write(hello);
    byte[] challenge = read(CHALLENGE);
    out.write(proof('c', hello, challenge));
    int verdict = read(1)[0];
    if (verdict == WRONG_SECRET) {
      throw new RefusedException("it has another secret: give all workers the same");
    }
    if (verdict == WRONG_PLACE) {
      // It may be in a training before this one.
      throw new IOException(
          "it waits for another rank, or has another list of workers: give all workers the same"
              + " list, each its own rank");
    }
    if (!MessageDigest.isEqual(read(CHALLENGE), proof('s', hello, challenge))) {
      throw new RefusedException("it does not know the secret");
    }
  }

  /**
   * Of who is connected to.
   *
   * @return null, or why it is refused
   */
  String accept(int rank, int workers) throws IOException {
    byte[] hello = read(HELLO);
    if (hello[0] == TLS_HANDSHAKE && hello[1] == TLS_MAJOR) {
      out.write(TLS_REFUSED);
      // What is not read would reset the connection before the other has read why.
      in.skip(in.available());
      return "one that speaks TLS, which this worker was not told to: give all workers TLS, or none";
    }
    if (!Arrays.equals(hello, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return "what is no worker of this version";
    }
    byte[] challenge = random();
    out.write(challenge);
    if (!MessageDigest.isEqual(read(CHALLENGE), proof('c', hello, challenge))) {
      out.write(WRONG_SECRET);
      return "one with a wrong secret";
    }
    ByteBuffer said = ByteBuffer.wrap(hello, MAGIC.length, 3 * Integer.BYTES);
    int from = said.getInt();
    if (from != Math.floorMod(rank - 1, workers) || said.getInt() != workers) {
      out.write(WRONG_PLACE);
      return "rank " + from + ", whose list of workers is another one";
    }
    out.write(WELCOME);
    out.write(proof('s', hello, challenge));
    return null;
  }

  private static byte[] hello(int rank, int workers) {
    return ByteBuffer.allocate(HELLO)
        .put(MAGIC)
        .putInt(rank)
        .putInt(workers)
        .putInt((rank + 1) % workers)
        .put(random())
        .array();
  }

  private static byte[] random() {
    byte[] challenge = new byte[CHALLENGE];
    RANDOM.nextBytes(challenge);
    return challenge;
  }

  private byte[] proof(char who, byte[] hello, byte[] challenge) throws IOException {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      mac.update((byte) who);
      mac.update(hello);
      mac.update(challenge);
      if (socket instanceof SSLSocket tls) {
        SSLSession session = tls.getSession();
        Certificate[] chain =
            tls.getUseClientMode() ? session.getPeerCertificates() : session.getLocalCertificates();
        mac.update(MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded()));
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  /** A slow one has so much time for all, not for each byte. */
  private byte[] read(int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("the handshake took too long");
      }
      socket.setSoTimeout((int) left);
      int count = in.read(bytes, done, length - done);
      if (count < 0 && done > 1 && bytes[0] == TLS_ALERT && bytes[1] == TLS_MAJOR) {
        throw new RefusedException("it speaks TLS: give all workers TLS, or none");
      }
      if (count < 0) {
        throw new EOFException("it closed the connection");
      }
      done += count;
    }
    return bytes;
  }
}
