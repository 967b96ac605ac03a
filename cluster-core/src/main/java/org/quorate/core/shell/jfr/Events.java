package org.quorate.core.shell.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Percentage;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** The events, named {@code org.quorate.*}. Fields are never renamed; new ones may be added. */
final class Events {
    private Events() {}

    /** What all have in common. */
    @Category("Quorate")
    @StackTrace(false)
    abstract static class NodeEvent extends Event {
        @Label("Node")
        @Description("Id of the node that reports")
        int node;
    }

    /** What events of a link have in common. */
    @Category({"Quorate", "Link"})
    abstract static class LinkEvent extends NodeEvent {
        @Label("Peer")
        @Description("Id of the node at the other end")
        int peer;

        @Label("Link")
        @Description("Link number")
        int link;

        @Label("Local Address")
        String localAddress = "";

        @Label("Peer Address")
        String peerAddress = "";
    }

    /** A link went up or down. */
    @Name("org.quorate.LinkChange")
    @Label("Link Change")
    @Description("A link to a peer went up or down")
    static final class LinkChange extends LinkEvent {
        @Label("Up")
        @Description("Whether the link answers heartbeats")
        boolean up;

        @Label("Active")
        @Description("Whether it carries data now")
        boolean active;

        @Label("Why")
        String why = "";

        @Label("Mean Latency")
        @Description("Mean round trip of pings; 0 if unknown")
        @Timespan(Timespan.NANOSECONDS)
        long latency;
    }

    /** Trouble with a link began, changed its kind or ended. */
    @Name("org.quorate.LinkDiagnosis")
    @Label("Link Diagnosis")
    @Description("Trouble with a link began, changed its kind or ended")
    static final class LinkDiagnosis extends LinkEvent {
        @Label("Kind")
        @Description("SOUND or CONNECTING when the trouble has ended")
        String kind = "";

        @Label("Trouble")
        @Description("Whether somebody should look at the link")
        boolean trouble;

        @Label("Sentence")
        @Description("The evidence, and where the cause may be")
        String sentence = "";

        @Label("Recent Loss")
        @Description("Share of recent pings without an answer")
        @Percentage
        float recentLoss;
    }

    /** The MTU of a link changed. */
    @Name("org.quorate.LinkMtu")
    @Label("Link MTU")
    @Description("The MTU of a link changed")
    static final class LinkMtu extends LinkEvent {
        @Label("MTU")
        @Description("User bytes in one frame; 0 if the link carries none")
        @DataAmount
        int mtu;

        @Label("Source")
        @Description("DISCOVERED, ASSUMED, MANUAL or NONE")
        String source = "";

        @Label("Why")
        String why = "";
    }

    /** A peer became reachable or unreachable. */
    @Name("org.quorate.PeerChange")
    @Label("Peer Change")
    @Category({"Quorate", "Link"})
    @Description("A peer became reachable or unreachable")
    static final class PeerChange extends NodeEvent {
        @Label("Peer")
        @Description("Its node id")
        int peer;

        @Label("Reachable")
        @Description("Whether messages to it are sent")
        boolean reachable;

        @Label("Why")
        String why = "";
    }

    /** A step in a change of key or cipher. */
    @Name("org.quorate.KeyChange")
    @Label("Key Change")
    @Category({"Quorate", "Security"})
    @Description("A step in a change of key or cipher")
    static final class KeyChange extends NodeEvent {
        @Label("What")
        String what = "";
    }

    /** A new membership. */
    @Name("org.quorate.View")
    @Label("View")
    @Category({"Quorate", "Membership"})
    @Description("A new membership")
    static final class View extends NodeEvent {
        @Label("Ring Id")
        String ringId = "";

        @Label("Members")
        @Description("Node ids in ring order")
        String members = "";

        @Label("Joined")
        String joined = "";

        @Label("Left")
        String left = "";

        @Label("Quorate")
        boolean quorate;
    }

    /** A quorum decision. */
    @Name("org.quorate.Quorum")
    @Label("Quorum")
    @Category({"Quorate", "Membership"})
    @Description("A quorum decision: with a new membership, or changed within one")
    static final class Quorum extends NodeEvent {
        @Label("Quorate")
        boolean quorate;

        @Label("Total Votes")
        int totalVotes;

        @Label("Quorum")
        @Description("Votes that are needed")
        int quorum;

        @Label("Expected Votes")
        int expectedVotes;

        @Label("Reason")
        String reason = "";
    }

    /** This process did not run. */
    @Name("org.quorate.Pause")
    @Label("Pause")
    @Description("This process did not run for half a token timeout or longer")
    static final class Pause extends NodeEvent {
        @Label("At Least")
        @Description("How long it stood still, or up to a fifth of the token timeout longer")
        @Timespan(Timespan.NANOSECONDS)
        long atLeast;
    }

    /** The token was lost. */
    @Name("org.quorate.TokenLoss")
    @Label("Token Loss")
    @Description("No token came for a token timeout")
    static final class TokenLoss extends NodeEvent {
        @Label("Ring")
        @Description("Ring whose token it was, or which was being formed")
        String ringId = "";

        @Label("Phase")
        @Description("Where the node stood: OPERATIONAL, GATHER, COMMIT or RECOVERY")
        String phase = "";
    }

    /** What the protocol says of itself. */
    @Name("org.quorate.Note")
    @Label("Note")
    @Category({"Quorate", "Membership"})
    @Description("What the protocol says of itself: a search for a new ring, who did not answer")
    static final class Note extends NodeEvent {
        @Label("Warning")
        boolean warning;

        @Label("Sentence")
        String sentence = "";
    }

    /** What went no further, by reason. */
    @Name("org.quorate.Drops")
    @Label("Drops")
    @Category({"Quorate", "Link"})
    @Period("10 s")
    @Description("Packets, frames and messages that went no further, by reason")
    static final class Drops extends NodeEvent {
        @Label("Reason")
        String reason = "";

        @Label("Total")
        @Description("Since the node started")
        long total;

        @Label("Recent")
        @Description("Since the last event of this reason, or since the node started")
        long recent;
    }
}
