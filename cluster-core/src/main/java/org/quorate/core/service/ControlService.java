package org.quorate.core.service;

import java.nio.ByteBuffer;
import org.quorate.ClusterException.Reason;
import org.quorate.core.service.wire.CfgMessage;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.Parsed;
import org.quorate.engine.Effects;

/** Obeys an order to stop and notes the other administrative messages. Source: totem.md 6.3. */
public final class ControlService implements Service {
    private final int self;

    /** The service of {@code self}. */
    public ControlService(int self) {
        this.self = self;
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
        } else if (order instanceof CfgMessage.Reload) {
            out.add(new ServiceEffect.Note(
                    true,
                    "node " + from + " asked all nodes to reload their configuration; this node keeps the one it has"));
        } else if (order instanceof CfgMessage.CryptoPhase && from != self) {
            out.add(new ServiceEffect.Note(true, "node " + from + " changes its key; this node keeps the one it has"));
        }
    }
}
