package io.lanewise.cluster;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What {@link Chain.Builder#tls} needs, and the sockets with it. */
final class Tls {
  private static final String PEM = "-----BEGIN CERTIFICATE-----";

  private Tls() {}

  /** See {@link Chain#sslContext}. */
  static SSLContext context(Path keys, @Nullable Path trusted, char[] password) throws IOException {
    try {
      KeyStore own = store(keys, Files.readAllBytes(keys), password);
      requireKey(keys, own, password);
      KeyManagerFactory mine = KeyManagerFactory.getInstance("SunX509");
      mine.init(own, password);
      TrustManagerFactory others = TrustManagerFactory.getInstance("PKIX");
      others.init(trusted == null ? own : trusted(trusted, password));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(mine.getKeyManagers(), others.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException(keys + ": " + e.getMessage(), e);
    }
  }

  private static KeyStore store(Path file, byte[] bytes, char[] password)
      throws IOException, GeneralSecurityException {
    boolean jks = bytes.length > 1 && (bytes[0] & 0xff) == 0xfe && (bytes[1] & 0xff) == 0xed;
    KeyStore store = KeyStore.getInstance(jks ? "JKS" : "PKCS12");
    try {
      store.load(new ByteArrayInputStream(bytes), password);
      return store;
    } catch (IOException e) {
      String why =
          e.getCause() instanceof UnrecoverableKeyException
              ? "the password is another one"
              : "is no key store, PKCS12 or JKS: keytool makes one";
      throw new IOException(file + ": " + why, e);
    }
  }

  private static void requireKey(Path file, KeyStore store, char[] password)
      throws IOException, GeneralSecurityException {
    boolean found = false;
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate own) {
        found = true;
        try {
          own.checkValidity();
          store.getKey(alias, password);
        } catch (CertificateException e) {
          throw new IOException(
              file + ": the certificate of " + alias + validity(e) + ": issue another one", e);
        } catch (UnrecoverableKeyException e) {
          throw new IOException(
              file + ": the key of " + alias + " has another password than the store", e);
        }
      }
    }
    if (!found) {
      throw new IOException(file + ": has no private key, wanted that of this worker");
    }
  }

  private static KeyStore trusted(Path file, char[] password)
      throws IOException, GeneralSecurityException {
    byte[] bytes = Files.readAllBytes(file);
    KeyStore store;
    if (new String(bytes, StandardCharsets.ISO_8859_1).contains(PEM)) {
      store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      addTo(store, file, bytes);
    } else {
      store = store(file, bytes, password);
    }
    if (store.size() == 0) {
      throw new IOException(file + ": has no certificate, wanted those that are trusted");
    }
    return store;
  }

  private static void addTo(KeyStore store, Path file, byte[] pem)
      throws IOException, KeyStoreException {
    try {
      for (Certificate some :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        store.setCertificateEntry("c" + store.size(), some);
      }
    } catch (CertificateException e) {
      throw new IOException(file + ": a certificate in it is damaged", e);
    }
  }

  /** Connects by TLS to a worker that is connected to. */
  static Socket client(SSLContext context, Socket plain) throws IOException {
    String host = plain.getInetAddress().getHostAddress();
    try {
      return secured(context, plain, host, true);
    } catch (SSLException e) {
      String why = why(e);
      throw why == null ? e : new Handshake.RefusedException("it " + why);
    }
  }

  /** Answers by TLS to who has connected. */
  static Socket server(SSLContext context, Socket plain) throws IOException {
    return secured(context, plain, null, false);
  }

  private static Socket secured(
      SSLContext context, Socket plain, @Nullable String host, boolean client) throws IOException {
    plain.setSoTimeout(Handshake.PATIENCE);
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(plain, host, plain.getPort(), true);
    secured.setUseClientMode(client);
    secured.startHandshake();
    return secured;
  }

  /**
   * Says in words what the other did or has, as its certificate is not trusted.
   *
   * @return null where it only broke off, and the next time may be better
   */
  static @Nullable String why(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof EOFException) {
        return null;
      }
      if (cause instanceof CertificateExpiredException
          || cause instanceof CertificateNotYetValidException) {
        return "has a certificate that" + validity((CertificateException) cause);
      }
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "has a certificate that is not trusted: the trust store must have it, or that of"
            + " its issuer";
      }
    }
    String message = String.valueOf(e.getMessage());
    if (!(e instanceof SSLException)) {
      return null;
    }
    if (message.contains("Unsupported or unrecognized") || message.endsWith("protocol_version")) {
      return "speaks without TLS, or an old one: give all workers TLS, or none";
    }
    return message.contains("alert: ") && (message.contains("cert") || message.contains("_ca"))
        ? "does not trust the certificate of this one: its trust store must have it, or that of the"
            + " issuer"
        : "does not agree on TLS: " + message;
  }

  private static String validity(CertificateException e) {
    return (e instanceof CertificateExpiredException ? " has expired, " : " is not valid yet, ")
        + e.getMessage();
  }
}
