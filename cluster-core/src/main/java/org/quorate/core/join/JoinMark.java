package org.quorate.core.join;

import java.util.List;
import java.util.Locale;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.json.JoinMessageText;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/**
 * The file {@code join.pending} of a joiner: how far its join has come, and whom to ask about it.
 *
 * @param phase how far
 * @param node the name that it wants
 * @param port the join port
 * @param backup folder with what a former cluster left, under {@code backup}; empty if there was nothing
 * @param members whom to ask; the one that it joins by first
 */
record JoinMark(Phase phase, String node, int port, String backup, List<MemberAddress> members) {
    enum Phase {
        /** The cluster may have admitted the node; it has not confirmed. */
        BEGUN,
        /** Everything is on disk; the cluster may have confirmed. */
        WRITTEN,
        /** The cluster has said no; what was there before is being put back. */
        UNDOING
    }

    JoinMark {
        members = List.copyOf(members);
    }

    JoinMark with(Phase next) {
        return new JoinMark(next, node, port, backup, members);
    }

    JoinMark with(List<MemberAddress> others) {
        return new JoinMark(phase, node, port, backup, others);
    }

    byte[] text() {
        return JoinMessageText.withMembers(new JsonObject(), members)
                .with("phase", phase.name().toLowerCase(Locale.ROOT))
                .with("node", node)
                .with("port", port)
                .with("backup", backup)
                .text();
    }

    static JoinMark read(byte[] text) throws Malformed {
        JsonObject in = JsonObject.parse(text);
        Phase phase = switch (in.string("phase", 16)) {
            case "begun" -> Phase.BEGUN;
            case "written" -> Phase.WRITTEN;
            case "undoing" -> Phase.UNDOING;
            default -> throw new Malformed("there is no such phase of a join");
        };
        String backup = in.string("backup", 64);
        if (!backup.matches("[0-9TZ-]*")) throw new Malformed("the field backup is not what it has to be");
        return new JoinMark(
                phase, in.string("node", 255), (int) in.number("port", 1, 65_535), backup, JoinMessageText.members(in));
    }
}
