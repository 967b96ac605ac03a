package org.quorate.core.shell.jfr;

import java.time.Duration;
import org.quorate.LinkStatus;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;

/** For Java runtimes without a flight recorder. */
final class SilentFlightLog implements FlightLog {
    @Override
    public void linkChanged(LinkStatus link) {}

    @Override
    public void linkDiagnosed(LinkStatus link) {}

    @Override
    public void mtuChanged(LinkStatus link) {}

    @Override
    public void peerChanged(NodeId peer, boolean reachable, String why) {}

    @Override
    public void keyChanged(String what) {}

    @Override
    public void viewInstalled(View view) {}

    @Override
    public void quorumChanged(QuorumState quorum) {}

    @Override
    public void paused(Duration atLeast) {}

    @Override
    public void tokenLost(RingId ringId, String phase) {}

    @Override
    public void noted(boolean warning, String sentence) {}

    @Override
    public void close() {}
}
