package org.quorate;

/**
 * Where a running node reads its configuration again when the cluster is told to reload, for example the files that it was read from
 * first.
 */
@FunctionalInterface
public interface ConfigurationSource {
    /**
     * Reads the configuration and the key that go together. Called on a thread of the node, one call at a time; may block. The node holds
     * its place in the ring for at most a quarter of the token timeout meanwhile, so it should not take longer than that.
     *
     * @return what was read, complete
     * @throws ClusterException with one sentence, if it cannot be read or is wrong: the node keeps what it has
     */
    Fresh read();

    /**
     * What was read.
     *
     * @param config a node that it does not list any more leaves and stops; parts that a running node cannot change are named in the {@link ReloadReport} and left as they are
     * @param key the cluster's secret key, 128 to 4096 bytes; empty if crypto is off. The node's from now on, and wiped by it
     */
    record Fresh(ClusterConfig config, byte[] key) {}
}
