package org.quorate.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quorate.ClusterConfig;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.core.group.wire.CpgMcast;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.Downlist;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.JoinList;
import org.quorate.core.group.wire.ProcJoin;
import org.quorate.core.group.wire.ProcLeave;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.RingEngine;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.HoldCancel;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.MergeDetect;
import org.quorate.core.ring.wire.RetransmitRequest;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.ring.wire.Token;
import org.quorate.core.service.wire.CfgMessage;
import org.quorate.core.service.wire.ConfigVersionMessage;
import org.quorate.core.sync.wire.Barrier;
import org.quorate.core.sync.wire.ServiceBuild;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;
import org.quorate.spi.QuorumSettings;

/**
 * One whole node among peers that hold the key and follow no rule: every message they send is well formed and nearly plausible, with the ring ids,
 * sequence numbers and node ids that the node itself uses at the moment. Whatever they do, the node throws nothing, sends nothing that cannot be decoded,
 * and its answer to one message is bounded. {@code hostile.messages} and {@code hostile.seed} set length and course.
 */
class HostilePeersTest {
    private static final int MESSAGES = Integer.getInteger("hostile.messages", 60_000);
    /** A whole window may have to be sent again or delivered at once, and little else. */
    private static final int MOST_EFFECTS = 40_000;

    private static final QuorumProvider ALWAYS = QuorumProvider.of("always", in -> RuleDecision.quorate("always"));

    private final long seed = Long.getLong("hostile.seed", new SplittableRandom().nextLong());
    private final RandomGenerator random = new SplittableRandom(seed);
    private final Deque<byte[]> loopback = new ArrayDeque<>();
    private final Map<RingEngine.Phase, Integer> phases = new EnumMap<>(RingEngine.Phase.class);
    private NodeEngine engine = engine();
    private RingId ringId = RingId.NONE;
    private int seq;
    private int tokenSeq;
    private boolean over;
    private boolean calm;
    private int installed;
    private int restarts;
    private long now;

    @Test
    void nothingThatPeersSayBreaksANode() {
        System.out.println(MESSAGES + " hostile messages, -Dhostile.seed=" + seed);
        try {
            input(new NodeInput.Start(0));
            for (int i = 0; i < MESSAGES; i++) {
                if (over) restart();
                // without calm between the storms there would never be a ring to disturb
                if (i % 300 == 0) calm = random.nextInt(4) != 0;
                phases.merge(engine.phase(), 1, Integer::sum);
                one();
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("-Dhostile.seed=" + seed, e);
        }
        System.out.println(phases + ", memberships " + installed + ", stopped " + restarts);
        assertThat(phases)
                .containsKeys(
                        RingEngine.Phase.OPERATIONAL,
                        RingEngine.Phase.GATHER,
                        RingEngine.Phase.COMMIT,
                        RingEngine.Phase.RECOVERY);
        // whatever was said in a storm, calm brings a membership again
        assertThat(installed).isGreaterThan(MESSAGES / 6000);
    }

    private void one() {
        if (calm && !loopback.isEmpty() && random.nextInt(3) != 0) {
            input(new NodeInput.Packet(loopback.remove()));
            return;
        }
        boolean idle = calm && engine.phase() != RingEngine.Phase.OPERATIONAL && random.nextInt(8) != 0;
        switch (idle ? 0 : random.nextInt(12)) {
            case 0 -> {
                long deadline = engine.deadlineNanos();
                if (deadline != Long.MAX_VALUE) now = Math.max(now, deadline);
                List<NodeEffect> effects = new ArrayList<>();
                engine.tick(now, effects::add);
                perform(effects);
            }
            case 1, 2, 3, 4, 5 -> {
                if (!loopback.isEmpty()) input(new NodeInput.Packet(loopback.remove()));
            }
            case 6 -> input(new NodeInput.JoinGroup("g" + random.nextInt(3)));
            case 7 -> input(new NodeInput.Send("g0", new byte[random.nextInt(3000)], random.nextInt(1000)));
            default -> input(new NodeInput.Packet(message().encode()));
        }
    }

    private RingMessage message() {
        int from = peer();
        return switch (random.nextInt(calm ? 7 : 0, 16)) {
            case 0 -> new MergeDetect(from, 0, from, ring());
            case 1 -> new HoldCancel(from, 0, ring());
            case 2, 3, 4 ->
                new Join(
                        random.nextInt(10) == 0 ? 0 : from,
                        0,
                        from,
                        nodes(true),
                        random.nextInt(3) == 0 ? nodes(false) : List.of(),
                        Math.max(0, ringId.sequence() + random.nextInt(-2, 3)));
            case 5, 6 -> commitToken(from);
            case 7, 8, 9 -> token(from);
            default -> mcast(from);
        };
    }

    private RingMessage commitToken(int from) {
        List<Integer> members = random.nextBoolean() ? List.of(1, from) : nodes(true);
        TreeSet<Integer> sorted = new TreeSet<>(members);
        if (random.nextInt(8) != 0) sorted.add(1);
        List<CommitEntry> entries = new ArrayList<>();
        while (entries.size() < sorted.size())
            entries.add(new CommitEntry(ring(), number(seq), number(seq), random.nextBoolean()));
        int index = random.nextInt(3) == 0 ? random.nextInt(sorted.size() + 1) : sorted.size();
        RingId ring = random.nextInt(3) == 0 ? new RingId(from, ringId.sequence() + 4) : ringId;
        return new CommitToken(from, 1, random.nextInt(12), ring, 0, index, List.copyOf(sorted), entries);
    }

    private RingMessage token(int from) {
        List<RetransmitRequest> requests = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) requests.add(new RetransmitRequest(ring(), number(seq)));
        if (random.nextInt(50) == 0) requests = Collections.nCopies(30, new RetransmitRequest(ringId, seq));
        boolean plain = random.nextInt(4) != 0;
        return new Token(
                from,
                1,
                plain ? seq : number(seq),
                tokenSeq + random.nextInt(-1, 4),
                plain ? seq : number(seq),
                plain ? 0 : random.nextInt(6),
                ring(),
                plain ? 0 : random.nextInt(),
                plain ? 0 : random.nextInt(),
                random.nextInt(5) == 0 ? 1 : 0,
                requests);
    }

