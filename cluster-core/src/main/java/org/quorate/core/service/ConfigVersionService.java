package org.quorate.core.service;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import org.quorate.ClusterException.Reason;
import org.quorate.RingId;
import org.quorate.core.service.wire.ConfigVersionMessage;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;

/**
 * Compares the version of this node's configuration with those of the others: a node that joins with another version than the newest
 * stops, since its node list and timers may contradict theirs. The comparison is made once, in the first ring that this node enters
 * from a ring of its own; version 0 switches it off. Source: totem.md 6.4.
 */
public final class ConfigVersionService implements Service {
    private final int self;
    private long version;
    private long highest;
    private int highestNode;
    private boolean mayCompare;
    private boolean compared;

    /** The service of a node whose configuration has {@code version}. */
    public ConfigVersionService(int self, long version) {
        this.self = self;
        this.version = version;
    }

    /** The configuration was reloaded and has another version; the others are told. */
    public void changed(long newVersion, Effects<ServiceEffect> out) {
        if (newVersion == version) return;
        version = newVersion;
        out.add(new ServiceEffect.Multicast(message(ConfigVersionMessage.CHANGED)));
    }

    private byte[] message(int reason) {
        OptionalLong known = version == 0 ? OptionalLong.empty() : OptionalLong.of(version);
        return new ConfigVersionMessage(reason, known).encode();
    }

    @Override
    public int id() {
        return ServiceHeader.CMAP;
    }

    @Override
    public boolean synchronises() {
        return true;
    }

    @Override
    public void begin(
            long nowNanos,
            RingId ringId,
            List<Integer> members,
            List<Integer> transitional,
            Effects<ServiceEffect> out) {
        highest = version;
        highestNode = self;
        mayCompare = !transitional.isEmpty();
    }

    @Override
    public void turn(long nowNanos, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Multicast(message(ConfigVersionMessage.SYNC)));
    }

    @Override
    public void deliver(
            long nowNanos,
            int from,
            int function,
            ByteBuffer message,
            boolean littleEndian,
            Effects<ServiceEffect> out) {
        Parsed<ConfigVersionMessage> parsed = ConfigVersionMessage.decode(message, littleEndian);
        if (parsed instanceof Parsed.Malformed<ConfigVersionMessage> bad) {
            out.add(new ServiceEffect.Dropped(bad.reason().counterName()));
        } else if (parsed instanceof Parsed.Ok<ConfigVersionMessage> ok
                && ok.value().reason() == ConfigVersionMessage.SYNC
                && from != self) {
            long theirs = ok.value().version().orElse(0);
            if (Long.compareUnsigned(theirs, highest) > 0) {
                highest = theirs;
                highestNode = from;
            }
        }
    }

    @Override
    public void activate(long nowNanos, Effects<ServiceEffect> out) {
        if (!mayCompare || compared) return;
        compared = true;
        if (version != 0 && highest != version)
            out.add(new ServiceEffect.Stop(
                    Reason.CONFIG_VERSION_MISMATCH,
                    "this node's configuration has version " + version + " but node " + highestNode + " has version "
                            + Long.toUnsignedString(highest) + "; copy the newest configuration here and start again"));
    }
}
