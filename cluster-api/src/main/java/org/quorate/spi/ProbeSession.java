package org.quorate.spi;

import java.util.Map;

/**
 * The sockets of links without a transport: for a host that is no node yet and wants to know whether its links would work. All methods but {@link
 * #loop} and {@link #close} are to be called on the loop.
 */
public interface ProbeSession extends LinkProbes, AutoCloseable {
    /** The loop on which everything happens. */
    EventLoop loop();

    /** Counters by name; those of dropped datagrams begin with {@code drop.}. */
    Map<String, Long> counters();

    /** Releases sockets and the loop's thread. Idempotent; any thread. */
    @Override
    void close();
}
