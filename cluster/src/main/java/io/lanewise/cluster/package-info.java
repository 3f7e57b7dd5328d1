/**
 * Workers that train one network together, in processes on several machines, over TCP and nothing
 * but the JDK. Each computes the gradients of some shards of each batch; all end with the bits that
 * one process has with the same {@link io.lanewise.train.Trainer#shards}, however many they are.
 *
 * <pre>{@code
 * List<InetSocketAddress> workers = Chain.workers("10.0.0.1:7600,10.0.0.2:7600");
 * try (Chain chain = Chain.builder(workers, rank).secret(secret).open()) {
 *   new Trainer(network).shards(8).exchange(chain).fit(data);
 * }
 * }</pre>
 *
 * <p>Where to begin: {@link io.lanewise.cluster.Chain}.
 */
@NullMarked
package io.lanewise.cluster;

import org.jspecify.annotations.NullMarked;
