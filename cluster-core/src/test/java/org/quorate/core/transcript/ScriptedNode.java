package org.quorate.core.transcript;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.NodeEffect;
import org.quorate.core.NodeEngine;
import org.quorate.core.NodeInput;

/** One node of a {@link ScriptedCluster}. */
final class ScriptedNode implements NodeEffect.Host {
    private final ScriptedCluster cluster;
    private final int id;
    private final NodeEngine engine;
    private final Map<Integer, byte[]> disks;
    private final ArrayDeque<NodeInput> socket = new ArrayDeque<>();
    private long wakeAt = Long.MAX_VALUE;
    private boolean standing;
    private boolean over;
    private @Nullable View view;
    private long tickets;

    ScriptedNode(ScriptedCluster cluster, int id, NodeEngine engine, Map<Integer, byte[]> disks) {
        this.cluster = cluster;
        this.id = id;
        this.engine = engine;
        this.disks = disks;
    }

    @Nullable
    View view() {
        return view;
    }

    Map<String, Long> counters() {
        return engine.counters();
    }

    void begin() {
        byte[] saved = disks.get(id);
        long sequence = saved == null
                ? 0
                : ByteBuffer.wrap(saved).order(ByteOrder.LITTLE_ENDIAN).getLong();
        give(new NodeInput.Start(sequence));
        give(new NodeInput.JoinGroup(ScriptedCluster.GROUP));
    }

    void sendMessage(String text) {
        give(new NodeInput.Send(ScriptedCluster.GROUP, text.getBytes(StandardCharsets.UTF_8), tickets++));
    }

    /** The process does not run any more. */
    void stopRunning() {
        cluster.note(id, "stands still");
        standing = true;
    }

    /** The process runs again: first it reads its socket, then it looks at the clock. */
    void goOn() {
        cluster.note(id, "goes on, " + socket.size() + " packets wait");
        standing = false;
        while (!socket.isEmpty()) give(socket.remove());
        wakeAt = Long.MAX_VALUE;
        arm();
    }

    void arrive(byte[] packet) {
        if (standing) socket.add(new NodeInput.Packet(packet));
        else give(new NodeInput.Packet(packet));
    }

    void give(NodeInput input) {
        if (over) return;
        if (standing) {
            socket.add(input);
            return;
        }
        engine.step(cluster.now(), input, effect -> effect.applyTo(this));
        arm();
    }

    private void arm() {
        long deadline = engine.deadlineNanos();
        if (deadline >= wakeAt) return;
        wakeAt = deadline;
        cluster.at(deadline, () -> {
            if (wakeAt != deadline || standing || over) return;
            wakeAt = Long.MAX_VALUE;
            if (engine.deadlineNanos() <= cluster.now()) engine.tick(cluster.now(), effect -> effect.applyTo(this));
            arm();
        });
    }

    void end() {
        over = true;
    }

    @Override
    public void send(NodeId target, byte[] packet) {
        if (!over) cluster.send(id, target.value(), packet, true);
    }

    @Override
    public void sendToAll(byte[] packet) {
        if (!over) cluster.send(id, null, packet, true);
    }

    @Override
    public void sendToOthers(byte[] packet) {
        if (!over) cluster.send(id, null, packet, false);
    }

    @Override
    public void persist(String name, byte[] value) {
        if (name.startsWith("ringid")) disks.put(id, value);
    }

    @Override
    public void discardPending() {
        int waiting = socket.size();
        socket.clear();
        cluster.after(0, () -> give(new NodeInput.Discarded(waiting)));
    }

    @Override
    public void viewInstalled(View installed) {
        view = installed;
        cluster.note(
                id,
                "view " + installed.ringId().representative() + "."
                        + installed.ringId().sequence() + " " + installed.members() + " joined " + installed.joined()
                        + " left " + installed.left() + (installed.quorum().quorate() ? " quorate" : " not quorate"));
    }

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {
        cluster.note(id, "hears \"" + new String(payload, StandardCharsets.UTF_8) + "\" of node " + sender.node());
    }

    @Override
    public void note(boolean warning, String sentence) {
        cluster.note(id, sentence);
    }

    @Override
    public void paused(Duration atLeast) {}

    @Override
    public void tokenLost(RingId ringId, String phase) {
        cluster.note(id, "loses the token in " + phase);
    }

    @Override
    public void left() {
        cluster.note(id, "has left");
        cluster.end(id);
    }

    @Override
    public void stop(Reason reason, String why) {
        throw new AssertionError("node " + id + " stopped: " + why);
    }

    @Override
    public void quorumChanged(QuorumState quorum) {}

    @Override
    public void groupChanged(String group, Change change) {}

    @Override
    public void sendFailed(long ticket, Reason reason, String why) {
        throw new AssertionError("a message was refused: " + why);
    }

    @Override
    public void readConfiguration(long number, long holdNanos) {
        throw new AssertionError("nobody asked for a reload");
    }

    @Override
    public void loadKey() {}

    @Override
    public void changeLinks() {}

    @Override
    public void useKey() {}

    @Override
    public void dropKey() {}

    @Override
    public void configurationApplied(ClusterConfig config) {}

    @Override
    public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {}

    @Override
    public void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) {}
}
