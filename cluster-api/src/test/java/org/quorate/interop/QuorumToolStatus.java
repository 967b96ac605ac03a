package org.quorate.interop;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code corosync-quorumtool -s} says. The status text of Quorate has the same labels and is read by the same
 * parser, so that both sides can be compared as values.
 *
 * @param nodeId the node that was asked
 * @param ringId representative and sequence, {@code 1.c}: the sequence is hexadecimal
 * @param quorate the answer
 * @param expectedVotes votes of the node list or the override
 * @param highestExpected largest number of expected votes seen among the members
 * @param totalVotes votes of the members
 * @param quorum votes needed
 * @param flags words of the flags line, as printed
 * @param votes votes by node id of the members
 */
public record QuorumToolStatus(
        int nodeId,
        String ringId,
        boolean quorate,
        int expectedVotes,
        int highestExpected,
        int totalVotes,
        int quorum,
        String flags,
        SortedMap<Integer, Integer> votes) {
    private static final Pattern FIELD = Pattern.compile("^([A-Z][A-Za-z ]+?):[ \\t]*(.*?)[ \\t]*$", Pattern.MULTILINE);
    private static final Pattern MEMBER =
            Pattern.compile("^[ \\t]*(0x[0-9a-fA-F]+|\\d+)[ \\t]+(\\d+)[ \\t]+\\S.*$", Pattern.MULTILINE);

    /** Takes a copy of the votes. */
    public QuorumToolStatus {
        votes = Collections.unmodifiableSortedMap(new TreeMap<>(votes));
    }

    /**
     * Reads the tool's output.
     *
     * @throws IllegalArgumentException if a field is missing
     */
    public static QuorumToolStatus parse(String output) {
        TreeMap<String, String> fields = new TreeMap<>();
        for (Matcher m = FIELD.matcher(output); m.find(); ) fields.putIfAbsent(m.group(1), m.group(2));
        TreeMap<Integer, Integer> votes = new TreeMap<>();
        int table = output.indexOf("Membership information");
        if (table >= 0)
            for (Matcher m = MEMBER.matcher(output).region(table, output.length()); m.find(); )
                votes.put(Integer.decode(m.group(1)), Integer.valueOf(m.group(2)));
        return new QuorumToolStatus(
                Integer.decode(need(fields, "Node ID", output)),
                need(fields, "Ring ID", output),
                need(fields, "Quorate", output).equals("Yes"),
                number(fields, "Expected votes", output),
                number(fields, "Highest expected", output),
                number(fields, "Total votes", output),
                number(fields, "Quorum", output),
                need(fields, "Flags", output),
                votes);
    }

    /** The same without the asked node's own id: equal on all members of one ring that agree. */
    public QuorumToolStatus seenByAll() {
        return new QuorumToolStatus(
                0, ringId, quorate, expectedVotes, highestExpected, totalVotes, quorum, flags, votes);
    }

    private static int number(TreeMap<String, String> fields, String label, String output) {
        return Integer.parseInt(need(fields, label, output).split(" ")[0]); // "2 Activity blocked"
    }

    private static String need(TreeMap<String, String> fields, String label, String output) {
        String value = fields.get(label);
        if (value == null) throw new IllegalArgumentException("no \"" + label + "\" in:\n" + output);
        return value;
    }
}
