package org.quorate.examples.interop;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.agent.AdminException;
import org.quorate.examples.cli.Main;
import org.quorate.examples.json.JsonFormatException;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.CommandResult;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.QuorumToolStatus;

/** A node of this project: {@code quorate agent}, in a JVM of its own on one host of a {@link CorosyncCluster}. */
public final class JvmNode {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    /** The options of the launcher script: a short start counts more than peak speed. */
    private static final List<String> JVM = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xss512k",
            "-Xmx256m",
            "-ea",
            "-cp");

    private final CorosyncCluster cluster;
    private final int host;
    private final Class<?> main;
    private final List<String> further;
    private final Path dataDir;
    private final boolean ofFolder;
    private HostProcess process;

    private JvmNode(CorosyncCluster cluster, int host, Class<?> main, String... further) {
        this(cluster, host, main, false, further);
    }

    private JvmNode(CorosyncCluster cluster, int host, Class<?> main, boolean ofFolder, String... further) {
        this.cluster = cluster;
        this.ofFolder = ofFolder;
        this.host = host;
        this.main = main;
        this.further = List.of(further);
        this.dataDir = cluster.hostFolder(host).resolve("data");
        this.process = spawn();
    }

    /** Starts the agent with the host's corosync.conf; does not wait for it. */
    public static JvmNode start(CorosyncCluster cluster, int host) {
        return new JvmNode(cluster, host, Main.class);
    }

    /** Starts the agent of the node whose cluster is in the host's folder {@code data}; does not wait for it. */
    static JvmNode ofFolder(CorosyncCluster cluster, int host) {
        return new JvmNode(cluster, host, Main.class, true);
    }

    /** Runs the command line on a host. */
    static CommandResult commandLine(CorosyncCluster cluster, int host, String... arguments) {
        List<String> command = command(classPath(), Main.class.getName());
        command.addAll(List.of(arguments));
        return cluster.in(host, command.toArray(String[]::new));
    }

    /**
     * Starts an agent that also takes part in the group traffic of {@link GroupTraffic}, and goes on when that is over.
     *
     * @param traffic the arguments of {@link GroupTraffic} that come after the folder
     */
    static JvmNode withTraffic(CorosyncCluster cluster, int host, String... traffic) {
        return new JvmNode(cluster, host, TrafficAgent.class, traffic);
    }

    /** Starts a program of these tests that is an agent, too, and takes further arguments after configuration and folder. */
    static JvmNode withProgram(CorosyncCluster cluster, int host, Class<?> main, String... further) {
        return new JvmNode(cluster, host, main, further);
    }

    /** Starts it again after its end, with the same folder. */
    void restart() {
        if (process.alive()) throw new IllegalStateException("the agent of host " + host + " runs");
        process = spawn();
    }

    private HostProcess spawn() {
        boolean agent = main == Main.class;
        List<String> command = command(agent ? classPath() : System.getProperty("java.class.path"), main.getName());
        String conf = cluster.configFile(host).toString();
        command.addAll(
                ofFolder
                        ? List.of("agent", "--data-dir", dataDir.toString())
                        : agent
                                ? List.of("agent", "--conf", conf, "--data-dir", dataDir.toString())
                                : List.of(conf, dataDir.toString()));
        command.addAll(further);
        return cluster.spawn(host, cluster.hostFolder(host).resolve("agent.log"), command.toArray(String[]::new));
    }

    /** The host it runs on. */
    public int host() {
        return host;
    }

    /** The process started last. */
    public HostProcess process() {
        return process;
    }

    /** Runs the command line on the agent's host, with its data folder. */
    CommandResult cli(String... arguments) {
        List<String> words = new ArrayList<>(List.of("--data-dir", dataDir.toString()));
        words.addAll(List.of(arguments));
        return commandLine(cluster, host, words.toArray(String[]::new));
    }

    /** The agent's full status; empty while it does not answer. */
    Optional<JsonObject> status() {
        return ask("json");
    }

    /** The text of the agent's status, read as that of a daemon; empty while it has no membership. */
    Optional<QuorumToolStatus> quorum() {
        return ask("text")
                .flatMap(answer -> answer.text("text"))
                .map(QuorumToolStatus::parse)
                .filter(status -> !status.votes().isEmpty());
    }

    /** The agent's links to all peers; none while it does not answer. */
    List<JsonObject> links() {
        return status().map(status -> status.objects("links")).orElse(List.of());
    }

    /** A counter of the agent; 0 if there is none of that name. */
    long counter(String name) {
        return status().flatMap(status -> status.object("counters")).stream()
                .mapToLong(counters -> counters.number(name).orElse(0))
                .sum();
    }

    /** Makes the agent a member of a group for as long as the result is open. */
    AdminClient inGroup(String name) {
        AdminClient client = AdminClient.connect(dataDir);
        client.send(new JsonObject().put("command", "group listen").put("group", name), ANSWER_LIMIT);
        return client;
    }

    /** All events of one kind that the agents of this host have printed. */
    public List<JsonObject> events(String kind) {
        return process.lines().stream()
                .filter(line -> line.startsWith("{"))
                .flatMap(JvmNode::read)
                .filter(event -> event.text("event").equals(Optional.of(kind)))
                .toList();
    }

    /** Waits until the agent's members are these and only these, and returns what it says then. */
    QuorumToolStatus awaitMembers(Duration limit, Integer... members) {
        Set<Integer> wanted = new TreeSet<>(List.of(members));
        return Await.value(
                limit,
                "the agent of host " + host + " has the members " + wanted,
                () -> cluster.report(40),
                this::quorum,
                status -> status.votes().keySet().equals(wanted));
    }

    private Optional<JsonObject> ask(String format) {
        try {
            return Optional.of(AdminClient.ask(
                    dataDir, new JsonObject().put("command", "status").put("format", format), ANSWER_LIMIT));
        } catch (AdminException e) {
            return Optional.empty(); // not there yet, or not any more
        }
    }

    private static Stream<JsonObject> read(String line) {
        try {
            return Stream.of(JsonObject.parse(line));
        } catch (JsonFormatException e) {
            return Stream.empty(); // half a line: it was being written, or its writer was killed
        }
    }

    /** Starts a node that is not an agent but a program of these tests, on a host that has no other node. */
    static HostProcess program(CorosyncCluster cluster, int host, Path log, Class<?> main, String... arguments) {
        List<String> command = command(System.getProperty("java.class.path"), main.getName());
        command.addAll(List.of(arguments));
        return cluster.spawn(host, log, command.toArray(String[]::new));
    }

    private static List<String> command(String classPath, String main) {
        List<String> command = new ArrayList<>(JVM);
        command.add(classPath);
        command.add(main);
        return command;
    }

    /** The class path of this JVM without what only tests need, so that nothing works by their help. */
    private static String classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("test-classes") && !entry.endsWith("-tests.jar"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
