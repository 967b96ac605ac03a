package org.quorate.core.conf;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;

/**
 * How the edit of a configuration went.
 *
 * @param text the new corosync.conf; null if something blocks it
 * @param version its {@code config_version}; 0 if something blocks it
 * @param findings everything that was found
 */
public record EditedConf(@Nullable String text, long version, List<EditFinding> findings) {
    /** Takes a copy. */
    public EditedConf {
        findings = List.copyOf(findings);
    }

    /** What does not block it. */
    public List<String> warnings() {
        return findings.stream()
                .filter(finding -> !finding.blocks())
                .map(EditFinding::sentence)
                .toList();
    }

    /** The new text, or a {@link ClusterException} with {@link Reason#REFUSED} that lists every problem. */
    public String textOrRefusal() {
        if (text != null) return text;
        throw new ClusterException(
                Reason.REFUSED,
                findings.stream()
                        .filter(EditFinding::blocks)
                        .map(EditFinding::sentence)
                        .collect(Collectors.joining("; also: ")));
    }
}