    private RingMessage mcast(int from) {
        RingId ring = ring();
        int place = number(seq);
        byte[] packet = Mcast.encode(from, Mcast.ORDINARY, place, 0, ring, 0, frame());
        if (random.nextInt(4) != 0) return new Mcast(packet, from, Mcast.ORDINARY, from, place, ring, true);
        byte[] inner = random.nextInt(4) == 0 ? new byte[random.nextInt(60)] : packet;
        byte[] envelope = Mcast.encode(from, Mcast.ENCAPSULATED, place, 0, ringId, 0, inner);
        return new Mcast(envelope, from, Mcast.ENCAPSULATED, from, place, ringId, true);
    }

    private byte[] frame() {
        List<ByteBuffer> parts = new ArrayList<>();
        for (int i = random.nextInt(1, 4); i > 0; i--) parts.add(ByteBuffer.wrap(part()));
        boolean whole = random.nextInt(4) != 0;
        return new PackedFrame(whole ? 0 : random.nextInt(4), whole ? 0 : random.nextInt(4), parts).encode();
    }

    private byte[] part() {
        if (random.nextInt(20) == 0) return new byte[random.nextInt(20)];
        if (random.nextInt(3) == 0) {
            byte[] sync = random.nextInt(3) == 0
                    ? new ServiceBuild(ringId, List.of(0, 2, 3, random.nextInt(70))).encode()
                    : new Barrier(ringId).encode();
            return with(GroupHeader.SYNC, sync);
        }
        GroupName group = GroupName.of("g" + random.nextInt(4));
        int pid = random.nextInt(3);
        byte[] message = switch (random.nextInt(10)) {
            case 0, 1 -> new ProcJoin(group, pid).encode();
            case 2 -> new ProcLeave(group, pid, random.nextInt(7)).encode();
            case 3 -> new JoinList(Collections.nCopies(random.nextInt(5), new JoinList.Entry(pid, group))).encode();
            case 4 -> new Downlist(random.nextInt(), List.of(1, 2)).encode();
            case 5, 6 -> new CpgMcast(group, pid, 9, random.nextInt(1000), new byte[random.nextInt(50)]).encode();
            case 7 ->
                new CpgPartial(
                                group,
                                random.nextInt(60),
                                pid,
                                List.of(CpgPartial.Part.values()).get(random.nextInt(3)),
                                9,
                                0,
                                new byte[random.nextInt(30)])
                        .encode();
            case 8 -> new ConfigVersionMessage(random.nextInt(3), OptionalLong.of(random.nextInt(2))).encode();
            default ->
                random.nextInt(20) == 0
                        ? new CfgMessage.KillNode(random.nextInt(4), "no reason").encode()
                        : new CfgMessage.Reload(2, 3).encode();
        };
        return with(GroupHeader.SERVICES, message);
    }

