package org.quorate.core.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterException.Reason;
import org.quorate.RingId;
import org.quorate.core.service.wire.ConfigVersionMessage;

/** A node whose configuration is behind the others' stops, once, in its first ring with others. */
class ConfigVersionServiceTest {
    private final List<ServiceEffect> out = new ArrayList<>();

    @Test
    void stopsWhenAnotherNodeHasANewerConfiguration() {
        ConfigVersionService service = joined(2, 3);
        assertThat(out).singleElement().isInstanceOfSatisfying(ServiceEffect.Stop.class, stop -> {
            assertThat(stop.reason()).isEqualTo(Reason.CONFIG_VERSION_MISMATCH);
            assertThat(stop.why()).contains("version 2").contains("node 1 has version 3");
        });
        assertThat(service.synchronises()).isTrue();
    }

    @Test
    void staysWhenVersionsAgreeOrItsOwnIsNewerOrSwitchedOff() {
        joined(3, 3);
        joined(4, 3);
        joined(0, 3);
        assertThat(out).isEmpty();
    }

    @Test
    void comparesOnlyInTheFirstRingWithOthers() {
        ConfigVersionService service = joined(3, 3);
        ring(service, 9);
        assertThat(out).isEmpty();
    }

    @Test
    void doesNotCompareInItsRingOfOne() {
        ConfigVersionService service = new ConfigVersionService(2, 2);
        service.begin(0, new RingId(2, 5), List.of(2), List.of(), out::add);
        hear(service, 9);
        service.activate(0, out::add);
        assertThat(out).isEmpty();
    }

    private ConfigVersionService joined(long own, long theirs) {
        ConfigVersionService service = new ConfigVersionService(2, own);
        ring(service, theirs);
        return service;
    }

    private void ring(ConfigVersionService service, long theirs) {
        service.begin(0, new RingId(1, 9), List.of(1, 2), List.of(2), out::add);
        hear(service, theirs);
        service.activate(0, out::add);
    }

    private void hear(ConfigVersionService service, long theirs) {
        byte[] message = new ConfigVersionMessage(ConfigVersionMessage.SYNC, OptionalLong.of(theirs)).encode();
        service.deliver(0, 1, 0, ByteBuffer.wrap(message), true, out::add);
    }
}
