package org.quorate.core;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.Group.Change;
import org.quorate.Group.GroupMember;
import org.quorate.QuorumState;
import org.quorate.ReloadReport;
import org.quorate.RingId;
import org.quorate.View;

/**
 * What surrounds a node in a test: hears everything and does nothing with it. What nobody asked for, a reload or a stop, is a failure; a test that
 * asks for it says what is to happen.
 */
abstract class BareHost implements NodeEffect.Host {
    @Override
    public void persist(String name, byte[] value) {}

    @Override
    public void viewInstalled(View view) {}

    @Override
    public void quorumChanged(QuorumState quorum) {}

    @Override
    public void groupChanged(String group, Change change) {}

    @Override
    public void groupMessage(String group, GroupMember sender, byte[] payload, long ticket) {}

    @Override
    public void sendFailed(long ticket, ClusterException.Reason reason, String why) {
        throw new AssertionError(why);
    }

    @Override
    public void readConfiguration(long number, long holdNanos) {
        throw new AssertionError("nobody asked for a reload");
    }

    @Override
    public void loadKey() {
        throw new AssertionError("no key was read");
    }

    @Override
    public void changeLinks() {
        throw new AssertionError("no configuration was read");
    }

    @Override
    public void useKey() {
        throw new AssertionError("no key was loaded");
    }

    @Override
    public void dropKey() {
        throw new AssertionError("no key was loaded");
    }

    @Override
    public void configurationApplied(ClusterConfig config) {
        throw new AssertionError("no configuration was read");
    }

    @Override
    public void quorumAnswered(long ticket, Optional<String> refusal, QuorumState state) {}

    @Override
    public void reloadEnded(List<Long> tickets, Optional<String> refusal, ReloadReport report) {
        throw new AssertionError("nobody asked for a reload");
    }

    @Override
    public void paused(Duration atLeast) {}

    @Override
    public void tokenLost(RingId ringId, String phase) {}

    @Override
    public void note(boolean warning, String sentence) {}

    @Override
    public void stop(ClusterException.Reason reason, String why) {
        throw new AssertionError(why);
    }
}
