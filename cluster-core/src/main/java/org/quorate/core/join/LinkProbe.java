package org.quorate.core.join;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;

/** Tries the links between a joiner, which is no node yet, and every member, in both directions. */
@FunctionalInterface
public interface LinkProbe {
    /**
     * Blocks until each link to each member has been found good, or {@code limit} has passed.
     *
     * @param plan key, ports, members; the key stays the caller's
     * @param own addresses of the joiner by link, in digits
     * @return one report for each link of each member
     * @throws IOException if an own address or port cannot be used
     */
    List<ProbeReport> probe(ProbePlan plan, SortedMap<Integer, String> own, Duration limit)
            throws IOException, InterruptedException;
}
