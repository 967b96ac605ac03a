package org.quorate.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Hosts with real Corosync daemons, all inside namespaces of this object.
 *
 * <p>Host I has node id I, the name {@code hpI}, and on network LINK the interface {@code ethLINK} with the address
 * 10.77.LINK.I/24, or fd77:LINK::I/64 if the layout says so; every network is a bridge that no host is part of. Each host has its own network, {@code /run} and
 * {@code /dev/shm}, a folder for its files, and a {@code corosync.conf} there that lists all hosts. Hosts without a
 * daemon are for other software: {@link #spawn} starts it there. {@link #close} ends everything, and so does the end of
 * this JVM. Methods may be called by several threads; commands take turns.
 */
public final class CorosyncCluster implements AutoCloseable {
    /** Longest time that {@link #in} gives to a command. */
    public static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);

    private static final Duration SETUP_LIMIT = Duration.ofSeconds(30);
    private static final Duration MARGIN = Duration.ofSeconds(5);
    private static final Set<CorosyncCluster> ALIVE = new CopyOnWriteArraySet<>();
    /** Logs of clusters closed within the current test, which may turn out to have failed; at most this many. */
    private static final int CLOSED_KEPT = 4;

    private static final Deque<String> CLOSED = new ConcurrentLinkedDeque<>();

    private final ClusterLayout layout;
    private final Path folder;
    private final Sandbox sandbox;
    private final Map<Integer, Long> holders = new TreeMap<>();
    private final Map<Integer, HostProcess> daemons = new ConcurrentSkipListMap<>();
    private final Set<Path> logs = new CopyOnWriteArraySet<>();

    private CorosyncCluster(ClusterLayout layout, Path folder, Sandbox sandbox) {
        this.layout = layout;
        this.folder = folder;
        this.sandbox = sandbox;
    }

    /**
     * Makes the hosts and starts the daemons that {@code layout} asks for; does not wait for them.
     *
     * @throws IllegalStateException if the system refuses; nothing is left behind then
     */
    public static CorosyncCluster start(ClusterLayout layout) {
        Path folder;
        try {
            folder = Files.createTempDirectory("quorate-interop-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        CorosyncCluster cluster = new CorosyncCluster(layout, folder, Sandbox.open());
        ALIVE.add(cluster);
        try {
            cluster.setUp();
            for (int host : layout.daemons()) cluster.startDaemon(host);
            return cluster;
        } catch (IOException e) {
            cluster.close();
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** All clusters of this JVM that are not closed. */
    static Set<CorosyncCluster> alive() {
        return ALIVE;
    }

    /** Forgets the logs of clusters closed so far. */
    static void forgetClosed() {
        CLOSED.clear();
    }

    /** Full logs of the clusters closed since {@link #forgetClosed}, the last ones only. */
    static List<String> closed() {
        return List.copyOf(CLOSED);
    }

    private void setUp() throws IOException {
        layout.writeKey(folder.resolve("authkey"));
        for (int host = 1; host <= layout.hosts(); host++) {
            Files.createDirectories(hostFolder(host).resolve("lib"));
            Files.writeString(configFile(host), layout.corosyncConf(hostFolder(host), folder.resolve("authkey")));
        }
        root("export PATH=$PATH:/usr/sbin:/sbin; ulimit -c 0; cd " + Sandbox.quote(folder.toString()));
        StringBuilder net = new StringBuilder("set -e; ip netns add sw\n");
        for (int link = 0; link < layout.links(); link++)
            net.append("ip -n sw link add br%1$d type bridge; ip -n sw link set br%1$d up%n".formatted(link));
        for (int host = 1; host <= layout.hosts(); host++) {
            net.append("ip netns add h%1$d; ip -n h%1$d link set lo up%n".formatted(host));
            for (int link = 0; link < layout.links(); link++)
                net.append(
                        ("ip link add v%1$d-%2$d mtu %4$d netns sw type veth peer name eth%2$d mtu %4$d netns h%1$d%n"
                                        + "ip -n sw link set v%1$d-%2$d master br%2$d up%n"
                                        + "ip -n h%1$d addr add %3$s dev eth%2$d%n"
                                        + "ip -n h%1$d link set eth%2$d up%n")
                                .formatted(host, link, subnet(host, link), layout.mtu()));
        }
        root("( " + net + ")");
        for (int host = 1; host <= layout.hosts(); host++) {
            // one process per host keeps its mounts; /run and /dev/shm are where daemon and tools meet
            String mounts = "mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs tmpfs /run && exec sleep infinity";
            String pid = root("ip netns exec h" + host + " unshare -m --propagation private sh -c "
                    + Sandbox.quote(mounts) + " </dev/null >/dev/null 2>&1 & echo $!");
            holders.put(host, Long.valueOf(pid.strip()));
        }
        for (long holder : holders.values())
            Await.until(
                    SETUP_LIMIT,
                    "host is there",
                    () -> "",
                    () -> sandbox.run("cat /proc/" + holder + "/comm", MARGIN)
                            .output()
                            .strip()
                            .equals("sleep"));
    }

    /** A host's address on a network with what {@code ip addr add} is to know of it. */
    private String subnet(int host, int link) {
        return layout.address(host, link) + (layout.ipv6() ? "/64 nodad" : "/24");
    }

    /** The layout it was made from. */
    public ClusterLayout layout() {
        return layout;
    }

    /** The folder of one host's files; gone after {@link #close}. */
    public Path hostFolder(int host) {
        if (host < 1 || host > layout.hosts())
            throw new IllegalArgumentException("host " + host + " is not in 1.." + layout.hosts());
        return folder.resolve(Integer.toString(host));
    }

    /** The configuration file of one host. */
    public Path configFile(int host) {
        return hostFolder(host).resolve("corosync.conf");
    }

    // ---- daemons and other processes

    /** Starts the daemon of a host that has none running. */
    public HostProcess startDaemon(int host) {
        HostProcess old = daemons.get(host);
        if (old != null && old.alive()) throw new IllegalStateException("the daemon of host " + host + " runs");
        HostProcess started = spawn(
                host,
                hostFolder(host).resolve("corosync.log"),
                "corosync",
                "-f",
                "-c",
                configFile(host).toString());
        daemons.put(host, started);
        return started;
    }

    /** The daemon started last on a host. */
    public HostProcess daemon(int host) {
        HostProcess daemon = daemons.get(host);
        if (daemon == null) throw new IllegalStateException("no daemon was started on host " + host);
        return daemon;
    }

    /** Asks a host's daemon to leave and end, and waits until it has ended. */
    public void stopDaemon(int host) {
        daemon(host).signal("TERM");
        int ignored = daemon(host).awaitExit(Duration.ofSeconds(20));
    }

    /** Ends a host's daemon without a chance to say goodbye. */
    public void killDaemon(int host) {
        daemon(host).signal("KILL");
    }

    /** Starts a process on a host; what it prints is appended to {@code log}. */
    public HostProcess spawn(int host, Path log, String... command) {
        logs.add(log);
        String pid = root("nsenter -t " + holder(host) + " -m -n -- " + words(command) + " </dev/null >>"
                + Sandbox.quote(log.toString()) + " 2>&1 & echo $!");
        return new HostProcess(sandbox, host, Long.parseLong(pid.strip()), log);
    }

    /** Runs a command on a host to its end, at most {@link #COMMAND_LIMIT}. */
    public CommandResult in(int host, String... command) {
        return sandbox.run(
                "timeout -k 1 " + COMMAND_LIMIT.toSeconds() + " nsenter -t " + holder(host) + " -m -n -- "
                        + words(command),
                COMMAND_LIMIT.plus(MARGIN));
    }

    // ---- faults

    /** Takes the cable of one network out of a host; the host itself still sees its interface as up. */
    public void cut(int host, int link) {
        root("ip -n sw link set v" + host + "-" + link + " nomaster");
    }

    /** Puts the cable back. */
    public void mend(int host, int link) {
        root("ip -n sw link set v" + host + "-" + link + " master br" + link);
    }

    /** Cuts all networks of a host. */
    public void isolate(int host) {
        for (int link = 0; link < layout.links(); link++) cut(host, link);
    }

    /** Mends all networks of a host. */
    public void heal(int host) {
        for (int link = 0; link < layout.links(); link++) mend(host, link);
    }

    /** Makes one network carry no IP packet above {@code bytes} to and from a host, which sees nothing of it at its own interface. */
    public void pathMtu(int host, int link, int bytes) {
        root("ip -n sw link set v" + host + "-" + link + " mtu " + bytes);
    }

    /** Drops {@code percent} of the packets that a host receives on one network; 0 ends it. */
    public void loss(int host, int link, int percent) {
        if (percent < 0 || percent > 100) throw new IllegalArgumentException("loss of " + percent + " percent");
        filter(
                host,
                link,
                "loss",
                percent == 0 ? "" : percent == 100 ? "drop" : "numgen random mod 100 < " + percent + " drop");
    }

    /** Makes a host deaf for what {@code senders} send on one network, and for nobody else; the other direction still works. */
    public void deafen(int host, int link, Integer... senders) {
        String addresses =
                Stream.of(senders).map(sender -> layout.address(sender, link)).collect(Collectors.joining(", "));
        filter(host, link, "deaf", (layout.ipv6() ? "ip6" : "ip") + " saddr { " + addresses + " } drop");
    }

    /** Ends the deafness of a host on one network. */
    public void undeafen(int host, int link) {
        filter(host, link, "deaf", "");
    }

    private void filter(int host, int link, String name, String rule) {
        String table = "netdev " + name + link;
        String script = "add table " + table + "\ndelete table " + table + "\n";
        if (!rule.isEmpty())
            script += "table " + table + " {\n chain in {\n  type filter hook ingress device \"eth" + link
                    + "\" priority 0; policy accept;\n  " + rule + "\n }\n}\n";
        String nft = "printf %s " + Sandbox.quote(script) + " | nft -f -";
        in(host, "sh", "-c", nft).outputOrFail(nft);
    }

    // ---- what the daemons say

    /** {@code corosync-quorumtool -s} on a host; empty while its daemon does not answer. */
    public Optional<QuorumToolStatus> quorum(int host) {
        CommandResult result = in(host, "corosync-quorumtool", "-s");
        return result.output().contains("Membership information")
                ? Optional.of(QuorumToolStatus.parse(result.output()))
                : Optional.empty();
    }

    /** {@code corosync-cfgtool -n} on a host; empty while its daemon does not answer. */
    public List<PeerLink> peerLinks(int host) {
        return PeerLink.parse(in(host, "corosync-cfgtool", "-n").output());
    }

    /** One counter of a host's daemon, for example {@code stats.srp.mcast_retx}; 0 if there is none of that name. */
    public long counter(int host, String name) {
        Matcher value = Pattern.compile(" = (\\d+)")
                .matcher(in(host, "corosync-cmapctl", "-m", "stats", "-g", name).output());
        return value.find() ? Long.parseLong(value.group(1)) : 0;
    }

    /**
     * Waits until the daemon of a host has a quorum status that {@code members} are all and only in.
     *
     * @throws AssertionError with the state of the cluster when that does not happen in time
     */
    public QuorumToolStatus awaitMembers(int host, Duration limit, Integer... members) {
        return await(host, limit, "has the members", status -> true, members);
    }

    /** As {@link #awaitMembers}, and the daemon has counted the votes of its ring: it shows the members a moment before that. */
    public QuorumToolStatus awaitQuorate(int host, Duration limit, Integer... members) {
        return await(host, limit, "is quorate with the members", QuorumToolStatus::quorate, members);
    }

    /** The opposite of {@link #awaitQuorate}. */
    public QuorumToolStatus awaitInquorate(int host, Duration limit, Integer... members) {
        return await(host, limit, "is not quorate with the members", status -> !status.quorate(), members);
    }

    private QuorumToolStatus await(
            int host, Duration limit, String what, Predicate<QuorumToolStatus> also, Integer... members) {
        Set<Integer> wanted = new TreeSet<>(List.of(members));
        return Await.value(
                limit,
                "host " + host + " " + what + " " + wanted,
                () -> report(30),
                () -> quorum(host),
                status -> status.votes().keySet().equals(wanted) && also.test(status));
    }

    /** State of every daemon and the last {@code lines} lines of every log, for a person to read. */
    public String report(int lines) {
        StringBuilder text = new StringBuilder();
        try {
            for (HostProcess daemon : daemons.values()) {
                text.append("=== host ").append(daemon.host()).append('\n');
                if (!daemon.alive()) text.append("(daemon has ended)\n");
                else
                    text.append(in(daemon.host(), "corosync-quorumtool", "-s").output())
                            .append(in(daemon.host(), "corosync-cfgtool", "-n").output());
            }
        } catch (IllegalStateException e) {
            text.append(e.getMessage()).append('\n');
        }
        return text.append(logs(lines)).toString();
    }

    private String logs(int lines) {
        StringBuilder text = new StringBuilder();
        for (Path log : logs) {
            text.append("=== ").append(folder.relativize(log)).append('\n');
            try {
                List<String> all = Files.exists(log) ? Files.readAllLines(log) : List.of();
                all.subList(Math.max(0, all.size() - lines), all.size())
                        .forEach(line -> text.append(line).append('\n'));
            } catch (IOException e) {
                text.append(e).append('\n');
            }
        }
        return text.toString();
    }

    /** Ends all processes, removes all networks and files. Does nothing the second time. */
    @Override
    public void close() {
        if (!ALIVE.remove(this)) return;
        CLOSED.add(logs(Integer.MAX_VALUE));
        if (CLOSED.size() > CLOSED_KEPT) CLOSED.poll();
        sandbox.close();
        List<Path> files = new ArrayList<>();
        try {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(Comparator.reverseOrder()).forEach(files::add);
            }
            for (Path file : files) Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException("could not remove " + folder, e);
        }
    }

    private long holder(int host) {
        Long holder = holders.get(host);
        if (holder == null) throw new IllegalArgumentException("host " + host + " is not in 1.." + layout.hosts());
        return holder;
    }

    private String root(String command) {
        return sandbox.run(command, SETUP_LIMIT).outputOrFail(command);
    }

    private static String words(String... command) {
        StringBuilder text = new StringBuilder();
        for (String word : command) text.append(Sandbox.quote(word)).append(' ');
        return text.toString();
    }
}
