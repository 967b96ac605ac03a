package org.quorate.spi.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.quorate.sim.MemoryNetwork;
import org.quorate.sim.MemoryTransport;
import org.quorate.spi.LinkTransport;

/** The transport within one JVM does what every transport does. */
class MemoryTransportTest extends LinkTransportContract {
    private final MemoryNetwork network = new MemoryNetwork(1);

    @Override
    protected LinkTransport transport() {
        return new MemoryTransport(network);
    }

    @Test
    void isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(LinkTransport.class).stream()
                        .map(provider -> provider.get().name()))
                .contains("memory");
    }
}
