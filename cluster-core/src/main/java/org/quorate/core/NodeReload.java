package org.quorate.core;

import java.util.Map;
import org.quorate.ClusterConfig;
import org.quorate.NodeId;
import org.quorate.RingId;
import org.quorate.core.conf.ConfigDifference;
import org.quorate.core.conf.RingTimers;
import org.quorate.core.ring.RingEffect;
import org.quorate.core.ring.RingEngine;
import org.quorate.core.ring.RingInput;
import org.quorate.core.service.ConfigVersionService;
import org.quorate.core.service.ControlService;
import org.quorate.core.service.QuorumService;
import org.quorate.core.service.ServiceEffect;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;
import org.quorate.spi.QuorumSettings;

/**
 * The part of a {@link NodeEngine} that follows a reload of the configuration: what the host answers goes to the service that leads it,
 * what that service wants goes to the host and the ring.
 */
final class NodeReload {
    /** This part of the token timeout a node may be silent to read its configuration. */
    private static final int SILENT_PART = 4;

    private final RingEngine ring;
    private final Effects<RingEffect> ringEffects;
    private final ControlService control;
    private final ConfigVersionService configVersion;
    private final QuorumService quorum;
    private final NodeId self;
    private RingTimers timers;

    private RingId ringId = RingId.NONE;
    private int deliveredSeq;
    /** A message whose reception by all is waited for: its number, its ring, and whether there is one. */
    private int awaitedSeq;

    private RingId awaitedRing = RingId.NONE;
    private boolean awaiting;

    NodeReload(
            RingEngine ring,
            Effects<RingEffect> ringEffects,
            ControlService control,
            ConfigVersionService configVersion,
            QuorumService quorum,
            NodeId self,
            RingTimers timers) {
        this.ring = ring;
        this.ringEffects = ringEffects;
        this.control = control;
        this.configVersion = configVersion;
        this.quorum = quorum;
        this.self = self;
        this.timers = timers;
    }

    /** Messages are of this ring from now on. */
    void onRing(RingId changed) {
        ringId = changed;
    }

    /** Message {@code seq} of the ring is being delivered. */
    void delivering(int seq) {
        deliveredSeq = seq;
    }

    void step(long now, NodeInput input, Effects<ServiceEffect> out) {
        if (input instanceof NodeInput.Reload reload) {
            control.reload(reload.ticket(), out);
        } else if (input instanceof NodeInput.ConfigurationRead read) {
            control.configurationRead(now, read.number(), read.config(), read.keyChanged(), out);
        } else if (input instanceof NodeInput.ConfigurationRefused refused) {
            control.configurationRefused(now, refused.number(), refused.why(), out);
        } else if (input instanceof NodeInput.NotListedAnyMore removed) {
            control.notListedAnyMore(now, removed.number(), removed.why(), out);
        } else if (input instanceof NodeInput.KeyLoaded) {
            control.keyLoaded(now, out);
        } else if (input instanceof NodeInput.LoadedKeySeen) {
            control.loadedKeySeen(now, out);
        } else if (input instanceof NodeInput.KeyRefused refused) {
            control.keyRefused(now, refused.why(), out);
        } else if (input instanceof NodeInput.LinksChanged links) {
            control.linksChanged(now, links.changes(), out);
        } else if (input instanceof NodeInput.LinksRefused refused) {
            control.linksRefused(now, refused.why(), out);
        }
    }

    /** Tells the service when the message that it waits for has reached everybody. */
    void reportReceivedByAll(long now, Effects<ServiceEffect> out) {
        if (!awaiting || !ring.isReceivedByAll(awaitedRing, awaitedSeq)) return;
        awaiting = false;
        control.receivedByAll(now, out);
    }

    /** True if {@code effect} was one of those that concern reloads. */
    boolean perform(long now, ServiceEffect effect, Effects<NodeEffect> out, Effects<ServiceEffect> services) {
        if (effect instanceof ServiceEffect.ReadConfiguration read) {
            out.add(new NodeEffect.ReadConfiguration(read.number(), timers.tokenNanos() / SILENT_PART));
        } else if (effect instanceof ServiceEffect.LoadKey) {
            out.add(new NodeEffect.LoadKey());
        } else if (effect instanceof ServiceEffect.ChangeLinks) {
            out.add(new NodeEffect.ChangeLinks());
        } else if (effect instanceof ServiceEffect.UseKey) {
            awaiting = false;
            out.add(new NodeEffect.UseKey());
        } else if (effect instanceof ServiceEffect.DropKey) {
            out.add(new NodeEffect.DropKey());
        } else if (effect instanceof ServiceEffect.AwaitReceivedByAll) {
            awaiting = true;
            awaitedRing = ringId;
            awaitedSeq = deliveredSeq;
        } else if (effect instanceof ServiceEffect.ApplyConfiguration apply) {
            apply(now, apply.difference(), out, services);
        } else if (effect instanceof ServiceEffect.ReloadEnded ended) {
            out.add(new NodeEffect.ReloadEnded(ended.tickets(), ended.refusal(), ended.report()));
        } else {
            return false;
        }
        return true;
    }

    private void apply(
            long now, ConfigDifference difference, Effects<NodeEffect> out, Effects<ServiceEffect> services) {
        timers = difference.timers();
        ring.step(now, new RingInput.Reconfigured(difference.inForce().totem(), timers), ringEffects);
        ClusterConfig inForce = difference.inForce();
        configVersion.changed(inForce.configVersion(), services);
        if (difference.quorum()) {
            QuorumSettings settings = new QuorumSettings(self, inForce.nodes(), inForce.quorumOptions(), Map.of());
            quorum.step(now, new QuorumEngine.Input.SettingsChanged(settings), services);
        }
        for (NodeId node : difference.removed())
            ring.step(
                    now,
                    new RingInput.PeerGone(node.value(), "node " + node + " was taken out of the node list"),
                    ringEffects);
        out.add(new NodeEffect.ConfigurationApplied(inForce));
    }
}
