package org.quorate.core.transcript;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.quorate.RingId;
import org.quorate.core.pack.wire.PackedFrame;
import org.quorate.core.ring.wire.CommitEntry;
import org.quorate.core.ring.wire.CommitToken;
import org.quorate.core.ring.wire.Decoded;
import org.quorate.core.ring.wire.HoldCancel;
import org.quorate.core.ring.wire.Join;
import org.quorate.core.ring.wire.Mcast;
import org.quorate.core.ring.wire.MergeDetect;
import org.quorate.core.ring.wire.RingMessage;
import org.quorate.core.ring.wire.RingMessages;
import org.quorate.core.ring.wire.Token;
import org.quorate.core.wire.Parsed;

/**
 * What happens, as lines in the form of the recorded timelines of real clusters: time in seconds, sender and receiver ({@code *} for all), message;
 * {@code ==} are events of the node in that column. Of tokens in a row only the first two and the last are
 * printed, of equal joins the first and the last.
 */
final class Timeline {
    private static final int SHOWN = 2;

    private final List<String> lines = new ArrayList<>();
    private final Set<String> joins = new HashSet<>();
    private String kind = "";
    private int alike;
    private String held = "";
    private int left;

    void frame(long nanos, int from, String to, byte[] packet) {
        RingMessage message = ((Decoded.Ok) RingMessages.decode(packet.clone())).message();
        String text = text(message);
        String line = time(nanos) + " " + from + ">" + to + " " + text;
        if (message instanceof Join) {
            if (!joins.add(text)) repeat(line);
            else if (!to.equals(String.valueOf(from))) add("joins", line, true);
        } else if (message instanceof Token token && token.requests().isEmpty()) {
            add("tokens with the sequence " + token.seq(), line, false);
        } else {
            add("", line, true);
        }
    }

    void event(long nanos, int node, String what) {
        add("", time(nanos) + "   " + node + "  == " + what, true);
    }

    /** What was said since the last call. */
    List<String> take() {
        close();
        List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    /** @param shown whether the line says something new even if it is of the same kind as the one before */
    private void add(String newKind, String line, boolean shown) {
        if (newKind.isEmpty() || !newKind.equals(kind)) {
            close();
            kind = newKind;
            alike = 1;
            if (!newKind.equals("joins")) joins.clear();
            lines.add(line);
        } else if (shown || ++alike <= SHOWN) {
            lines.add(line);
        } else {
            repeat(line);
        }
    }

    private void repeat(String line) {
        left++;
        held = line;
    }

    private void close() {
        if (left > 1) lines.add("            ... " + (left - 1) + " more of the kind");
        if (left > 0) lines.add(held);
        left = 0;
        kind = "";
    }

    private static String time(long nanos) {
        return String.format(Locale.ROOT, "%9.4f", nanos / 1e9);
    }

    private static String text(RingMessage message) {
        if (message instanceof Token t)
            return "TOKEN ring=" + ring(t.ringId()) + " tseq=" + t.tokenSeq() + " seq=" + t.seq() + " aru=" + t.aru()
                    + (t.aruAddr() == 0 ? "" : " aru_addr=" + t.aruAddr())
                    + (t.fcc() == 0 && t.backlog() == 0 ? "" : " fcc=" + t.fcc() + " backlog=" + t.backlog())
                    + (t.retransFlag() == 0 ? "" : " retrans=" + t.retransFlag())
                    + (t.requests().isEmpty()
                            ? ""
                            : " rtr=" + t.requests().stream().map(r -> r.seq()).toList());
        if (message instanceof Mcast m)
            return "MCAST ring=" + ring(m.ringId()) + " seq=" + m.seq() + " from=" + m.systemFrom() + " " + body(m);
        if (message instanceof Join j)
            return (j.isLeave() ? "LEAVE" : "JOIN") + " from=" + j.systemFrom() + " ring_seq=" + j.ringSeq() + " proc="
                    + j.procs() + " failed=" + j.failed();
        if (message instanceof CommitToken c) {
            StringBuilder text = new StringBuilder("COMMIT ring=" + ring(c.ringId()) + " tseq=" + c.tokenSeq() + " idx="
                    + c.memberIndex() + " addr=" + c.addresses());
            for (CommitEntry each : c.entries())
                text.append(" [")
                        .append(ring(each.oldRing()))
                        .append(" aru=" + each.aru() + " hd=" + each.highDelivered() + " rf="
                                + (each.receivedFlag() ? 1 : 0) + "]");
            return text.toString();
        }
        if (message instanceof MergeDetect m) return "MERGE ring=" + ring(m.ringId()) + " from=" + m.systemFrom();
        return "HOLD CANCEL ring=" + ring(((HoldCancel) message).ringId());
    }

    private static String body(Mcast mcast) {
        if (mcast.encapsulated() == Mcast.ENCAPSULATED)
            return "carries seq=" + mcast.inner().orElseThrow().seq() + " of ring="
                    + ring(mcast.inner().orElseThrow().ringId());
        PackedFrame frame = ((Parsed.Ok<PackedFrame>) PackedFrame.decode(mcast.body(), mcast.littleEndian())).value();
        return "len=" + frame.parts().stream().map(part -> part.remaining()).toList();
    }

    /** As in the recorded timelines: the sequence in decimal. */
    private static String ring(RingId id) {
        return id.representative() + "." + id.sequence();
    }
}
