package org.quorate.core.service;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.core.service.wire.ServiceHeader;
import org.quorate.core.wire.MessageHeader;
import org.quorate.engine.Effects;
import org.quorate.spi.QuorumEngine;

/** Puts a quorum provider's engine onto the ring: its messages get a service header, its turn comes last. */
public final class QuorumService implements Service {
    /** Requests that may be unanswered at once. */
    static final int MAX_ASKED = 64;

    private final QuorumEngine engine;
    /** By ticket, oldest first. */
    private final Map<Long, QuorumEngine.Input.Request> asked = new LinkedHashMap<>();

    /** The service of {@code engine}. */
    public QuorumService(QuorumEngine engine) {
        this.engine = engine;
    }

    /** The provider's number; -1 if it sends no messages. */
    @Override
    public int id() {
        return engine.service().orElse(-1);
    }

    @Override
    public boolean synchronises() {
        return engine.service().isPresent();
    }

    /** The newest decision. */
    public QuorumState state() {
        return engine.state();
    }

    /** What the engine counts. */
    public Map<String, Long> counters() {
        return engine.counters();
    }

    /** When {@link #tick} has work. */
    public long deadlineNanos() {
        return engine.deadlineNanos();
    }

    /** Fires the engine's deadlines. */
    public void tick(long nowNanos, Effects<ServiceEffect> out) {
        engine.tick(nowNanos, translate(out));
    }

    /** Tells the engine something that did not come from the ring. */
    public void step(long nowNanos, QuorumEngine.Input input, Effects<ServiceEffect> out) {
        engine.step(nowNanos, input, translate(out));
    }

    @Override
    public void begin(
            long nowNanos,
            RingId ringId,
            List<Integer> members,
            List<Integer> transitional,
            Effects<ServiceEffect> out) {
        step(nowNanos, new QuorumEngine.Input.ViewStarted(ringId, nodes(members), nodes(transitional)), out);
    }

    @Override
    public void turn(long nowNanos, Effects<ServiceEffect> out) {
        step(nowNanos, new QuorumEngine.Input.SyncTurn(), out);
    }

    @Override
    public boolean isTurnDone() {
        return engine.isReadyForDecision();
    }

    /** Asks something of the engine; answered by {@link ServiceEffect.QuorumAnswered} with {@code ticket}. */
    public void request(long nowNanos, long ticket, QuorumEngine.Input.Request request, Effects<ServiceEffect> out) {
        if (asked.size() >= MAX_ASKED) {
            out.add(new ServiceEffect.QuorumAnswered(
                    ticket, Optional.of(MAX_ASKED + " requests are under way; ask again when some are answered")));
            return;
        }
        asked.put(ticket, request);
        step(nowNanos, request, out);
    }

    /** The oldest one of those that are alike. */
    private void answer(QuorumEngine.Input.Request request, Optional<String> refusal, Effects<ServiceEffect> out) {
        for (Map.Entry<Long, QuorumEngine.Input.Request> each : asked.entrySet()) {
            if (!each.getValue().equals(request)) continue;
            asked.remove(each.getKey());
            out.add(new ServiceEffect.QuorumAnswered(each.getKey(), refusal));
            return;
        }
    }

    @Override
    public void activate(long nowNanos, Effects<ServiceEffect> out) {
        step(nowNanos, new QuorumEngine.Input.SyncDone(), out);
    }

    @Override
    public void deliver(
            long nowNanos,
            int from,
            int function,
            ByteBuffer message,
            boolean littleEndian,
            Effects<ServiceEffect> out) {
        if (!littleEndian) {
            out.add(new ServiceEffect.Dropped("drop.quorum.byte-order"));
            return;
        }
        byte[] body = new byte[message.limit() - MessageHeader.BYTES];
        message.get(MessageHeader.BYTES, body);
        step(nowNanos, new QuorumEngine.Input.Message(NodeId.of(from), function, body), out);
    }

    private Effects<QuorumEngine.Effect> translate(Effects<ServiceEffect> out) {
        return effect -> {
            if (effect instanceof QuorumEngine.Effect.Broadcast broadcast) {
                out.add(new ServiceEffect.Multicast(message(broadcast)));
            } else if (effect instanceof QuorumEngine.Effect.Decided decided) {
                out.add(new ServiceEffect.QuorumDecided(decided.state()));
            } else if (effect instanceof QuorumEngine.Effect.Remember remember) {
                out.add(new ServiceEffect.Persist("quorum/" + remember.name(), remember.value()));
            } else if (effect instanceof QuorumEngine.Effect.Done done) {
                answer(done.request(), Optional.empty(), out);
            } else if (effect instanceof QuorumEngine.Effect.Refused refused) {
                answer(refused.request(), Optional.of(refused.reason()), out);
            } else if (effect instanceof QuorumEngine.Effect.Note note) {
                out.add(new ServiceEffect.Note(false, note.sentence()));
            }
        };
    }

    private byte[] message(QuorumEngine.Effect.Broadcast broadcast) {
        byte[] message = new byte[MessageHeader.BYTES + broadcast.body().length];
        MessageHeader.start(message, ServiceHeader.id(id(), broadcast.function()))
                .put(MessageHeader.BYTES, broadcast.body());
        return message;
    }

    private static List<NodeId> nodes(List<Integer> ids) {
        return ids.stream().map(NodeId::of).toList();
    }
}
