package org.quorate.core.service;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;
import org.quorate.ReloadReport;
import org.quorate.core.conf.ConfigDifference;
import org.quorate.core.service.wire.CfgMessage;
import org.quorate.engine.Effects;

/**
 * Follows the cluster through reloads and changes of keys, one at a time. Confined to the event loop.
 *
 * <pre>
 *   IDLE --a reload is delivered--> READING
 *   READING --cannot be read, or is wrong--> IDLE      the node keeps what it has
 *   READING --does not list this node--> IDLE          the node leaves and stops
 *   READING --same key, cipher, hash--> LINKS
 *   READING --another one--> LOADING --loaded--> LINKS
 *   LINKS --links changed, or kept as they are: the rest is applied--> IDLE, or with another key LOADED  multicast phase 1
 *   LOADED --everybody has the own phase 1, or another node uses the key--> IN_USE  multicast phase 2
 *   IN_USE --the own phase 2 is delivered, and those of all others, or patience is at its end--> IDLE
 * </pre>
 *
 * <p>Source: totem.md 6.3. Differs from Corosync 3.1.7, where a node uses the new key on its own phase 1 and drops the old one on its own
 * phase 2, wherever the others are: under load that can cut off a node that is behind with receiving. Here nobody is sent anything under
 * a key that it has not loaded yet, and the old key is good until all have said that they do not use it any more. On the wire there is no
 * difference.
 */
final class Reloads {
    /** How long reading may take. */
    static final long READ_LIMIT_NANOS = 30_000_000_000L;
    /** How long the old key is kept for nodes that do not say that they use the new one. */
    static final long PATIENCE_NANOS = 5_000_000_000L;

    private enum Phase {
        IDLE,
        READING,
        LOADING,
        LINKS,
        LOADED,
        IN_USE
    }

    /** One reading, for however many that asked for it. */
    private static final class Request {
        final List<Long> tickets = new ArrayList<>();
        /** Members that have not said yet that they use the new key. */
        final TreeSet<Integer> awaited;

        boolean othersUse;

        Request(List<Integer> others) {
            awaited = new TreeSet<>(others);
        }

        boolean finished(int node) {
            if (!awaited.remove(node)) return false;
            othersUse = true;
            return true;
        }
    }

    private final int self;
    private ClusterConfig config;
    private List<Integer> members = List.of();
    private Phase phase = Phase.IDLE;
    private Request current = new Request(List.of());
    private @Nullable Request next;
    private @Nullable ConfigDifference difference;
    private boolean ownPhaseTwo;
    private boolean warned = true;
    private long readings;
    private long deadline = Long.MAX_VALUE;

    Reloads(int self, ClusterConfig config) {
        this.self = self;
        this.config = config;
    }

    long deadlineNanos() {
        return deadline;
    }

    /** A new membership; those that did not come along are not waited for. */
    void membersChanged(List<Integer> present, List<Integer> cameAlong, Effects<ServiceEffect> out, long nowNanos) {
        members = present;
        current.awaited.retainAll(cameAlong);
        if (next != null) next.awaited.retainAll(cameAlong);
        dropIfUnused(nowNanos, out);
    }

