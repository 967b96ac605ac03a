package org.quorate.quorum.vote;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.quorate.NodeId;

/**
 * Which half of an even split wins.
 *
 * <p>Source: votequorum(5) auto_tie_breaker, votequorum.c 3.1.7 check_auto_tie_breaker.
 *
 * @param kind how the winner is found
 * @param list the nodes to prefer, best first; empty unless {@code kind} is {@link Kind#LIST}
 */
public record TieBreaker(Kind kind, List<NodeId> list) {
    /** No half wins. */
    public static final TieBreaker OFF = new TieBreaker(Kind.OFF, List.of());

    /** How the winning half is found. */
    public enum Kind {
        /** Neither wins. */
        OFF,
        /** The half with the lowest node id of the last majority. */
        LOWEST,
        /** The half with the highest node id of the last majority. */
        HIGHEST,
        /** The half with the first node of a list. */
        LIST
    }

    /** Takes a copy. */
    public TieBreaker {
        list = List.copyOf(list);
    }

    /** Whether ties are broken at all. */
    public boolean on() {
        return kind != Kind.OFF;
    }

    /**
     * Whether this half wins by the list: its first listed member decides, unless a better one was with us until the last change and may
     * now be on the other side.
     */
    boolean winsByList(List<NodeId> members, List<NodeId> previous) {
        for (NodeId candidate : list) {
            if (members.contains(candidate)) return true;
            if (previous.contains(candidate)) return false;
        }
        return false;
    }

    /** The option {@code auto_tie_breaker_node}; {@link #OFF} if it is neither lowest, highest nor node ids separated by blanks. */
    static TieBreaker parse(String text) {
        String trimmed = text.strip();
        if (trimmed.equals("lowest")) return new TieBreaker(Kind.LOWEST, List.of());
        if (trimmed.equals("highest")) return new TieBreaker(Kind.HIGHEST, List.of());
        List<NodeId> ids = new ArrayList<>();
        for (String word : trimmed.split("\\s+")) {
            OptionalInt id = OptionReader.number(word);
            if (id.isEmpty() || id.getAsInt() < 1 || id.getAsInt() > NodeId.MAX) return OFF;
            ids.add(NodeId.of(id.getAsInt()));
        }
        return new TieBreaker(Kind.LIST, ids);
    }

    /** For sentences: {@code lowest}, {@code highest} or the ids. */
    String describe() {
        return switch (kind) {
            case OFF -> "off";
            case LOWEST -> "lowest node id";
            case HIGHEST -> "highest node id";
            case LIST ->
                "list " + String.join(" ", list.stream().map(NodeId::toString).toList());
        };
    }
}
