package org.quorate.core.change.shell;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.quorate.ChangeException;
import org.quorate.ChangeReport;
import org.quorate.ClusterConfig;
import org.quorate.ClusterException;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.ClusterStatus;
import org.quorate.ConfigurationSource.Fresh;
import org.quorate.Group;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.core.change.Roster;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.join.NodeFolders;
import org.quorate.core.probe.ProbingNode;
import org.quorate.spi.LinkProbes;
import org.quorate.spi.ProbeSession;

/** Nodes with folders, real sockets on the loopback network, and a service of changes each. */
final class ChangeLab implements AutoCloseable {
    static final List<String> NAMES = List.of("apple", "pear", "plum");
    static final String NOT_HERE = "198.51.100.7";
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Path folder;
    private final int net = (int) (ProcessHandle.current().pid() % 200) + 20;
    private final int part = new SecureRandom().nextInt(250) + 1;
    final Map<Integer, ClusterManager> nodes = new TreeMap<>();
    final Map<Integer, ChangeService> services = new TreeMap<>();
    final Map<Integer, Ears> ears = new TreeMap<>();
    /** Nodes of a version that tries no links. */
    final Set<Integer> old = new TreeSet<>();
    /** Nodes that look for another one, when they try links, where it is not. */
    final Map<Integer, Integer> elsewhere = new ConcurrentHashMap<>();

    final List<String> removed = new CopyOnWriteArrayList<>();
    private final AtomicBoolean talking = new AtomicBoolean();
    private final List<Thread> talkers = new ArrayList<>();

    ChangeLab(Path folder, int count) throws IOException {
        this.folder = folder;
        NodeFolders folders = new NodeFolders();
        String conf = conf(count);
        TreeMap<Integer, Roster.Entry> entries = new TreeMap<>();
        for (int id = 1; id <= count; id++) {
            String pem = folders.make(of(id), NAMES.get(id - 1), conf);
            entries.put(id, new Roster.Entry(NAMES.get(id - 1), KeyEnvelope.fingerprint(pem), pem, false));
        }
        ClusterConfig config = CorosyncConf.parse(conf, "test").toClusterConfig();
        Roster roster = new Roster(1, "", 0, entries, new TreeSet<>(), List.of()).next(config, conf);
        for (int id = 1; id <= count; id++) Files.write(of(id).resolve(ChangeFiles.ROSTER), roster.text());
    }

    private String conf(int count) {
        StringBuilder text = new StringBuilder("""
                totem {
                  version: 2
                  cluster_name: orchard
                  config_version: 1
                  secauth: on
                  token: 3000
                  token_coefficient: 125
                  interface {
                    linknumber: 0
                  }
                }
                nodelist {
                """);
        for (int id = 1; id <= count; id++)
            text.append("  node {\n    name: " + NAMES.get(id - 1) + "\n    nodeid: " + id
                    + "\n    quorum_votes: 1\n    ring0_addr: " + address(0, id) + "\n  }\n");
        return text + "}\nquorum {\n  provider: corosync_votequorum\n}\n";
    }

    String address(int link, int id) {
        return "127." + (net + link) + "." + part + "." + id;
    }

    Path of(int id) {
        return folder.resolve("node" + id);
    }

