package org.quorate.quorum.vote;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.QuorumState.NodeState;
import org.quorate.engine.Effects;
import org.quorate.quorum.vote.Ballot.Count;
import org.quorate.quorum.vote.wire.Decoded;
import org.quorate.quorum.vote.wire.DeviceRegister;
import org.quorate.quorum.vote.wire.DeviceRename;
import org.quorate.quorum.vote.wire.DropReason;
import org.quorate.quorum.vote.wire.NodeInfo;
import org.quorate.quorum.vote.wire.Reconfigure;
import org.quorate.quorum.vote.wire.Reconfigure.What;
import org.quorate.quorum.vote.wire.VoteMessage;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumSettings;

/**
 * Votequorum on one node: tells the peers what this node has to say, hears them, and decides in the order in which a corosync does.
 *
 * <p>At each new ring: the absent become dead; everybody sends its nodeinfo and one for the device; all of them are applied in the
 * order of the ring; then everybody evaluates. A node's own messages count when they are delivered, not when they are sent. Source:
 * votequorum.c 3.1.7 (votequorum_sync_init, _process, _activate, message handlers), checked against captures.
 *
 * <p>Differs: a node speaks only for itself (a nodeinfo about another is dropped), a nodeinfo for the device from a node not heard
 * yet is dropped where a corosync would abort, and the tracked expected votes really survive a restart.
 *
 * <p>Confined to its owner's event loop. Bad messages are counted in {@link #counters} and otherwise ignored.
 */
public final class VoteEngine implements QuorumEngine {
    /** Votequorum's service number. */
    public static final int SERVICE = 5;
    /** Name of the memory that holds the tracked expected votes: four octets, little-endian. */
    public static final String TRACKING_MEMORY = "ev_tracking";

    private static final long NEVER = Long.MAX_VALUE;
    /** Own changes that may be on their way at once. */
    private static final int MAX_UNDER_WAY = 256;

    private final NodeId self;
    private final QuorumSettings start;
    private final Ballot ballot;
    private final LocalDevice device;
    private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    /** For each own reconfigure that has not come back the request that it stems from, if any; in the order of sending. */
    private final Deque<Optional<Input.Request>> underWay = new ArrayDeque<>();

    private final List<Effect> answers = new ArrayList<>();
    private QuorumSettings settings;
    private QuorumState state = QuorumState.UNKNOWN;
    private @Nullable String deviceName;
    private boolean started;
    private boolean syncing;
    private int rememberedBarrier;
    private long lastManDeadline = NEVER;

    /**
     * An engine for one life of one node.
     *
     * @throws ClusterException CONFIGURATION_INVALID
     */
    public VoteEngine(QuorumSettings settings) {
        this.self = settings.self();
        this.start = settings;
        this.settings = settings;
        VoteOptions options = VoteOptions.of(settings);
        rememberedBarrier = options.tracking() ? remembered(settings) : 0;
        ballot = new Ballot(self, options, rememberedBarrier);
        device = new LocalDevice(ballot);
    }

    @Override
    public OptionalInt service() {
        return OptionalInt.of(SERVICE);
    }

    @Override
    public QuorumState state() {
        return state;
    }

    /** The node that this engine decides for. */
    NodeId self() {
        return self;
    }

