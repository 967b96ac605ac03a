package org.quorate.core.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.core.join.LinkProbe;
import org.quorate.core.join.wire.ProbePlan;
import org.quorate.core.join.wire.ProbeReport;
import org.quorate.spi.EventLoop;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.ProbeSession;

/** The joiner's side: binds the addresses and ports that its links will have, and asks every member over each. Blocks its caller's thread. */
public final class JoinerProbe implements LinkProbe {
    private static final long LOOK_NANOS = 20_000_000L;
    private static final Duration SPARE = Duration.ofSeconds(5);

    private final LinkTransport transport;

    /** Over the links of {@code transport}. */
    public JoinerProbe(LinkTransport transport) {
        this.transport = transport;
    }

    /** {@inheritDoc} It ends as soon as nothing more is to be expected. Names of members are looked up; of an unknown one nothing is heard. */
    @Override
    public List<ProbeReport> probe(ProbePlan plan, SortedMap<Integer, String> own, Duration limit)
            throws IOException, InterruptedException {
        TreeMap<Integer, InetSocketAddress> local = new TreeMap<>();
        for (Map.Entry<Integer, String> link : own.entrySet()) {
            Integer port = plan.ports().get(link.getKey());
            InetSocketAddress address = port == null ? null : resolve(link.getValue(), port, null);
            if (address == null) throw new IOException("link " + link.getKey() + " cannot use " + link.getValue());
            local.put(link.getKey(), address);
        }
        byte[] key = plan.key().copy();
        try (ProbeSession session = transport
                .openProbes(local)
                .orElseThrow(() -> new IOException("the transport " + transport.name() + " cannot try links"))) {
            List<LinkProbes.Path> found = await(
                    session,
                    new LinkProbes.Window(LinkProbes.NO_NODE, key, addresses(plan, local), windowOf(limit)),
                    limit);
            return reports(plan, local, found);
        } catch (ClusterException unusable) {
            throw new IOException(unusable.getMessage(), unusable);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** A little longer, so that what was found can be asked for at the end. */
    private static Duration windowOf(Duration limit) {
        Duration longer = limit.plus(SPARE);
        return longer.compareTo(LinkProbes.MAX_LIMIT) < 0 ? longer : LinkProbes.MAX_LIMIT;
    }

    private static SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> addresses(
            ProbePlan plan, SortedMap<Integer, InetSocketAddress> local) {
        TreeMap<Integer, SortedMap<Integer, InetSocketAddress>> all = new TreeMap<>();
        for (ProbePlan.Member member : plan.members()) {
            TreeMap<Integer, InetSocketAddress> links = new TreeMap<>();
            local.forEach((link, mine) -> {
                InetSocketAddress theirs =
                        resolve(member.addresses().getOrDefault(link, ""), mine.getPort(), mine.getAddress());
                if (theirs != null) links.put(link, theirs);
            });
            all.put(member.nodeId(), links);
        }
        return all;
    }

    /** Null if nobody knows the name, or there is no address of the family of {@code like}. */
    private static @Nullable InetSocketAddress resolve(String name, int port, @Nullable InetAddress like) {
        if (name.isEmpty()) return null;
        try {
            for (InetAddress address : InetAddress.getAllByName(name))
                if (like == null || address.getClass().equals(like.getClass()))
                    return new InetSocketAddress(address, port);
        } catch (UnknownHostException unknown) {
            return null;
        }
        return null;
    }

    private static List<LinkProbes.Path> await(ProbeSession session, LinkProbes.Window window, Duration limit)
            throws InterruptedException {
        CompletableFuture<List<LinkProbes.Path>> result = new CompletableFuture<>();
        Look look = new Look(session, result);
        session.loop().execute(() -> look.begin(window));
        try {
            return result.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return look.now();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ClusterException known) throw known;
            throw new IllegalStateException("probing met a fault", failed.getCause());
        }
    }

    /** Looks now and then whether all is known; on the session's loop. */
    private static final class Look {
        private final ProbeSession session;
        private final CompletableFuture<List<LinkProbes.Path>> result;
        private final CompletableFuture<List<LinkProbes.Path>> last = new CompletableFuture<>();
        private long window;
        private EventLoop.@Nullable Alarm alarm;

        Look(ProbeSession session, CompletableFuture<List<LinkProbes.Path>> result) {
            this.session = session;
            this.result = result;
        }

        void begin(LinkProbes.Window wanted) {
            try {
                window = session.openProbes(wanted);
                alarm = session.loop().newAlarm(this::look);
                look();
            } catch (RuntimeException fault) {
                result.completeExceptionally(fault);
            }
        }

        private void look() {
            List<LinkProbes.Path> paths = session.probes(window);
            if (paths.stream().allMatch(LinkProbes.Path::settled)) result.complete(paths);
            else if (alarm != null) alarm.setAt(session.loop().nowNanos() + LOOK_NANOS);
        }

        /** What is known when time is over. */
        List<LinkProbes.Path> now() throws InterruptedException {
            session.loop().execute(() -> last.complete(session.probes(window)));
            try {
                return last.get(1, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException gone) {
                return List.of();
            }
        }
    }

    private static List<ProbeReport> reports(
            ProbePlan plan, SortedMap<Integer, InetSocketAddress> local, List<LinkProbes.Path> found) {
        List<ProbeReport> reports = new ArrayList<>();
        for (ProbePlan.Member member : plan.members())
            for (int link : local.keySet()) {
                if (!member.addresses().containsKey(link)) continue;
                reports.add(found.stream()
                        .filter(path -> path.node() == member.nodeId() && path.link() == link)
                        .findFirst()
                        .map(path -> new ProbeReport(
                                member.name(),
                                link,
                                path.forward(),
                                path.back(),
                                path.rttNanos().isPresent() ? path.rttNanos().getAsLong() / 1000 : -1,
                                path.largestBytes()))
                        .orElseGet(() -> new ProbeReport(member.name(), link, false, false, -1, 0)));
            }
        return reports;
    }
}
