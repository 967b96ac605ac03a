package org.quorate;

import java.util.List;

/**
 * A change that all members have made.
 *
 * @param what a phrase, such as {@code adding link 2}
 * @param configVersion of the configuration now
 * @param warnings what was not done, or is odd, one sentence each
 */
public record ChangeReport(String what, long configVersion, List<String> warnings) {
    /** Takes a copy. */
    public ChangeReport {
        warnings = List.copyOf(warnings);
    }
}
