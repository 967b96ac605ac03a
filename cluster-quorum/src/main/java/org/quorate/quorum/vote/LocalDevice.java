package org.quorate.quorum.vote;

import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.RingId;
import org.quorate.quorum.vote.wire.DeviceRegister;
import org.quorate.quorum.vote.wire.NodeInfo;
import org.quorate.quorum.vote.wire.VoteMessage;
import org.quorate.spi.QuorumEngine.Input;

/**
 * The quorum device of this node: registered or not, alive or not, casting its votes here or not. Every change of these is told to
 * the peers in a nodeinfo.
 *
 * <p>Rule: a poll makes the device alive until its timeout; without one in time it is dead and casts nothing. After a new membership the
 * synchronisation is held until the device has voted for that membership, or the longer sync timeout is over. Source: votequorum.c
 * 3.1.7, message_handler_req_lib_votequorum_qdevice_* and qdevice_timer_fn.
 */
final class LocalDevice {
    private static final long NEVER = Long.MAX_VALUE;

    private final Ballot ballot;
    private Input.@Nullable RegisterDevice asked;
    private String name = "";
    private RingId ringId = RingId.NONE;
    private boolean holding;
    private long deadline = NEVER;

    LocalDevice(Ballot ballot) {
        this.ballot = ballot;
    }

    long deadlineNanos() {
        return deadline;
    }

    boolean isHolding() {
        return holding;
    }

    void viewStarted(long nowNanos, RingId newRing) {
        ringId = newRing;
        if (!isRegistered() || !ballot.own().has(NodeInfo.DEVICE_ALIVE)) return;
        deadline = nowNanos + ballot.options().deviceSyncTimeoutNanos();
        holding = true;
    }

    /** Takes up a device; it counts as registered when the own message comes back. */
    Optional<String> register(Input.RegisterDevice request, @Nullable String knownName, Consumer<VoteMessage> send) {
        String other = ballot.options().withoutDevice();
        if (!other.isEmpty()) return Optional.of("a quorum device cannot be used with " + other);
        if (!VoteMessage.isName(request.name()))
            return Optional.of("the device's name has to have 1 to 254 characters of one octet");
        if (knownName != null && !knownName.equals(request.name()))
            return Optional.of("the cluster already has a quorum device with the name " + knownName);
        if (isRegistered()) return Optional.empty();
        if (asked != null) return Optional.of("a registration is under way already");
        asked = request;
        send.accept(new DeviceRegister(true, request.name()));
        return Optional.empty();
    }

    /** The request whose registration has not come back yet. */
    Optional<Input.Request> asked() {
        return Optional.ofNullable(asked);
    }

    /** The registration that has not come back yet, to be sent again in a new ring. */
    Optional<DeviceRegister> pending() {
        return Optional.ofNullable(asked).map(request -> new DeviceRegister(true, request.name()));
    }

    /** An own registration came back; answers the request if it failed since another name was first. */
    Optional<Input.Request> registered(String clustersName, Consumer<VoteMessage> send) {
        Input.RegisterDevice request = asked;
        if (request == null) return Optional.empty();
        asked = null;
        if (!request.name().equals(clustersName)) return Optional.of(request);
        name = request.name();
        ballot.own().set(NodeInfo.DEVICE_REGISTERED, true);
        send.accept(ballot.deviceInfo());
        send.accept(ballot.own().info());
        return Optional.empty();
    }

    Optional<String> poll(long nowNanos, Input.PollDevice request, Consumer<VoteMessage> send) {
        Optional<String> refusal = notMine(request.name());
        if (refusal.isPresent()) return refusal;
        if (!request.ringId().equals(ringId))
            return Optional.of(
                    "the device voted for ring " + request.ringId() + ", but this node is in ring " + ringId);
        int before = ballot.own().flags;
        ballot.own().set(NodeInfo.DEVICE_ALIVE, true);
        ballot.own().set(NodeInfo.DEVICE_CASTS, request.castsVote());
        deadline = nowNanos + ballot.options().deviceTimeoutNanos();
        holding = false;
        tellIfChanged(before, send);
        return Optional.empty();
    }

    Optional<String> masterWins(Input.AllowMasterWins request, Consumer<VoteMessage> send) {
        Optional<String> refusal = notMine(request.name());
        if (refusal.isPresent()) return refusal;
        int before = ballot.own().flags;
        ballot.own().set(NodeInfo.DEVICE_MASTER_WINS, request.allowed());
        tellIfChanged(before, send);
        return Optional.empty();
    }

    Optional<String> unregister(Input.UnregisterDevice request, Consumer<VoteMessage> send) {
        Optional<String> refusal = notMine(request.name());
        if (refusal.isPresent()) return refusal;
        ballot.own()
                .set(
                        NodeInfo.DEVICE_REGISTERED
                                | NodeInfo.DEVICE_ALIVE
                                | NodeInfo.DEVICE_CASTS
                                | NodeInfo.DEVICE_MASTER_WINS,
                        false);
        deadline = NEVER;
        holding = false;
        send.accept(ballot.own().info());
        send.accept(new DeviceRegister(false, name));
        return Optional.empty();
    }

    /** Answers whether contact was lost just now. */
    boolean tick(long nowNanos, Consumer<VoteMessage> send) {
        if (nowNanos < deadline) return false;
        deadline = NEVER;
        holding = false;
        int before = ballot.own().flags;
        ballot.own().set(NodeInfo.DEVICE_ALIVE | NodeInfo.DEVICE_CASTS, false);
        tellIfChanged(before, send);
        return true;
    }

    private boolean isRegistered() {
        return ballot.own().has(NodeInfo.DEVICE_REGISTERED);
    }

    private Optional<String> notMine(String called) {
        if (!isRegistered()) return Optional.of("no quorum device is registered on this node");
        return called.equals(name)
                ? Optional.empty()
                : Optional.of("the quorum device of this node is " + name + ", not " + called);
    }

    private void tellIfChanged(int flagsBefore, Consumer<VoteMessage> send) {
        if (ballot.own().flags != flagsBefore) send.accept(ballot.own().info());
    }
}