    String text(int id) {
        try {
            return Files.readString(of(id).resolve("corosync.conf"));
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    void startAll() throws IOException {
        int count = 0;
        while (Files.exists(of(count + 1))) count++;
        for (int id = 1; id <= count; id++) start(id, HostDisk.of(of(id)));
        awaitTogether(count);
    }

    void awaitTogether(int count) {
        until("one ring of " + count, () -> services.keySet().stream().allMatch(id -> members(id) == count));
        until(
                "ready",
                () -> services.values().stream()
                        .allMatch(each -> get(each.obstacle(Duration.ZERO)).isEmpty()));
    }

    private int members(int id) {
        return status(id).view().map(view -> view.members().size()).orElse(0);
    }

    ClusterStatus status(int id) {
        return get(node(id).status().toCompletableFuture());
    }

    ClusterManager node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    ChangeService service(int id) {
        return Objects.requireNonNull(services.get(id));
    }

    void start(int id, Disk disk) throws IOException {
        ChangeFiles files = new ChangeFiles(of(id), disk, Clock.systemUTC());
        files.finish();
        Path file = of(id).resolve("corosync.conf");
        CorosyncConf conf = CorosyncConf.read(file);
        byte[] key = conf.readKey();
        ClusterManager node = ClusterManager.builder(conf.toClusterConfig(), NodeId.of(id))
                .key(key)
                .dataDir(of(id))
                .source(() -> {
                    CorosyncConf again = CorosyncConf.read(file);
                    return new Fresh(again.toClusterConfig(), again.readKey());
                })
                .build();
        nodes.put(id, node);
        Ears hearing = new Ears();
        ears.put(id, hearing);
        node.addListener(hearing);
        get(node.start().toCompletableFuture());
        services.put(
                id,
                new ChangeService(
                        node,
                        NodeId.of(id),
                        of(id),
                        new BoastfulHost(),
                        files,
                        new SecureRandom(),
                        Duration.ofSeconds(12),
                        old.contains(id)
                                ? Optional.empty()
                                : ChangeService.probing(node).map(probing -> new Mistaken(id, probing)),
                        why -> removed.add(id + ": " + why)));
    }

    /** A node that may have a wrong address of another one when it tries links. */
    private final class Mistaken implements ProbingNode {
        private final int id;
        private final ProbingNode node;

        Mistaken(int id, ProbingNode node) {
            this.id = id;
            this.node = node;
        }

        @Override
        public CompletionStage<Long> openProbes(LinkProbes.Window window) {
            return node.openProbes(window);
        }

        @Override
        public void closeProbes(long number) {
            node.closeProbes(number);
        }

        @Override
        public CompletionStage<List<LinkProbes.Path>> probes(long number) {
            return node.probes(number);
        }

        @Override
        public boolean triesLinks() {
            return node.triesLinks();
        }

        @Override
        public Optional<ProbeSession> bindProbes(SortedMap<Integer, InetSocketAddress> own) {
            return node.bindProbes(own);
        }

        @Override
        public SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> addresses(ClusterConfig config) {
            SortedMap<Integer, SortedMap<Integer, InetSocketAddress>> all = node.addresses(config);
            Integer other = elsewhere.get(id);
            if (other == null) return all;
            SortedMap<Integer, InetSocketAddress> wrong = new TreeMap<>();
            all.getOrDefault(other, new TreeMap<>())
                    .forEach((link, right) ->
                            wrong.put(link, new InetSocketAddress(address(link, 250), right.getPort())));
            all.put(other, wrong);
            return all;
        }
    }

    /** This host, which says of an address that it has not that it has it. */
    private static final class BoastfulHost implements LocalAddresses {
        private final LocalAddresses host = LocalAddresses.ofThisHost();

        @Override
        public String hostName() {
            return host.hostName();
        }

        @Override
        public List<java.net.InetAddress> addresses() {
            List<java.net.InetAddress> all = new ArrayList<>(host.addresses());
            all.addAll(host.resolve(NOT_HERE));
            return all;
        }

        @Override
        public String nameOf(java.net.InetAddress address) {
            return host.nameOf(address);
        }

        @Override
        public List<java.net.InetAddress> resolve(String name) {
            return host.resolve(name);
        }
    }

    void stop(int id) {
        Objects.requireNonNull(services.remove(id)).close();
        Objects.requireNonNull(nodes.remove(id)).close();
    }

    /** What a node hears of the traffic, and its views. */
    static final class Ears implements ClusterListener, Group.Listener {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final List<View> views = new CopyOnWriteArrayList<>();
        final List<String> damaged = new CopyOnWriteArrayList<>();
        private final java.util.concurrent.ConcurrentLinkedQueue<String> messages =
                new java.util.concurrent.ConcurrentLinkedQueue<>();

        @Override
        public void onView(View view) {
            views.add(view);
        }

        @Override
        public void onMessage(Group.GroupMember sender, byte[] payload) {
            String text = new String(payload, UTF_8);
            int at = text.lastIndexOf('#');
            if (text.substring(0, at).hashCode() != Integer.parseInt(text.substring(at + 1))) damaged.add(text);
            messages.add(text);
        }

        List<String> messages() {
            return List.copyOf(messages);
        }
    }

    /** All nodes send checksummed messages until {@link #quiet}. */
    void talk() {
        talking.set(true);
        for (int id : nodes.keySet()) {
            Group group = node(id).group("traffic", Objects.requireNonNull(ears.get(id)));
            Thread talker = new Thread(() -> {
                for (int i = 0; talking.get(); i++) {
                    String text = id + ":" + i + ":" + "x".repeat(i % 700);
                    byte[] payload = (text + "#" + text.hashCode()).getBytes(UTF_8);
                    get(group.send(payload).toCompletableFuture());
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(3));
                }
            });
            talkers.add(talker);
        }
        until("all in the group", () -> true);
        talkers.forEach(Thread::start);
        until(
                "all are heard by all",
                () -> ears.values().stream()
                        .allMatch(each -> IntStream.rangeClosed(1, nodes.size())
                                .allMatch(id -> each.messages().stream().anyMatch(text -> text.startsWith(id + ":")))));
    }

    /** Ends the traffic; returns how many messages all have heard, in one order from the first that all heard on, none missing. */
    int quiet() throws InterruptedException {
        talking.set(false);
        for (Thread each : talkers) each.join(LONG.toMillis());
        List<List<String>> all = new ArrayList<>();
        for (int id : nodes.keySet()) {
            until("the last is heard", () -> sums().distinct().count() == 1);
            List<String> messages = Objects.requireNonNull(ears.get(id)).messages();
            all.add(messages);
            if (!Objects.requireNonNull(ears.get(id)).damaged.isEmpty())
                throw new AssertionError("damaged at node " + id);
            for (int sender : nodes.keySet()) {
                int[] numbers = messages.stream()
                        .filter(text -> text.startsWith(sender + ":"))
                        .mapToInt(text -> Integer.parseInt(text.split(":")[1]))
                        .toArray();
                if (!Arrays.equals(
                        numbers,
                        IntStream.range(numbers[0], numbers[0] + numbers.length).toArray()))
                    throw new AssertionError("node " + id + " has not heard everything of node " + sender);
            }
        }
        int shortest = all.stream().mapToInt(List::size).min().orElse(0);
        List<String> tail = tail(all.get(0), shortest);
        for (List<String> each : all) if (!tail(each, shortest).equals(tail)) throw new AssertionError("another order");
        return shortest;
    }

    private java.util.stream.Stream<String> sums() {
        return ears.values().stream().map(each -> {
            List<String> messages = each.messages();
            return messages.isEmpty() ? "" : messages.get(messages.size() - 1);
        });
    }

    private static List<String> tail(List<String> of, int count) {
        return of.subList(of.size() - count, of.size());
    }

    int views(int id) {
        return Objects.requireNonNull(ears.get(id)).views.size();
    }

    static <T> T get(CompletableFuture<T> stage) {
        try {
            return stage.get(LONG.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof ClusterException clear) throw clear;
            throw new AssertionError(failed.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new AssertionError(late);
        }
    }

    /** Why a change was refused: the kinds of all objections. */
    static List<String> refusal(CompletableFuture<ChangeReport> change) {
        try {
            ChangeReport report = get(change);
            throw new AssertionError("it was made: " + report);
        } catch (ChangeException refused) {
            return refused.objections().stream()
                    .map(ChangeException.Objection::kind)
                    .toList();
        }
    }

    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not reached in time: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @Override
    public void close() {
        talking.set(false);
        services.values().forEach(ChangeService::close);
        nodes.values().forEach(ClusterManager::close);
    }
}
