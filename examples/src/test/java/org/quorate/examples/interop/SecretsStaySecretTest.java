package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.NodeFolder;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.json.JsonObject;
import org.quorate.interop.Await;
import org.quorate.interop.ClusterLayout;
import org.quorate.interop.CorosyncCluster;
import org.quorate.interop.HostProcess;
import org.quorate.interop.RequiresCorosync;

/**
 * A cluster lives from its creation to a node's farewell, on the command line, while everything is logged; then all that was said, logged, answered,
 * or can be read by others is searched for its secrets. Steps share hosts.
 */
@RequiresCorosync
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecretsStaySecretTest {
    private static final List<String> NAMES = List.of("apple", "pear", "plum");
    private static final Duration LONG = MixedRing.SOON.multipliedBy(3);
    private static final String PASSWORD = "quinces keep well until March";
    /** All that others may read in a node's folder; each is told to others anyway, or says nothing. */
    private static final Set<String> OPEN =
            Set.of("corosync.conf", "node.pem", "ca.pem", "roster.json", "node.lock", "join.pending", "join.members");

    private final CorosyncCluster cluster =
            CorosyncCluster.start(ClusterLayout.of(3).withLinks(1).withDaemons());
    private final Secrets secrets = new Secrets();
    private final List<String> answers = new ArrayList<>();
    private String token = "";
    private int commands;

    @AfterAll
    void end() {
        cluster.close();
    }

    @Test
    @Order(1)
    void aClusterIsMadeAndGrowsByTokenAndByPassword() throws IOException {
        run(1, "create", "orchard", "--node-name", "apple", "--link0", "10.77.0.1");
        remember(1);
        agent(1, 1);
        HostProcess issued = run(1, "join-token");
        token = issued.lines().get(issued.lines().size() - 1).strip();
        assertThat(token).matches("([0-9a-zA-Z]{5}-){7}[0-9a-zA-Z]{5}");
        Files.delete(issued.log()); // the one thing that says it, to the person who has asked
        secrets.addText("token", token);
        secrets.addText("password", PASSWORD);
        run(1, "join-password", "--password-file", secretFile(1, PASSWORD).toString());
        run(1, "join-info");
        String fingerprint = fingerprint();
        run(2, add("pear", 2, fingerprint, "--token-file", secretFile(2, token).toString()));
        remember(2);
        agent(2, 1, 2);
        run(
                3,
                add(
                        "plum",
                        3,
                        fingerprint,
                        "--password-file",
                        secretFile(3, PASSWORD).toString()));
        remember(3);
    }

    @Test
    @Order(2)
    void theKeyIsChangedANodeRemovedAndAnotherOneLeaves() throws IOException {
        run(1, "rotate-key");
        remember(1);
        run(1, "delnode", "plum");
        remember(1);
        for (String what : List.of("status", "links", "config diff")) ask(1, what);
        run(2, "config", "diff");
        run(2, "leave");
        remember(1);
        ask(1, "status");
        awaitQuorate(1, 1);
    }

    @Test
    @Order(3)
    void whatWasSaidLoggedOrCanBeReadByOthersHasNoSecretInIt() throws IOException {
        assertThat(secrets.count()).isGreaterThan(500);
        assertThat(secrets.in(Files.readString(data(1).resolve("authkey"), StandardCharsets.ISO_8859_1)))
                .as("the search finds what is there")
                .hasSizeGreaterThan(20);
        assertThat(secrets.in("--token " + token)).isNotEmpty();

        assertThat(answers).hasSizeGreaterThan(3);
        for (String answer : answers) assertThat(secrets.in(answer)).as(answer).isEmpty();
        assertThat(secrets.in(commandLines())).isEmpty();
        long lines = 0;
        for (int host = 1; host <= 3; host++)
            try (Stream<Path> logs = Files.list(cluster.hostFolder(host))) {
                for (Path log :
                        logs.filter(each -> each.toString().endsWith(".log")).toList()) {
                    String text = Files.readString(log, StandardCharsets.ISO_8859_1);
                    assertThat(secrets.in(text)).as(log.toString()).isEmpty();
                    lines += text.lines().count();
                }
                assertThat(secrets.inOpenFiles(cluster.hostFolder(host))).isEmpty();
            }
        System.out.println(secrets.count() + " parts of secrets are in none of " + lines + " lines of logs");
        assertThat(lines).as("everything is logged").isGreaterThan(500);
    }

    // ---- commands

    private static String[] add(String name, int host, String fingerprint, String... credential) {
        List<String> all = new ArrayList<>(List.of("add", "10.77.0.1", "--fingerprint", fingerprint));
        all.addAll(List.of("--node-name", name, "--link0", "10.77.0." + host));
        all.addAll(List.of(credential));
        return all.toArray(String[]::new);
    }

    private HostProcess run(int host, String... words) throws IOException {
        HostProcess process = start(host, words);
        assertThat(process.awaitExit(LONG)).as(process::tail).isZero();
        checkModes();
        return process;
    }

    private HostProcess start(int host, String... words) {
        List<String> all = new ArrayList<>(List.of("--data-dir", data(host).toString()));
        all.addAll(List.of(words));
        assertThat(secrets.in(String.join(" ", all))).isEmpty();
        Path log = cluster.hostFolder(host).resolve(words[0] + commands++ + ".log");
        return JvmNode.program(cluster, host, log, TalkativeMain.class, all.toArray(String[]::new));
    }

    private void agent(int host, Integer... members) throws IOException {
        HostProcess process = start(host, "agent");
        awaitQuorate(host, members);
        assertThat(process.alive()).isTrue();
        checkModes();
    }

    private void awaitQuorate(int host, Integer... members) {
        Await.until(LONG, "the agent of host " + host + " is quorate", () -> cluster.report(40), () -> {
            if (!Files.exists(data(host).resolve("agent.sock"))) return false;
            String status = ask(host, "status").toString();
            Set<Integer> votes = new TreeSet<>(List.of(members));
            return status.contains("\"quorate\":true")
                    && votes.stream().allMatch(each -> status.contains(NAMES.get(each - 1)));
        });
    }

    private JsonObject ask(int host, String command) {
        JsonObject answer = AdminClient.ask(
                data(host), new JsonObject().put("command", command).put("format", "json"), MixedRing.SOON);
        answers.add(answer.toString());
        return answer;
    }

    private String fingerprint() {
        return NodeFolder.at(data(1)).joinInfo(LocalAddresses.ofThisHost()).fingerprint();
    }

    /** Of everything that runs in these hosts. */
    private String commandLines() {
        return cluster.in(1, "sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' ' '")
                .output();
    }

    private Path secretFile(int host, String content) throws IOException {
        Path file = cluster.hostFolder(host).resolve("given" + commands);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content + "\n");
        return file;
    }

    // ---- what is on disk

    private Path data(int host) {
        return cluster.hostFolder(host).resolve("data");
    }

    private void remember(int host) throws IOException {
        secrets.add("key " + commands, Files.readAllBytes(data(host).resolve("authkey")));
        secrets.addPem(data(host).resolve("node.key"));
        secrets.addPem(data(host).resolve("ca/ca.key"));
    }

    private void checkModes() throws IOException {
        for (int host = 1; host <= 3; host++) {
            if (!Files.exists(data(host))) continue;
            try (Stream<Path> all = Files.walk(data(host))) {
                for (Path each : all.toList()) {
                    String mode = modeOf(each);
                    if (mode.isEmpty()) continue;
                    boolean open = !mode.endsWith("------");
                    assertThat(mode.charAt(7)).as(each + " " + mode).isEqualTo('-');
                    if (Files.isDirectory(each))
                        assertThat(open).as(each + " " + mode).isFalse();
                    else if (open) assertThat(OPEN).as(each + " " + mode).contains(nameOf(each));
                }
            }
        }
    }

    /** That which it is to replace, if it is being written. */
    private static String nameOf(Path file) {
        return file.getFileName().toString().replaceFirst("^\\.(.*)\\.new$", "$1");
    }

    /** Empty if it has gone meanwhile. */
    private static String modeOf(Path file) throws IOException {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (java.nio.file.NoSuchFileException gone) {
            return "";
        }
    }
}
