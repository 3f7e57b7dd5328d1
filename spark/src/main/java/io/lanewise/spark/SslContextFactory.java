package io.lanewise.spark;

import java.io.Serializable;
import javax.net.ssl.SSLContext;

/**
 * Makes the TLS context of a worker. It goes to each executor, so it must be serializable: name
 * files that are there, rather than hold keys.
 *
 * <pre>{@code
 * classifier.tls(() -> Chain.sslContext(Path.of("/etc/lanewise/keys"), null, password()));
 * }</pre>
 */
@FunctionalInterface
public interface SslContextFactory extends Serializable {
  /**
   * Returns a context with a key and a certificate, which trusts those of the other workers.
   *
   * @throws Exception if it cannot be made; the fit ends by that
   */
  SSLContext create() throws Exception;
}
