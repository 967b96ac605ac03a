package org.quorate.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One link to one peer, as {@code corosync-cfgtool -n} prints it.
 *
 * @param peer node id of the other end
 * @param reachable whether any link to that peer works
 * @param link link number
 * @param from own address
 * @param to the peer's address
 * @param connected whether this link works
 * @param mtu bytes of user data in one frame
 */
public record PeerLink(int peer, boolean reachable, int link, String from, String to, boolean connected, int mtu) {
    private static final Pattern PEER = Pattern.compile("nodeid:\\s+(\\d+)\\s*(\\w*).*");
    private static final Pattern LINK =
            Pattern.compile("\\s*LINK:\\s+(\\d+)\\s+\\w+\\s+\\((\\S+)->(\\S+)\\)(.*?)(?:mtu:\\s*(\\d+))?\\s*");

    /** Reads the tool's output: all links to all peers, in its order. */
    public static List<PeerLink> parse(String output) {
        List<PeerLink> links = new ArrayList<>();
        int peer = 0;
        boolean reachable = false;
        for (String line : output.lines().toList()) {
            Matcher host = PEER.matcher(line);
            Matcher link = LINK.matcher(line);
            if (host.matches()) {
                peer = Integer.parseInt(host.group(1));
                reachable = host.group(2).equals("reachable");
            } else if (link.matches()) {
                List<String> words = List.of(link.group(4).strip().split("\\s+"));
                int mtu = link.group(5) == null ? 0 : Integer.parseInt(link.group(5));
                links.add(new PeerLink(
                        peer,
                        reachable,
                        Integer.parseInt(link.group(1)),
                        link.group(2),
                        link.group(3),
                        words.contains("connected"),
                        mtu));
            }
        }
        return List.copyOf(links);
    }
}
