package org.quorate.examples.agent;

import java.time.Duration;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.LinkStatus;
import org.quorate.QuorumState;
import org.quorate.View;
import org.quorate.examples.json.JsonObject;
import org.quorate.examples.status.StatusJson;

/** Writes what a node hears to an {@link EventLog}. */
final class NodeEvents implements ClusterListener {
    private final EventLog log;

    NodeEvents(EventLog log) {
        this.log = log;
    }

    @Override
    public void onView(View view) {
        log.event("view", StatusJson.view(view));
    }

    @Override
    public void onQuorum(QuorumState quorum) {
        log.event("quorum", StatusJson.quorum(quorum));
    }

    @Override
    public void onLink(LinkStatus link) {
        log.event("link", StatusJson.link(link));
    }

    @Override
    public void onLinkDiagnosis(LinkStatus link) {
        log.event("link-diagnosis", StatusJson.link(link));
    }

    @Override
    public void onPause(Duration atLeast) {
        log.event("pause", new JsonObject().put("atLeastMillis", atLeast.toMillis()));
    }

    @Override
    public void onState(ClusterManager.State state, String why) {
        log.event("state", new JsonObject().put("state", state.name()).put("why", why));
    }
}
