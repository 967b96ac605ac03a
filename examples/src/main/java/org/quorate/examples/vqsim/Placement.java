package org.quorate.examples.vqsim;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.quorate.NodeId;

/**
 * Nodes and where they are or go: {@code [P:]N[,N...]}.
 *
 * @param partition zero or more
 * @param nodes in the order in which they were written
 */
record Placement(int partition, List<NodeId> nodes) {
    private static final int MOST_DIGITS = 5;

    /** Reads one word. What is not a number is told and left out. */
    static Placement parse(String word, Consumer<String> error) {
        int colon = word.indexOf(':');
        int partition =
                colon < 0 ? 0 : partition(word.substring(0, colon), error).orElse(0);
        List<NodeId> nodes = new ArrayList<>();
        for (String text : word.substring(colon + 1).split(",", -1)) {
            OptionalInt id = number(text);
            if (id.isPresent() && id.getAsInt() >= 1 && id.getAsInt() <= NodeId.MAX)
                nodes.add(NodeId.of(id.getAsInt()));
            else error.accept("'" + text + "' is not a node id, which is a number from 1 to " + NodeId.MAX);
        }
        return new Placement(partition, List.copyOf(nodes));
    }

    /** The number of a partition, or nothing and a word about it. */
    static OptionalInt partition(String text, Consumer<String> error) {
        OptionalInt number = number(text);
        if (number.isEmpty()) error.accept("'" + text + "' is not the number of a partition");
        return number;
    }

    /** A number of at most five digits. */
    static OptionalInt number(String text) {
        boolean digits =
                !text.isEmpty() && text.length() <= MOST_DIGITS && text.chars().allMatch(Character::isDigit);
        return digits ? OptionalInt.of(Integer.parseInt(text)) : OptionalInt.empty();
    }
}
