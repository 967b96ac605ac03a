package org.quorate.examples.status;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.quorate.ClusterStatus;
import org.quorate.ClusterStatus.MemberStatus;
import org.quorate.ClusterStatus.MissingNode;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;

/**
 * Text reports on a node. {@link #status} and {@link #nodes} have the labels, widths and order of Corosync's quorum tool and of the report
 * that Proxmox prints around it, trailing blanks included; scripts that read those read ours. Every report ends with a line end.
 *
 * <p>Source: corosync-quorumtool(8) of Corosync 3.1.7, options -siH and -l, observed.
 */
public final class StatusText {
    private static final DateTimeFormatter CTIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH);

    private StatusText() {}

    /** Of a node that is in no cluster. */
    public static String standalone(String name, String why) {
        StringBuilder out = new StringBuilder();
        heading(out, "Cluster information");
        field(out, "Name:", "none");
        field(out, "Node:", name);
        field(out, "Quorate:", "No");
        return out.append('\n').append(why).append(".\n").toString();
    }

    /** The whole report; times are shown in {@code zone}. */
    public static String status(ClusterStatus status, ZoneId zone) {
        StringBuilder out = new StringBuilder(1024);
        QuorumState quorum = status.quorum();
        Optional<View> view = status.view();

        heading(out, "Cluster information");
        field(out, "Name:", status.clusterName());
        field(out, "Config Version:", Long.toString(status.configVersion()));
        field(out, "Transport:", status.transport());
        field(out, "Secure auth:", status.secure() ? "on" : "off");
        out.append('\n');

        heading(out, "Quorum information");
        field(out, "Date:", CTIME.format(status.date().atZone(zone)));
        field(out, "Quorum provider:", status.quorumProvider());
        field(out, "Nodes:", Integer.toString(status.members().size()));
        field(out, "Node ID:", hex(status.self().value()));
        field(out, "Ring ID:", view.map(View::ringId).orElse(RingId.NONE).toString());
        field(out, "Quorate:", quorum.quorate() ? "Yes" : "No");
        out.append('\n');

        heading(out, "Votequorum information");
        field(out, "Expected votes:", Integer.toString(quorum.expectedVotes()));
        field(out, "Highest expected:", Integer.toString(quorum.highestExpected()));
        field(out, "Total votes:", Integer.toString(quorum.totalVotes()));
        field(out, "Quorum:", quorum.quorum() + (quorum.quorate() ? "  " : " Activity blocked"));
        field(out, "Flags:", flags(quorum));
        out.append('\n');

        heading(out, "Membership information");
        tableHead(out);
        for (MemberStatus member : status.members())
            memberRow(out, hex(member.id().value()), member.votes(), member.address(), member.local());
        return out.toString();
    }

    /** The membership table alone, with decimal ids and names. */
    public static String nodes(ClusterStatus status) {
        StringBuilder out = new StringBuilder(256).append('\n');
        heading(out, "Membership information");
        tableHead(out);
        for (MemberStatus member : status.members())
            memberRow(
                    out,
                    member.id().toString(),
                    member.votes(),
                    member.name().isEmpty() ? member.address() : member.name(),
                    member.local());
        return out.toString();
    }

    /** Every node of the node list, present or missing, and the reason for the quorum decision. */
    public static String members(ClusterStatus status, ZoneId zone) {
        TextTable table = new TextTable("Nodeid", "Votes", "State", "Since", "Address", "Name");
        for (MemberStatus member : status.members())
            table.row(
                    member.id().toString(),
                    Integer.toString(member.votes()),
                    member.local() ? "local" : "member",
                    "-",
                    member.address(),
                    member.name());
        for (MissingNode missing : status.missing())
            table.row(
                    missing.id().toString(),
                    Integer.toString(missing.votes()),
                    "missing",
                    missing.since()
                            .map(since -> CTIME.format(since.atZone(zone)))
                            .orElse("never seen"),
                    "-",
                    missing.name());
        return "Ring ID: " + status.view().map(View::ringId).orElse(RingId.NONE) + "\nQuorate: "
                + (status.quorum().quorate() ? "Yes" : "No") + " ("
                + status.quorum().reason() + ")\n\n" + table;
    }

    /** Local time in the form of the C function ctime. */
    public static String ctime(Instant instant, ZoneId zone) {
        return CTIME.format(instant.atZone(zone));
    }

    private static String flags(QuorumState quorum) {
        List<String> words = new ArrayList<>();
        for (QuorumState.Flag flag : QuorumState.Flag.values())
            if (quorum.flags().contains(flag)) words.add(flag.word() + " ");
        return String.join("", words);
    }

    private static void heading(StringBuilder out, String title) {
        out.append(title).append('\n').append("-".repeat(title.length())).append('\n');
    }

    private static void field(StringBuilder out, String label, String value) {
        out.append(String.format(Locale.ROOT, "%-17s %s\n", label, value));
    }

    private static void tableHead(StringBuilder out) {
        out.append(String.format(Locale.ROOT, "%10s %10s %s\n", "Nodeid", "Votes", "Name"));
    }

    private static void memberRow(StringBuilder out, String id, int votes, String name, boolean local) {
        out.append(String.format(Locale.ROOT, "%10s %10d %s%s\n", id, votes, name, local ? " (local)" : ""));
    }

    private static String hex(int id) {
        return String.format(Locale.ROOT, "0x%08x", id);
    }
}
