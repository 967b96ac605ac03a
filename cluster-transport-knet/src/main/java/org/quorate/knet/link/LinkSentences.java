package org.quorate.knet.link;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.quorate.LinkDiagnosis.Kind;
import org.quorate.LinkStatus.Mtu;
import org.quorate.LinkStatus.MtuSource;
import org.quorate.knet.link.PingLog.Loss;
import org.quorate.knet.wire.DropReason;

/** What is said of a link, in words: the evidence, what it can mean, and where to look. */
final class LinkSentences {
    private LinkSentences() {}

    /**
     * What is known when a link is judged.
     *
     * @param peer the other end
     * @param link link number
     * @param local own address
     * @param address the peer's address
     * @param unanswered pings since the last answer
     * @param pongsMissing answers that the link still needs to come up
     * @param loss of the recent pings since the link came up
     * @param refusal why a packet was refused last
     * @param otherLink a link over which the peer is reached, or -1
     * @param mtu of the link
     */
    record Facts(
            int peer,
            int link,
            String local,
            String address,
            int unanswered,
            int pongsMissing,
            Loss loss,
            @Nullable DropReason refusal,
            int otherLink,
            Mtu mtu) {}

    static String diagnosis(Kind kind, Facts facts) {
        String link = "link " + facts.link + " to node " + facts.peer;
        return switch (kind) {
            case SOUND -> link + " answers heartbeats and carries data";
            case CONNECTING -> link + " needs " + facts.pongsMissing + " more answers to come up";
            case ONE_WAY ->
                "node " + facts.peer + " hears nothing from us on link " + facts.link
                        + " although its packets arrive: its pings come, but none of our last " + facts.unanswered
                        + " pings was answered, so ours are lost on the way from " + facts.local + " to "
                        + facts.address
                        + ", or it refuses them; check the firewalls and the route in that direction, and what node "
                        + facts.peer + " says of refused packets";
            case SILENT -> silent(facts);
            case REFUSED -> refused(facts);
            case LATE ->
                link + " does not come up, as answers take longer than its ping timeout; the network or node "
                        + facts.peer + " is overloaded, or the token timeout is too short for this path";
            case LOSSY ->
                link + " has lost " + facts.loss.lost() + " of the last " + facts.loss.judged()
                        + " pings or their answers; check cable, switch ports and load between " + facts.local + " and "
                        + facts.address;
            case NO_MTU -> link + " is up but carries no data: " + facts.mtu.why();
        };
    }

    private static String silent(Facts facts) {
        String nothing = "nothing of node " + facts.peer + " arrives on link " + facts.link
                + ", neither pings nor answers to our last " + facts.unanswered + " pings: ";
        if (facts.otherLink >= 0)
            return nothing + "the node is alive, as link " + facts.otherLink
                    + " shows, so this network is cut, or its way to us is; if node " + facts.peer
                    + " calls the link one-way, our packets arrive there and only those from " + facts.address + " to "
                    + facts.local + " are lost";
        return nothing + "the node is down, or this network is cut, or its way to us is; if node " + facts.peer
                + " runs and calls the link one-way, our packets arrive there and only those from " + facts.address
                + " to " + facts.local + " are lost";
    }

    private static String refused(Facts facts) {
        if (facts.refusal == DropReason.WRONG_ADDRESS)
            return "node " + facts.peer + " does not send from " + facts.address + " on link " + facts.link
                    + ", the address that it has in the node list, so nothing is accepted; correct the list, or the route of that host";
        return "packets come from " + facts.address + ", the address of node " + facts.peer + " on link " + facts.link
                + ", but they are sealed with another key or damaged; compare its key file, crypto_cipher and crypto_hash with those here";
    }

    /**
     * An MTU in words.
     *
     * @param packetBytes length of the IP packet that belongs to it
     * @param interfaceMtu what the own interface would send
     */
    static Mtu mtu(MtuSource source, int bytes, int packetBytes, int interfaceMtu) {
        return new Mtu(
                bytes,
                source,
                switch (source) {
                    case DISCOVERED ->
                        "IP packets of " + packetBytes + " bytes pass"
                                + (packetBytes + PathMtu.STEP_BYTES < interfaceMtu
                                        ? "; the own interface would send " + interfaceMtu
                                                + ", so something on the way passes less"
                                        : "");
                    case ASSUMED -> "not searched to the end yet; so much passes on every path";
                    case MANUAL -> "IP packets of " + packetBytes + " bytes, set in the configuration and not searched";
                    case NONE ->
                        "no probe was answered, not even of " + packetBytes
                                + " bytes, although pings are; something on the way drops long packets instead of refusing them, or node and network are overloaded";
                });
    }

    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }
}
