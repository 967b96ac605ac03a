package org.quorate.core.service;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException.Reason;
import org.quorate.RingId;
import org.quorate.core.service.wire.CfgMessage;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;

/** Obeys administrative messages: an order to stop, reloads, changes of keys. Source: totem.md 6.3. */
public final class ControlService implements Service {
    private final int self;
    private final Reloads reloads;

    /** The service of {@code self}, which goes by {@code config}. */
    public ControlService(int self, ClusterConfig config) {
        this.self = self;
        this.reloads = new Reloads(self, config);
    }

    /** Asks every node to reload; answered by {@link ServiceEffect.ReloadEnded} with {@code ticket}, which is not negative. */
    public void reload(long ticket, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Multicast(new CfgMessage.Reload(self, ticket).encode()));
    }

    /** The answer to {@link ServiceEffect.ReadConfiguration}; others than the newest are ignored. */
    public void configurationRead(
            long nowNanos, long number, ClusterConfig fresh, boolean keyChanged, Effects<ServiceEffect> out) {
        reloads.configurationRead(nowNanos, number, fresh, keyChanged, out);
    }

    /** The other answer to {@link ServiceEffect.ReadConfiguration}: one sentence. */
    public void configurationRefused(long nowNanos, long number, String why, Effects<ServiceEffect> out) {
        reloads.configurationRefused(nowNanos, number, why, out);
    }

    /** A third answer to {@link ServiceEffect.ReadConfiguration}: this node is not in it. */
    public void notListedAnyMore(long nowNanos, long number, String why, Effects<ServiceEffect> out) {
        reloads.notListedAnyMore(nowNanos, number, why, out);
    }

    /** The answer to {@link ServiceEffect.LoadKey}. */
    public void keyLoaded(long nowNanos, Effects<ServiceEffect> out) {
        reloads.keyLoaded(nowNanos, out);
    }

    /** The other answer to {@link ServiceEffect.LoadKey}: one sentence. */
    public void keyRefused(long nowNanos, String why, Effects<ServiceEffect> out) {
        reloads.keyRefused(nowNanos, why, out);
    }

    /** The answer to {@link ServiceEffect.ChangeLinks}: what has changed. */
    public void linksChanged(long nowNanos, List<String> changes, Effects<ServiceEffect> out) {
        reloads.linksChanged(nowNanos, changes, out);
    }

    /** The other answer to {@link ServiceEffect.ChangeLinks}: one sentence. */
    public void linksRefused(long nowNanos, String why, Effects<ServiceEffect> out) {
        reloads.linksRefused(nowNanos, why, out);
    }

    /** The answer to {@link ServiceEffect.AwaitReceivedByAll}. */
    public void receivedByAll(long nowNanos, Effects<ServiceEffect> out) {
        reloads.receivedByAll(nowNanos, out);
    }

    /** Somebody seals with the loaded key already. */
    public void loadedKeySeen(long nowNanos, Effects<ServiceEffect> out) {
        reloads.loadedKeySeen(nowNanos, out);
    }

    /** When {@link #tick} has work. */
    public long deadlineNanos() {
        return reloads.deadlineNanos();
    }

    /** Fires what is due. */
    public void tick(long nowNanos, Effects<ServiceEffect> out) {
        reloads.tick(nowNanos, out);
    }

    @Override
    public void begin(
            long nowNanos,
            RingId ringId,
            List<Integer> members,
            List<Integer> transitional,
            Effects<ServiceEffect> out) {
        reloads.membersChanged(members, transitional, out, nowNanos);
    }

    @Override
    public int id() {
        return ServiceHeader.CFG;
    }

    @Override
    public boolean synchronises() {
        return false;
    }

    @Override
    public void deliver(
            long nowNanos,
            int from,
            int function,
            ByteBuffer message,
            boolean littleEndian,
            Effects<ServiceEffect> out) {
        Parsed<CfgMessage> parsed = CfgMessage.decode(message, littleEndian);
        if (parsed instanceof Parsed.Malformed<CfgMessage> bad) {
            out.add(new ServiceEffect.Dropped(bad.reason().counterName()));
            return;
        }
        CfgMessage order = ((Parsed.Ok<CfgMessage>) parsed).value();
        if (order instanceof CfgMessage.KillNode kill) {
            if (kill.node() == self)
                out.add(new ServiceEffect.Stop(
                        Reason.KILLED_BY_PEER, "node " + from + " told this node to stop: " + kill.text()));
        } else if (order instanceof CfgMessage.Shutdown) {
            out.add(new ServiceEffect.Note(false, "node " + from + " is about to shut down"));
        } else if (order instanceof CfgMessage.Reload reload) {
            boolean own = from == self && reload.sourceConnection() >= 0;
            reloads.asked(nowNanos, from, own ? Optional.of(reload.sourceConnection()) : Optional.empty(), out);
        } else if (order instanceof CfgMessage.CryptoPhase phase) {
            reloads.phaseDelivered(nowNanos, from, phase.phase(), out);
        }
    }
}
