package org.quorate.core.join;

import java.time.Duration;
import java.util.SortedMap;
import org.quorate.core.join.wire.ProbePlan;

/** Makes the members answer the probes of one joiner. */
@FunctionalInterface
public interface MemberProbes {
    /**
     * Tells all members to answer probes under the plan's key, and to send them to the joiner's addresses, for {@code limit} at most.
     *
     * @param plan the key stays the caller's: an implementation takes a copy
     * @param joiner its addresses by link, in digits
     * @return ends it; idempotent, and never throws
     */
    Window open(ProbePlan plan, SortedMap<Integer, String> joiner, Duration limit);

    /** Probes are answered until it is closed. */
    @FunctionalInterface
    interface Window extends AutoCloseable {
        @Override
        void close();
    }
}
