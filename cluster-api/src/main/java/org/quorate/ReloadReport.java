package org.quorate;

import java.util.List;

/**
 * What came of a reload on one node.
 *
 * @param applied what has changed and is in force now, one phrase each; empty if nothing had changed
 * @param notApplied what differs in the configuration that was read but stays as it was until the node is started again, one phrase each; {@code links (...)} says in
 *     one sentence why links cannot become what was read, which the next reload tries again
 */
public record ReloadReport(List<String> applied, List<String> notApplied) {
    /** Takes copies. */
    public ReloadReport {
        applied = List.copyOf(applied);
        notApplied = List.copyOf(notApplied);
    }
}
