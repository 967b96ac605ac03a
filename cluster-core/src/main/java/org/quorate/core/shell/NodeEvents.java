package org.quorate.core.shell;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.LinkStatus;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.View;

/** What a {@link NodeDriver} reports upwards, on the loop and in order. */
interface NodeEvents {
    void viewInstalled(View view);

    void quorumChanged(QuorumState quorum);

    void groupChanged(String group, Change change);

    void groupMessage(String group, GroupMember sender, byte[] payload, long ticket);

    void sendFailed(long ticket, ClusterException.Reason reason, String why);

    void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state);

    void linkChanged(LinkStatus link);

    void configurationApplied(ClusterConfig config);

    void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report);

    void linkDiagnosed(LinkStatus link);

    void paused(Duration atLeast);

    /** The node has left; nothing follows. */
    void left();

    /** The node has stopped; nothing follows. */
    void stopped(ClusterException.Reason reason, String why, @Nullable Throwable cause);
}