    private static byte[] with(String group, byte[] payload) {
        byte[] prefix = GroupHeader.prefix(group);
        return ByteBuffer.allocate(prefix.length + payload.length)
                .put(prefix)
                .put(payload)
                .array();
    }

    private int peer() {
        return random.nextInt(40) == 0 ? random.nextInt(1, 70_000) : random.nextInt(1, 5);
    }

    private List<Integer> nodes(boolean mostlySmall) {
        if (random.nextInt(100) == 0)
            return IntStream.range(1, 384).map(n -> n * 7).boxed().toList();
        return mostlySmall && random.nextInt(3) != 0 ? List.of(1, peer()) : List.of(peer(), peer());
    }

    private RingId ring() {
        return calm || random.nextInt(6) != 0
                ? ringId
                : new RingId(peer(), Math.max(0, ringId.sequence() + random.nextInt(9)));
    }

    private int number(int near) {
        return switch (random.nextInt(20)) {
            case 0 -> random.nextInt();
            case 1 -> near + random.nextInt(20_000);
            default -> near + random.nextInt(-3, 5);
        };
    }

    private void restart() {
        restarts++;
        engine = engine();
        over = false;
        loopback.clear();
        input(new NodeInput.Start(ringId.sequence()));
    }

    private void input(NodeInput input) {
        if (over) return;
        now += random.nextInt(2_000_000);
        List<NodeEffect> effects = new ArrayList<>();
        engine.step(now, input, effects::add);
        perform(effects);
    }

    private void perform(List<NodeEffect> effects) {
        assertThat(effects.size()).isLessThan(MOST_EFFECTS);
        for (NodeEffect effect : effects) {
            if (effect instanceof NodeEffect.Send send) {
                see(send.packet());
                if (send.target().value() == 1) loopback.add(send.packet());
            } else if (effect instanceof NodeEffect.SendToAll send) {
                see(send.packet());
                loopback.add(send.packet());
            } else if (effect instanceof NodeEffect.SendToOthers send) {
                see(send.packet());
            } else if (effect instanceof NodeEffect.DiscardPending) {
                int discarded = loopback.size();
                loopback.clear();
                input(new NodeInput.Discarded(discarded));
            } else if (effect instanceof NodeEffect.ViewInstalled) {
                installed++;
            } else if (effect instanceof NodeEffect.Stop || effect instanceof NodeEffect.Left) {
                over = true;
            }
        }
    }

    /** Everything sent can be decoded; peers learn from it what would sound plausible next. */
    private void see(byte[] packet) {
        Decoded decoded = RingMessages.decode(packet);
        assertThat(decoded).isInstanceOf(Decoded.Ok.class);
        RingMessage message = ((Decoded.Ok) decoded).message();
        if (message instanceof Token token) {
            ringId = token.ringId();
            seq = token.seq();
            tokenSeq = token.tokenSeq();
        } else if (message instanceof CommitToken token) {
            ringId = token.ringId();
            seq = 0;
            tokenSeq = 0;
        }
    }

    private NodeEngine engine() {
        ClusterConfig.Builder config = ClusterConfig.builder("test");
        IntStream.rangeClosed(1, 4).forEach(n -> config.node(NodeConfig.of(n, "n" + n, "10.77.0." + n)));
        ClusterConfig built = config.build();
        QuorumSettings settings = new QuorumSettings(NodeId.of(1), built.nodes(), new TreeMap<>(), new TreeMap<>());
        return new NodeEngine(built, NodeId.of(1), ALWAYS.open(settings), 1, new SplittableRandom(seed));
    }
}
