package org.quorate.core.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.quorate.RingId;
import org.quorate.core.group.wire.CpgMcast;
import org.quorate.core.group.wire.CpgMessage;
import org.quorate.core.group.wire.CpgPartial;
import org.quorate.core.group.wire.Downlist;
import org.quorate.core.group.wire.GroupName;
import org.quorate.core.group.wire.JoinList;
import org.quorate.core.group.wire.ProcJoin;
import org.quorate.core.group.wire.ProcLeave;
import org.quorate.core.pack.wire.GroupHeader;
import org.quorate.core.pack.wire.PackedFrame;
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
import org.quorate.core.sync.wire.SyncMessage;

/** Every codec above the transport behind one face, and a source of random messages for each. */
enum AllCodecs {
    RING,
    FRAME,
    GROUPS,
    SYNC,
    CMAP,
    CFG,
    CPG;

    /**
     * What the codec makes of some octets.
     *
     * @param value the message, or null if there is none
     * @param reason the counter of the refusal, or empty
     */
    record Outcome(@Nullable Object value, String reason) {
        boolean ok() {
            return value != null;
        }
    }

    Outcome decode(byte[] octets, boolean littleEndian) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        return switch (this) {
            case RING ->
                RingMessages.decode(octets) instanceof Decoded.Ok ok
                        ? new Outcome(ok.message(), "")
                        : new Outcome(
                                null,
                                ((Decoded.Malformed) RingMessages.decode(octets))
                                        .reason()
                                        .counterName());
            case FRAME -> outcome(PackedFrame.decode(in, littleEndian));
            case GROUPS -> outcome(GroupHeader.decode(in, littleEndian));
            case SYNC -> outcome(SyncMessage.decode(in, littleEndian));
            case CMAP -> outcome(ConfigVersionMessage.decode(in, littleEndian));
            case CFG -> outcome(CfgMessage.decode(in, littleEndian));
            case CPG -> outcome(CpgMessage.decode(in, littleEndian));
        };
    }

    private static Outcome outcome(Parsed<?> parsed) {
        if (parsed instanceof Parsed.Ok<?> ok) return new Outcome(ok.value(), "");
        return new Outcome(null, ((Parsed.Malformed<?>) parsed).reason().counterName());
    }

    /** The octets of a message that {@link #decode} or {@link #random} made. */
    static byte[] encode(Object message) {
        if (message instanceof RingMessage ring) return ring.encode();
        if (message instanceof PackedFrame frame) return frame.encode();
        if (message instanceof SyncMessage sync) return sync.encode();
        if (message instanceof ConfigVersionMessage version) return version.encode();
        if (message instanceof CfgMessage cfg) return cfg.encode();
        if (message instanceof CpgMessage cpg) return cpg.encode();
        if (message instanceof GroupHeader groups)
            return GroupHeader.prefix(groups.names().get(0));
        throw new AssertionError(message);
    }

    Object random(RandomGenerator random) {
        return switch (this) {
            case RING -> randomRing(random);
            case FRAME ->
                new PackedFrame(
                        random.nextInt(256),
                        random.nextInt(256),
                        list(random, 1, 20, () -> ByteBuffer.wrap(octets(random, 0, 200))));
            case GROUPS -> {
                String name = new String(octets(random, 0, 40), ISO_8859_1);
                yield new GroupHeader(List.of(name), 4 + name.length());
            }
            case SYNC ->
                random.nextBoolean()
                        ? new Barrier(ringId(random))
                        : new ServiceBuild(ringId(random), list(random, 0, 128, random::nextInt));
            case CMAP ->
                new ConfigVersionMessage(
                        random.nextInt(256),
                        random.nextBoolean() ? OptionalLong.of(random.nextLong()) : OptionalLong.empty());
            case CFG ->
                switch (random.nextInt(5)) {
                    case 0 -> new CfgMessage.RingReenable(random.nextInt(), random.nextLong());
                    case 1 -> new CfgMessage.KillNode(random.nextInt(), "für immer ".repeat(random.nextInt(23)));
                    case 2 -> new CfgMessage.Shutdown();
                    case 3 -> new CfgMessage.Reload(random.nextInt(), random.nextLong());
                    default -> new CfgMessage.CryptoPhase(random.nextInt());
                };
            case CPG -> randomCpg(random);
        };
    }

    private static RingMessage randomRing(RandomGenerator random) {
        int node = random.nextInt();
        int target = random.nextInt();
        return switch (random.nextInt(6)) {
            case 0 ->
                new Token(
                        node,
                        target,
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        ringId(random),
                        random.nextInt(),
                        random.nextInt(),
                        random.nextInt(),
                        list(
                                random,
                                0,
                                Token.MAX_REQUESTS,
                                () -> new RetransmitRequest(ringId(random), random.nextInt())));
            case 1 -> {
                RingId ring = ringId(random);
                int seq = random.nextInt();
                int kind = 1 + random.nextInt(2);
                byte[] packet = Mcast.encode(node, kind, seq, random.nextInt(), ring, 0, octets(random, 0, 300));
                yield new Mcast(packet, node, kind, node, seq, ring, true);
            }
            case 2 -> new MergeDetect(node, target, nodeId(random), ringId(random));
            case 3 ->
                new Join(
                        node,
                        target,
                        nodeId(random),
                        list(random, 0, 40, () -> nodeId(random)),
                        list(random, 0, 40, () -> nodeId(random)),
                        random.nextLong());
            case 4 -> {
                TreeSet<Integer> members = new TreeSet<>(Integer::compareUnsigned);
                members.addAll(list(random, 1, 40, () -> nodeId(random)));
                List<CommitEntry> entries = new ArrayList<>();
                while (entries.size() < members.size()) {
                    entries.add(
                            new CommitEntry(ringId(random), random.nextInt(), random.nextInt(), random.nextBoolean()));
                }
                yield new CommitToken(
                        node,
                        target,
                        random.nextInt(),
                        ringId(random),
                        random.nextInt(),
                        random.nextInt(members.size() + 1),
                        List.copyOf(members),
                        entries);
            }
            default -> new HoldCancel(node, target, ringId(random));
        };
    }

    private static CpgMessage randomCpg(RandomGenerator random) {
        GroupName group = group(random);
        int pid = random.nextInt();
        return switch (random.nextInt(6)) {
            case 0 -> new ProcJoin(group, pid, random.nextInt());
            case 1 -> new ProcLeave(group, pid, random.nextInt());
            case 2 -> new JoinList(list(random, 0, 10, () -> new JoinList.Entry(random.nextInt(), group(random))));
            case 3 -> new CpgMcast(group, pid, random.nextInt(), random.nextLong(), octets(random, 0, 300));
            case 4 ->
                new CpgPartial(
                        group,
                        random.nextInt(Integer.MAX_VALUE),
                        pid,
                        List.of(CpgPartial.Part.values()).get(random.nextInt(3)),
                        random.nextInt(),
                        random.nextLong(),
                        octets(random, 0, 300));
            default -> new Downlist(random.nextInt(), list(random, 0, 384, random::nextInt));
        };
    }

    private static GroupName group(RandomGenerator random) {
        return random.nextBoolean() ? GroupName.of(octets(random, 1, 128)) : GroupName.of("gruppe".getBytes(UTF_8));
    }

    private static RingId ringId(RandomGenerator random) {
        return new RingId(random.nextInt(), random.nextLong());
    }

    private static int nodeId(RandomGenerator random) {
        return random.nextInt() | 1;
    }

    private static byte[] octets(RandomGenerator random, int least, int most) {
        byte[] octets = new byte[random.nextInt(least, most + 1)];
        random.nextBytes(octets);
        return octets;
    }

    private static <T> List<T> list(RandomGenerator random, int least, int most, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        int size = random.nextInt(least, most + 1);
        while (list.size() < size) list.add(element.get());
        return list;
    }
}
