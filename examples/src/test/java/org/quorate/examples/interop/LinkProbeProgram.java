package org.quorate.examples.interop;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.quorate.CryptoConfig;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.core.join.wire.Secret;
import org.quorate.core.probe.JoinerProbe;
import org.quorate.knet.KnetTransport;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.TransportSession;
import org.quorate.spi.TransportSettings;

/** A joiner or a member (node 1, host 1) on a host of a test; the joiner is host 2. Arguments: {@code member}, or {@code joiner} and its limit in ms. */
public final class LinkProbeProgram {
    private static final int LINKS = 2;

    private LinkProbeProgram() {}

    /** The member runs until somebody ends it; the joiner prints a line for each link. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("member")) member();
        else joiner(Duration.ofMillis(Long.parseLong(args[1])));
    }

    private static void member() throws Exception {
        TransportSettings settings = new TransportSettings(
                NodeId.of(1),
                addresses(1),
                List.of(),
                CryptoConfig.DEFAULT,
                new byte[200],
                LinkMode.PASSIVE,
                Duration.ofSeconds(30),
                0);
        TransportSession session = new KnetTransport().open(settings, (from, message) -> {});
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> others = new TreeMap<>();
        others.put(LinkProbes.NO_NODE, addresses(2));
        LinkProbes.Window window = new LinkProbes.Window(1, new byte[32], others, Duration.ofMinutes(5));
        session.loop().execute(() -> {
            if (((LinkProbes) session).openProbes(window) > 0) System.out.println("open");
        });
        new CountDownLatch(1).await();
    }

    private static void joiner(Duration limit) throws Exception {
        TreeMap<Integer, Integer> ports = new TreeMap<>();
        TreeMap<Integer, String> own = new TreeMap<>();
        TreeMap<Integer, String> theirs = new TreeMap<>();
        for (int link = 0; link < LINKS; link++) {
            ports.put(link, 5405 + link);
            own.put(link, "10.77." + link + ".2");
            theirs.put(link, "10.77." + link + ".1");
        }
        ProbePlan plan = new ProbePlan(Secret.of(new byte[32]), ports, List.of(new ProbePlan.Member("hp1", 1, theirs)));
        for (ProbeReport report : new JoinerProbe(new KnetTransport()).probe(plan, own, limit))
            System.out.println("link " + report.link() + " forward " + report.forward() + " back " + report.back()
                    + " bytes " + report.largestBytes());
    }

    private static SortedMap<Integer, InetSocketAddress> addresses(int host) throws Exception {
        TreeMap<Integer, InetSocketAddress> all = new TreeMap<>();
        for (int link = 0; link < LINKS; link++)
            all.put(link, new InetSocketAddress(InetAddress.getByName("10.77." + link + "." + host), 5405 + link));
        return all;
    }
}
