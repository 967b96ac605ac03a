package org.quorate;

import java.util.List;

/**
 * How a join went: the node is listed, its files are written, and it runs.
 *
 * @param self the node as the cluster lists it
 * @param quorum the last decision; not quorate if the time limit passed before: the node goes on looking for the others
 * @param warnings sentences for its operator
 */
public record JoinReport(LocalNode self, QuorumState quorum, List<String> warnings) {
    /** Takes a copy. */
    public JoinReport {
        warnings = List.copyOf(warnings);
    }
}
