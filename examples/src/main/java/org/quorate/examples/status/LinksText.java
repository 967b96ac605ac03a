package org.quorate.examples.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.quorate.ClusterStatus;
import org.quorate.LinkStatus;
import org.quorate.LinkStatus.Heartbeats;
import org.quorate.LinkStatus.Latency;
import org.quorate.PeerStatus;

/**
 * The report on links for people, {@value #COLUMNS} columns wide with node ids of up to four digits: which peers are reached and over
 * what, how each link fares, what was sent, what was dropped, and at the end a few sentences on every link.
 */
public final class LinksText {
    /** Where sentences are broken. */
    static final int COLUMNS = 120;

    private static final String DROP = "drop.";

    private LinksText() {}

    /** The whole report; it ends with a line end. */
    public static String of(ClusterStatus status) {
        StringBuilder out = new StringBuilder(4096);
        out.append(peers(status.peers()));
        out.append('\n').append(health(status.links()));
        out.append('\n').append(traffic(status.links()));
        out.append('\n').append(drops(status.counters()));
        for (LinkStatus link : status.links()) notes(link, out);
        return out.toString();
    }

    private static TextTable peers(List<PeerStatus> peers) {
        TextTable table = new TextTable("Peer", "Reachable", "For", "Data over link", "Why");
        for (PeerStatus peer : peers)
            table.row(
                    peer.id().toString(),
                    peer.reachable() ? "yes" : "no",
                    age(peer.age()),
                    peer.carriers().isEmpty()
                            ? "-"
                            : peer.carriers().stream().map(String::valueOf).collect(Collectors.joining(",")),
                    peer.why());
        return table;
    }

    private static TextTable health(List<LinkStatus> links) {
        TextTable table = new TextTable(
                "Peer",
                "Link",
                "State",
                "For",
                "Data",
                "Prio",
                "Lost",
                "p50 ms",
                "p99 ms",
                "Last pong",
                "Last ping",
                "MTU",
                "Diagnosis");
        for (LinkStatus link : links) {
            Heartbeats beats = link.heartbeats();
            table.row(
                    link.peer().toString(),
                    Integer.toString(link.link()),
                    link.up() ? "up" : "down",
                    age(link.state().age()),
                    link.active() ? "yes" : "no",
                    Integer.toString(link.priority()),
                    beats.recentLoss().isPresent() ? percent(beats.recentLoss().getAsDouble()) : "-",
                    beats.latency().map(Latency::p50).map(LinksText::millis).orElse("-"),
                    beats.latency().map(Latency::p99).map(LinksText::millis).orElse("-"),
                    ago(beats.lastPong()),
                    ago(beats.lastPing()),
                    link.mtu().bytes() > 0 ? Integer.toString(link.mtu().bytes()) : "none",
                    link.diagnosis().kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        return table;
    }

    private static TextTable traffic(List<LinkStatus> links) {
        TextTable table = new TextTable(
                "Peer", "Link", "Pings", "Answered", "Lost", "Packets out", "Bytes out", "Packets in", "Bytes in");
        for (LinkStatus link : links)
            table.row(
                    link.peer().toString(),
                    Integer.toString(link.link()),
                    Long.toString(link.heartbeats().sent()),
                    Long.toString(link.heartbeats().answered()),
                    Long.toString(link.heartbeats().lost()),
                    Long.toString(link.sent().packets()),
                    Long.toString(link.sent().bytes()),
                    Long.toString(link.received().packets()),
                    Long.toString(link.received().bytes()));
        return table;
    }

    private static String drops(Map<String, Long> counters) {
        TextTable table = new TextTable("Dropped", "Count");
        boolean any = false;
        for (Map.Entry<String, Long> each : new TreeMap<>(counters).entrySet()) {
            if (!each.getKey().startsWith(DROP) || each.getValue() == 0) continue;
            any = true;
            table.row(each.getKey().substring(DROP.length()), Long.toString(each.getValue()));
        }
        return any ? table.toString() : "Nothing was dropped.\n";
    }

    private static void notes(LinkStatus link, StringBuilder out) {
        out.append("\nLink " + link.link() + " to node " + link.peer() + ", from " + link.localAddress() + " to "
                + link.peerAddress() + "\n");
        note(out, (link.up() ? "up" : "down") + " for " + age(link.state().age()) + ": " + link.why());
        note(
                out,
                (link.mtu().bytes() > 0
                                ? "MTU " + link.mtu().bytes() + ", "
                                        + link.mtu().source().name().toLowerCase(Locale.ROOT)
                                : "no MTU")
                        + ": "
                        + link.mtu().why());
        link.heartbeats()
                .latency()
                .ifPresent(latency -> note(
                        out,
                        "mean round trip " + millis(latency.mean()) + " ms; p50 and p99 are of the last "
                                + latency.samples() + " answers"));
        if (link.diagnosis().kind().isTrouble())
            note(
                    out,
                    "trouble for " + age(link.diagnosis().age()) + ": "
                            + link.diagnosis().sentence());
    }

    /** A paragraph with an indent of two, and of four from the second line on. */
    private static void note(StringBuilder out, String text) {
        StringBuilder line = new StringBuilder(" ");
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > COLUMNS) {
                out.append(line).append('\n');
                line = new StringBuilder("   ");
            }
            line.append(' ').append(word);
        }
        out.append(line).append('\n');
    }

    /** The two largest units of a duration. */
    static String age(Duration age) {
        if (age.toMinutes() == 0) return String.format(Locale.ROOT, "%.1fs", age.toMillis() / 1e3);
        if (age.toHours() == 0) return age.toMinutes() + "m" + age.toSecondsPart() + "s";
        if (age.toDays() == 0) return age.toHours() + "h" + age.toMinutesPart() + "m";
        return age.toDays() + "d" + age.toHoursPart() + "h";
    }

    private static String ago(Optional<Duration> age) {
        return age.map(LinksText::age).orElse("never");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f%%", share * 100);
    }

    private static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.3f", duration.toNanos() / 1e6);
    }
}