    /**
     * A reload was delivered.
     *
     * @param ticket that of whoever waits here for its end; empty if nobody does
     */
    void asked(long nowNanos, int from, Optional<Long> ticket, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Note(false, "node " + from + " asked all nodes to reload their configuration"));
        Request request = new Request(members.stream().filter(n -> n != self).toList());
        if (phase != Phase.IDLE) {
            if (next == null) next = request;
            ticket.ifPresent(next.tickets::add);
            return;
        }
        ticket.ifPresent(request.tickets::add);
        read(nowNanos, request, out);
    }

    private void read(long nowNanos, Request request, Effects<ServiceEffect> out) {
        current = request;
        phase = Phase.READING;
        deadline = nowNanos + READ_LIMIT_NANOS;
        warned = false;
        out.add(new ServiceEffect.ReadConfiguration(++readings));
    }

    /** The answer to {@link ServiceEffect.ReadConfiguration}. */
    void configurationRead(
            long nowNanos, long number, ClusterConfig fresh, boolean keyChanged, Effects<ServiceEffect> out) {
        if (phase != Phase.READING || number != readings) return;
        ConfigDifference found;
        try {
            found = ConfigDifference.between(NodeId.of(self), config, fresh, keyChanged);
        } catch (ClusterException invalid) {
            String why = String.valueOf(invalid.getMessage());
            if (invalid.reason() == Reason.NODE_NOT_LISTED) notListedAnyMore(nowNanos, number, why, out);
            else refuse(nowNanos, why, out);
            return;
        }
        difference = found;
        deadline = Long.MAX_VALUE;
        if (found.crypto()) {
            phase = Phase.LOADING;
            out.add(new ServiceEffect.LoadKey());
        } else {
            changeLinks(out);
        }
    }

    /** After the key: that is the last thing for which the whole configuration may be refused. */
    private void changeLinks(Effects<ServiceEffect> out) {
        phase = Phase.LINKS;
        out.add(new ServiceEffect.ChangeLinks());
    }

    /** It could not be read. */
    void configurationRefused(long nowNanos, long number, String why, Effects<ServiceEffect> out) {
        if (phase == Phase.READING && number == readings) refuse(nowNanos, why, out);
    }

    /**
     * This node is not listed in what was read: the others have taken it out of theirs in this reload, or will not take it back. A daemon goes
     * on alone, with what it expected before; with two_node it is quorate then, beside the rest of the cluster. This node stops.
     */
    void notListedAnyMore(long nowNanos, long number, String why, Effects<ServiceEffect> out) {
        if (phase != Phase.READING || number != readings) return;
        next = null; // nothing is read any more
        end(nowNanos, Optional.of(why), out);
        out.add(new ServiceEffect.LeaveAndStop(Reason.NODE_NOT_LISTED, why));
    }

    /** The key could not be loaded. */
    void keyRefused(long nowNanos, String why, Effects<ServiceEffect> out) {
        if (phase == Phase.LOADING) refuse(nowNanos, why, out);
    }

    private void refuse(long nowNanos, String why, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.Note(
                true, "the configuration was not reloaded, this node keeps the one it has: " + why));
        end(nowNanos, Optional.of(why), out);
    }

    /** The new key is loaded: frames under both are taken now. */
    void keyLoaded(long nowNanos, Effects<ServiceEffect> out) {
        if (phase == Phase.LOADING) changeLinks(out);
    }

    /** The transport has the links that were read. */
    void linksChanged(long nowNanos, List<String> changes, Effects<ServiceEffect> out) {
        if (phase == Phase.LINKS && difference != null) goOn(nowNanos, difference.withLinks(changes), out);
    }

    /** The links could not be changed. Being without the new key would be worse, so the rest is applied. */
    void linksRefused(long nowNanos, String why, Effects<ServiceEffect> out) {
        if (phase != Phase.LINKS || difference == null) return;
        out.add(new ServiceEffect.Note(true, "the links were not changed, this node keeps those it has: " + why));
        goOn(nowNanos, difference.keepingLinksOf(config, why), out);
    }

    private void goOn(long nowNanos, ConfigDifference found, Effects<ServiceEffect> out) {
        difference = found;
        apply(found, out);
        if (!found.crypto()) {
            end(nowNanos, Optional.empty(), out);
            return;
        }
        phase = Phase.LOADED;
        if (current.othersUse) use(nowNanos, out);
        else out.add(new ServiceEffect.Multicast(new CfgMessage.CryptoPhase(CfgMessage.CryptoPhase.USE).encode()));
    }

    private void apply(ConfigDifference found, Effects<ServiceEffect> out) {
        config = found.inForce();
        out.add(new ServiceEffect.ApplyConfiguration(found));
        if (found.applied().isEmpty())
            out.add(new ServiceEffect.Note(false, "nothing that this node applies has changed"));
        else out.add(new ServiceEffect.Note(false, "reloaded: " + String.join(", ", found.applied())));
        if (!found.notApplied().isEmpty())
            out.add(new ServiceEffect.Note(
                    true,
                    "the configuration that was read differs in more than a running node changes; start this node again to apply: "
                            + String.join(", ", found.notApplied())));
    }

    /** A phase message was delivered. */
    void phaseDelivered(long nowNanos, int from, int number, Effects<ServiceEffect> out) {
        if (from == self) ownPhase(nowNanos, number, out);
        else othersPhase(nowNanos, from, number, out);
    }

    private void ownPhase(long nowNanos, int number, Effects<ServiceEffect> out) {
        if (phase == Phase.LOADED && number == CfgMessage.CryptoPhase.USE) {
            out.add(new ServiceEffect.AwaitReceivedByAll());
        } else if (phase == Phase.IN_USE && number == CfgMessage.CryptoPhase.DROP) {
            ownPhaseTwo = true;
            dropIfUnused(nowNanos, out);
        }
    }

    private void othersPhase(long nowNanos, int from, int number, Effects<ServiceEffect> out) {
        if (phase == Phase.IDLE && !warned) {
            warned = true;
            out.add(new ServiceEffect.Note(
                    true,
                    "node " + from
                            + " changes its key, this node does not; compare key file, crypto_cipher and crypto_hash with those there, "
                            + "then reload, or this node will not be understood any more"));
        }
        if (number != CfgMessage.CryptoPhase.DROP) return;
        if (phase == Phase.IDLE || !current.finished(from)) {
            if (next != null) next.finished(from);
            return;
        }
        // that node is about to forget the old key
        if (phase == Phase.LOADED) use(nowNanos, out);
        else dropIfUnused(nowNanos, out);
    }

    /** Everybody has what {@link ServiceEffect.AwaitReceivedByAll} was about, so everybody has loaded the key. */
    void receivedByAll(long nowNanos, Effects<ServiceEffect> out) {
        if (phase == Phase.LOADED) use(nowNanos, out);
    }

    /**
     * Somebody seals with the loaded key, and may forget the old one after one more rotation, whatever has not arrived here yet. Among
     * nodes that wait for each other it means that all have loaded it.
     */
    void loadedKeySeen(long nowNanos, Effects<ServiceEffect> out) {
        if (phase == Phase.LINKS) current.othersUse = true;
        else if (phase == Phase.LOADED) use(nowNanos, out);
    }

    private void use(long nowNanos, Effects<ServiceEffect> out) {
        phase = Phase.IN_USE;
        ownPhaseTwo = false;
        deadline = nowNanos + PATIENCE_NANOS;
        out.add(new ServiceEffect.UseKey());
        out.add(new ServiceEffect.Multicast(new CfgMessage.CryptoPhase(CfgMessage.CryptoPhase.DROP).encode()));
    }

    private void dropIfUnused(long nowNanos, Effects<ServiceEffect> out) {
        if (phase == Phase.IN_USE && ownPhaseTwo && current.awaited.isEmpty()) drop(nowNanos, out);
    }

    private void drop(long nowNanos, Effects<ServiceEffect> out) {
        out.add(new ServiceEffect.DropKey());
        out.add(new ServiceEffect.Note(false, "the change of the key is complete; the old one is forgotten"));
        end(nowNanos, Optional.empty(), out);
    }

    private void end(long nowNanos, Optional<String> refusal, Effects<ServiceEffect> out) {
        ConfigDifference found = difference;
        ReloadReport report =
                refusal.isPresent() || found == null ? new ReloadReport(List.of(), List.of()) : found.report();
        warned = found != null && found.crypto() && refusal.isEmpty();
        phase = Phase.IDLE;
        difference = null;
        deadline = Long.MAX_VALUE;
        out.add(new ServiceEffect.ReloadEnded(current.tickets, refusal, report));
        Request waiting = next;
        next = null;
        if (waiting != null) read(nowNanos, waiting, out);
    }

    void tick(long nowNanos, Effects<ServiceEffect> out) {
        if (nowNanos < deadline) return;
        if (phase == Phase.READING) {
            refuse(nowNanos, "it could not be read within " + READ_LIMIT_NANOS / 1_000_000_000 + " s", out);
        } else if (phase == Phase.IN_USE && ownPhaseTwo) {
            out.add(
                    new ServiceEffect.Note(
                            true,
                            "node " + current.awaited.first()
                                    + (current.awaited.size() > 1 ? " and others do" : " does")
                                    + " not say that the new key is in use there; the old one is forgotten now, so copy the new one there and reload"));
            drop(nowNanos, out);
        } else {
            deadline = nowNanos + PATIENCE_NANOS; // the own message is still waiting for a ring
        }
    }
}
