package org.quorate.quorum.sim;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.quorate.NodeId;
import org.quorate.QuorumState.Flag;
import org.quorate.RingId;
import org.quorate.spi.QuorumEngine.Input;

/**
 * The make-believe quorum devices of corosync-vqsim: the first poll comes one timeout after the start, the others every half timeout, always
 * for the ring of the start; so the first new ring ends them. Confined to one thread.
 */
public final class SimulatedDevices {
    private record Device(RingId ringId, long nextPollMillis) {}

    private static final String NAME = "VQSIM";

    private final SimulatedPartitions cluster;
    private final long timeoutMillis;
    private final Consumer<NodeId> pollFailed;
    private final Map<NodeId, Device> running = new TreeMap<>();
    private final Set<NodeId> switchedOn = new TreeSet<>();

    /**
     * Devices that poll while the cluster's time goes by.
     *
     * @param timeoutMillis {@code device.timeout}
     * @param pollFailed told when a device ends since its poll was refused
     */
    public SimulatedDevices(SimulatedPartitions cluster, long timeoutMillis, Consumer<NodeId> pollFailed) {
        this.cluster = cluster;
        this.timeoutMillis = timeoutMillis;
        this.pollFailed = pollFailed;
        cluster.everyStep(this::poll);
    }

    /** Registers a device on a node, and polls from now on. One that was switched on and not off stays as it is, ended or not. */
    public void on(NodeId id) {
        boolean registered = cluster.state(id).flags().contains(Flag.QDEVICE);
        if (!switchedOn.add(id) && registered) return;
        if (!registered && cluster.request(id, new Input.RegisterDevice(NAME)).isPresent()) return;
        running.put(id, new Device(cluster.ring(id), cluster.nowMillis() + timeoutMillis));
    }

    /** Polls once more without a vote, and then no more; answers whether that poll was accepted. The device stays registered. */
    public boolean off(NodeId id) {
        switchedOn.remove(id);
        running.remove(id);
        return cluster.request(id, new Input.PollDevice(NAME, cluster.ring(id), false))
                .isEmpty();
    }

    private void poll() {
        for (NodeId id : List.copyOf(running.keySet())) {
            Device device = running.get(id);
            if (device == null || cluster.nowMillis() < device.nextPollMillis()) continue;
            boolean accepted = cluster.isUp(id)
                    && cluster.request(id, new Input.PollDevice(NAME, device.ringId(), true))
                            .isEmpty();
            if (accepted) {
                running.put(id, new Device(device.ringId(), cluster.nowMillis() + timeoutMillis / 2));
            } else {
                running.remove(id);
                if (cluster.isUp(id)) pollFailed.accept(id);
            }
        }
    }
}