    @Override
    public Map<String, Long> counters() {
        Map<String, Long> counters = new TreeMap<>();
        drops.forEach((reason, count) -> counters.put(
                "drop.quorum." + reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
        return counters;
    }

    @Override
    public void step(long nowNanos, Input input, Effects<Effect> out) {
        if (!started) begin(out);
        if (input instanceof Input.ViewStarted view) viewStarted(nowNanos, view);
        else if (input instanceof Input.SyncTurn) speak(out);
        else if (input instanceof Input.SyncDone) syncDone(out);
        else if (input instanceof Input.Message message) message(message, out);
        else if (input instanceof Input.SettingsChanged changed) settingsChanged(changed.settings(), out);
        else if (input instanceof Input.Leaving) leaving(out);
        else if (input instanceof Input.Request request) request(nowNanos, request, out);
        publish(false, out);
        // whoever asked is answered when the decision that follows from it is known
        answers.forEach(out::add);
        answers.clear();
    }

    @Override
    public void tick(long nowNanos, Effects<Effect> out) {
        if (nowNanos < deadlineNanos()) return;
        if (nowNanos >= lastManDeadline) {
            lastManDeadline = NEVER;
            if (ballot.quorate()) ballot.evaluate(true, true);
        }
        if (device.tick(nowNanos, message -> send(message, out)))
            out.add(new Effect.Note("lost contact with the quorum device " + deviceName));
        publish(false, out);
    }

    @Override
    public long deadlineNanos() {
        return Math.min(lastManDeadline, device.deadlineNanos());
    }

    @Override
    public boolean isReadyForDecision() {
        return !device.isHolding();
    }

    private void begin(Effects<Effect> out) {
        started = true;
        ballot.options().remarks().forEach(remark -> out.add(new Effect.Note(remark)));
        rememberBarrier(out);
    }

    private void viewStarted(long nowNanos, Input.ViewStarted view) {
        syncing = true;
        boolean lost = ballot.ring(view.members());
        device.viewStarted(nowNanos, view.ringId());
        if (!ballot.lastManStanding()) return;
        int count = view.members().size();
        boolean majorityLostSomebody = count >= ballot.quorum() && lost;
        boolean tieCouldBeOurs =
                count <= ballot.quorum() && ballot.options().tieBreaker().on() && ballot.lowestIsPresent();
        if (majorityLostSomebody || tieCouldBeOurs)
            lastManDeadline = nowNanos + ballot.options().windowNanos();
    }

    /** The own nodeinfo must come first: a corosync aborts when it hears of the device from a node that it does not know. */
    private void speak(Effects<Effect> out) {
        sendNodeInfos(out);
        if (deviceName != null) send(new DeviceRegister(true, deviceName), out);
        else device.pending().ifPresent(message -> send(message, out));
    }

    private void sendNodeInfos(Effects<Effect> out) {
        send(ballot.own().info(), out);
        send(ballot.deviceInfo(), out);
    }

    private void syncDone(Effects<Effect> out) {
        syncing = false;
        ballot.evaluate(false, false);
        publish(true, out);
    }

    private void message(Input.Message input, Effects<Effect> out) {
        if (!ballot.members().contains(input.from())) {
            drop(DropReason.NOT_A_MEMBER, input.from(), "function " + input.function(), out);
            return;
        }
        Decoded decoded = VoteMessage.decode(input.function(), input.body());
        if (decoded instanceof Decoded.Malformed malformed) {
            drop(malformed.reason(), input.from(), malformed.detail(), out);
        } else if (decoded instanceof Decoded.Ok ok) {
            VoteMessage message = ok.message();
            if (message instanceof NodeInfo info) nodeInfo(input.from(), info, out);
            else if (message instanceof Reconfigure change) reconfigure(input.from(), change);
            else if (message instanceof DeviceRegister register) deviceRegister(input.from(), register, out);
            else if (message instanceof DeviceRename rename) deviceRename(rename);
        }
    }

    private void nodeInfo(NodeId from, NodeInfo info, Effects<Effect> out) {
        if (info.node() == NodeInfo.DEVICE) deviceInfo(from, info, out);
        else if (info.node() == from.value()) hear(from, info, out);
        else drop(DropReason.NOT_ITS_OWN, from, "nodeinfo of node " + info.node(), out);
    }

    private void deviceInfo(NodeId from, NodeInfo info, Effects<Effect> out) {
        Voter sender = ballot.find(from);
        if (sender == null) {
            drop(DropReason.DEVICE_BEFORE_NODE, from, "nodeinfo of the device", out);
            return;
        }
        boolean dictated = !ballot.quorate() && sender.has(NodeInfo.QUORATE);
        int votes = dictated ? info.votes() : Math.max(ballot.deviceVotes(), info.votes());
        if (votes == ballot.deviceVotes()) return;
        ballot.deviceVotes(votes);
        ballot.evaluate(false, false);
    }

    private void hear(NodeId from, NodeInfo info, Effects<Effect> out) {
        boolean known = ballot.find(from) != null;
        Voter voter = ballot.voter(from);
        NodeInfo before = voter.info();
        NodeState stateBefore = voter.state;
        boolean saysQuorate = (info.flags() & NodeInfo.QUORATE) != 0;
        boolean leaving = (info.flags() & NodeInfo.LEAVING) != 0;
        voter.flags = info.flags();
        voter.votes = info.votes();
        voter.state = leaving ? NodeState.LEAVING : NodeState.MEMBER;
        boolean mayFall = leaving;
        if (!ballot.quorate() && saysQuorate) {
            mayFall = true;
            ballot.own().expected = info.expectedVotes();
        }
        voter.expected = saysQuorate || ballot.options().tracking() ? info.expectedVotes() : ballot.own().expected;
        if (ballot.lastManStanding() && voter.votes > 1) {
            ballot.lastManStandingOff();
            lastManDeadline = NEVER;
            out.add(new Effect.Note("last_man_standing is off: node " + from + " has " + voter.votes
                    + " votes, and it needs one vote for each node"));
        }
        boolean changed = !voter.info().equals(before) || voter.state != stateBefore;
        if (!known || from.equals(self) || voter.has(NodeInfo.FIRST) || changed) ballot.evaluate(mayFall, leaving);
        if (ballot.options().waitForAll() && voter.has(NodeInfo.QUORATE) && !voter.has(NodeInfo.WAITING))
            ballot.waitForAll(false);
    }

    private void reconfigure(NodeId from, Reconfigure change) {
        Optional<Input.Request> own = from.equals(self) ? returned() : Optional.empty();
        switch (change.what()) {
            case EXPECTED_VOTES -> ballot.agreeOnExpected(change.value());
            case NODE_VOTES -> {
                Voter voter = ballot.find(change.node());
                if (voter != null) {
                    voter.votes = change.value();
                    ballot.evaluate(true, false);
                }
            }
            case CANCEL_WAIT_FOR_ALL -> {
                ballot.waitForAll(false);
                ballot.evaluate(false, false);
            }
        }
        own.ifPresent(request -> answers.add(new Effect.Done(request)));
    }

    private Optional<Input.Request> returned() {
        Optional<Input.Request> first = underWay.poll();
        return first == null ? Optional.empty() : first;
    }

    private void deviceRegister(NodeId from, DeviceRegister register, Effects<Effect> out) {
        if (register.registered()) {
            if (deviceName == null) deviceName = register.name();
            String known = deviceName;
            if (from.equals(self)) ownDeviceReturned(known, out);
        } else if (ballot.all().stream().noneMatch(v -> v.present() && v.has(NodeInfo.DEVICE_REGISTERED))) {
            deviceName = null;
        }
    }

    private void ownDeviceReturned(String known, Effects<Effect> out) {
        Optional<Input.Request> asked = device.asked();
        Optional<Input.Request> failed = device.registered(known, message -> send(message, out));
        asked.ifPresent(request -> answers.add(
                failed.isEmpty()
                        ? new Effect.Done(request)
                        : new Effect.Refused(
                                request, "the cluster already has a quorum device with the name " + known)));
    }

    private void deviceRename(DeviceRename rename) {
        if (rename.oldName().equals(deviceName)) deviceName = rename.newName();
    }

    private void settingsChanged(QuorumSettings changed, Effects<Effect> out) {
        VoteOptions before = ballot.options();
        VoteOptions options;
        try {
            options = before.reload(start, changed);
        } catch (ClusterException invalid) {
            out.add(new Effect.Note("the changed quorum settings are not used: " + invalid.getMessage()));
            return;
        }
        settings = changed;
        int votes = ballot.own().votes;
        int expected = ballot.own().expected;
        ballot.reload(options);
        for (String remark : options.remarks())
            if (!before.remarks().contains(remark)) out.add(new Effect.Note(remark));
        if (ballot.members().isEmpty()) {
            ballot.evaluate(false, false);
            return;
        }
        sendNodeInfos(out);
        Voter own = ballot.own();
        if (own.votes != votes) send(new Reconfigure(self, own.votes, What.NODE_VOTES), Optional.empty(), out);
        if (own.expected != expected)
            send(new Reconfigure(self, own.expected, What.EXPECTED_VOTES), Optional.empty(), out);
    }

    private void leaving(Effects<Effect> out) {
        if (!ballot.options().allowDownscale() || ballot.members().isEmpty()) return;
        ballot.own().set(NodeInfo.LEAVING, true);
        send(ballot.own().info(), out);
    }

    /** Refuses at once or answers when it is done; what goes out as a message is done when that comes back. */
    private void request(long nowNanos, Input.Request request, Effects<Effect> out) {
        Optional<String> refusal = refusal(nowNanos, request, out);
        if (refusal.isPresent()) answers.add(new Effect.Refused(request, refusal.get()));
        else if (!isUnderWay(request)) answers.add(new Effect.Done(request));
    }

    private boolean isUnderWay(Input.Request request) {
        return request instanceof Input.SetExpectedVotes
                || request instanceof Input.SetNodeVotes
                || request instanceof Input.CancelWaitForAll
                || device.asked().filter(request::equals).isPresent();
    }

    /** Does what was asked, or says why not. */
    private Optional<String> refusal(long nowNanos, Input.Request request, Effects<Effect> out) {
        if (ballot.members().isEmpty()) return Optional.of("this node has no membership yet; try again when it has");
        if (underWay.size() >= MAX_UNDER_WAY)
            return Optional.of(MAX_UNDER_WAY + " changes are under way; try again when they are done");
        if (request instanceof Input.SetExpectedVotes wanted) return setExpectedVotes(wanted, out);
        if (request instanceof Input.SetNodeVotes wanted) return setNodeVotes(wanted, out);
        if (request instanceof Input.CancelWaitForAll) {
            send(new Reconfigure(self, 0, What.CANCEL_WAIT_FOR_ALL), Optional.of(request), out);
            return Optional.empty();
        }
        Consumer<VoteMessage> send = message -> send(message, out);
        if (request instanceof Input.RegisterDevice wanted) return device.register(wanted, deviceName, send);
        if (request instanceof Input.PollDevice poll) return device.poll(nowNanos, poll, send);
        if (request instanceof Input.AllowMasterWins wanted) return device.masterWins(wanted, send);
        if (request instanceof Input.UnregisterDevice wanted) return device.unregister(wanted, send);
        return Optional.empty();
    }

    private Optional<String> setExpectedVotes(Input.SetExpectedVotes request, Effects<Effect> out) {
        int votes = request.votes();
        Count count = ballot.calculate(true, votes);
        if (votes < 1 || votes < count.total())
            return Optional.of("cannot expect " + votes + " votes: " + count.total() + " are present");
        if (ballot.quorate() && count.quorum() > count.total())
            return Optional.of("cannot expect " + votes + " votes: " + count.quorum() + " would be needed and only "
                    + count.total() + " are present, so the cluster would lose its quorum");
        ballot.expectOfMembers(votes);
        send(new Reconfigure(self, votes, What.EXPECTED_VOTES), Optional.of(request), out);
        return Optional.empty();
    }

    private Optional<String> setNodeVotes(Input.SetNodeVotes request, Effects<Effect> out) {
        NodeId node = request.node();
        int votes = request.votes();
        Voter voter = ballot.find(node);
        if (voter == null) return Optional.of("node " + node + " is not known here");
        if (votes < 0) return Optional.of("votes " + votes + " of node " + node + " is negative; use 0 or more");
        int before = voter.votes;
        voter.votes = votes;
        Count count = ballot.calculate(true, 0);
        voter.votes = before;
        if (count.quorum() < count.total() / 2 || count.quorum() > count.total())
            return Optional.of("cannot give node " + node + " " + votes + " votes: " + count.quorum()
                    + " would be needed and " + count.total() + " would be present");
        send(new Reconfigure(node, votes, What.NODE_VOTES), Optional.of(request), out);
        return Optional.empty();
    }

    private void send(Reconfigure change, Optional<Input.Request> request, Effects<Effect> out) {
        underWay.add(request);
        send(change, out);
    }

    private static void send(VoteMessage message, Effects<Effect> out) {
        out.add(new Effect.Broadcast(message.function(), message.encode()));
    }

    /** The first of each kind is also said in the log. */
    private void drop(DropReason reason, NodeId from, String detail, Effects<Effect> out) {
        if (drops.merge(reason, 1L, Long::sum) == 1)
            out.add(new Effect.Note("ignored a quorum message of node " + from + ": " + reason + ", " + detail));
    }

    /** What is announced never gets ahead of what is remembered. During a synchronisation the decision stays the old one. */
    private void publish(boolean always, Effects<Effect> out) {
        rememberBarrier(out);
        if (syncing || ballot.members().isEmpty()) return;
        QuorumState now = Verdict.of(ballot, settings.nodes());
        if (!always && now.equals(state)) return;
        state = now;
        out.add(new Effect.Decided(now));
    }

    private void rememberBarrier(Effects<Effect> out) {
        int barrier = ballot.trackingBarrier();
        if (barrier == rememberedBarrier) return;
        rememberedBarrier = barrier;
        byte[] value = ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(barrier)
                .array();
        out.add(new Effect.Remember(TRACKING_MEMORY, value));
    }

    private static int remembered(QuorumSettings settings) {
        byte[] value = settings.memory().get(TRACKING_MEMORY);
        if (value == null || value.length != Integer.BYTES) return 0;
        return Math.max(0, ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt());
    }
}
