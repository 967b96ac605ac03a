package org.quorate.spi;

import org.quorate.ClusterManager;

/** Makes nodes. Found by {@link java.util.ServiceLoader}; cluster-core has the one implementation. */
public interface ClusterManagerFactory {
    /** A node, not started; touches nothing outside the heap. */
    ClusterManager create(ClusterManager.Builder settings);
}
