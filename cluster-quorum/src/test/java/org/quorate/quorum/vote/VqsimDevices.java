package org.quorate.quorum.vote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine.Input;

/**
 * The make-believe devices of corosync-vqsim: the first poll comes one timeout after the start, the others every half timeout, always for the
 * ring of the start; so the first new ring ends them.
 */
final class VqsimDevices {
    private record Device(RingId ringId, long nextPollMillis) {}

    private static final String NAME = "VQSIM";
    private static final int TIMEOUT_MILLIS = 1000;

    private final VoteCluster cluster;
    private final Map<Integer, Device> running = new TreeMap<>();

    VqsimDevices(VoteCluster cluster) {
        this.cluster = cluster;
        cluster.everyStep(this::poll);
    }

    /** {@code qdevice on 1,2} or {@code qdevice off 1}. */
    void perform(String command) {
        String[] words = command.split(" ");
        for (int id :
                Arrays.stream(words[2].split(",")).mapToInt(Integer::parseInt).toArray()) {
            if (words[1].equals("on")) {
                assertThat(cluster.request(id, new Input.RegisterDevice(NAME))).isNull();
                running.put(id, new Device(cluster.ring(id), cluster.nowMillis() + TIMEOUT_MILLIS));
            } else {
                running.remove(id);
                assertThat(cluster.request(id, new Input.PollDevice(NAME, cluster.ring(id), false)))
                        .isNull();
            }
        }
    }

    private void poll() {
        for (int id : running.keySet().stream().toList()) {
            Device device = running.get(id);
            if (device == null || cluster.nowMillis() < device.nextPollMillis()) continue;
            boolean accepted =
                    cluster.isUp(id) && cluster.request(id, new Input.PollDevice(NAME, device.ringId(), true)) == null;
            if (accepted) running.put(id, new Device(device.ringId(), cluster.nowMillis() + TIMEOUT_MILLIS / 2));
            else running.remove(id);
        }
    }
}
