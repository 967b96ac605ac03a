package org.quorate.examples.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.JoinInfo;
import org.quorate.NodeConfig;
import org.quorate.core.conf.LinkParameter;
import org.quorate.core.join.FingerprintConfirmation;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.wire.JoinFinding;
import org.quorate.core.manage.FolderJoin;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D add HOST} or {@code add --info TEXT}. What it does is said on standard error while it does it. */
@Command(
        name = "add",
        description = {
            "Adds this machine to a cluster, as pvecm add does; an agent then runs the node.",
            "Everything is looked at before anything is changed, each link in both directions; what is found is listed at once."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class AddCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "HOST",
            arity = "0..1",
            description = "a member's address, in digits or a name; that of the join information unless given")
    private @Nullable String member;

    @Option(names = "--info", paramLabel = "TEXT", description = "the one line that join-info has printed on a member")
    private @Nullable String info;

    @Option(
            names = "--fingerprint",
            paramLabel = "FP",
            description = "SHA-256 of the member's certificate; shown to be confirmed unless given")
    private String fingerprint = "";

    @Option(
            names = "--token",
            paramLabel = "T",
            description = "a token that join-token has printed on the member; a password is asked for unless given")
    private String token = "";

    @Mixin
    private PasswordInput password = new PasswordInput();

    @Mixin
    private LinkOptions links = new LinkOptions();

    @Option(names = "--nodeid", paramLabel = "N", description = "id of the node; the lowest free one unless given")
    private @Nullable Integer nodeId;

    @Option(names = "--votes", paramLabel = "N", description = "votes of the node, 0 or more; 1 unless given")
    private @Nullable Integer votes;

    @Option(names = "--node-name", paramLabel = "N", description = "of the node; that of this host unless given")
    private String nodeName = "";

    @Option(names = "--port", paramLabel = "P", description = "TCP port of the member; 5404 unless given")
    private @Nullable Integer port;

    @Option(
            names = "--force",
            description = {
                "make warnings of some findings: a former cluster's files, which go to a backup; an equal node of this name;",
                "clocks that differ; links that do not work"
            })
    private boolean force;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        Path folder = Objects.requireNonNull(main).requiredDataDir(self.commandLine(), "the folder of the new node");
        PrintWriter out = self.commandLine().getOut();
        PrintWriter err = self.commandLine().getErr();
        JoinOptions options = options(self, err);
        try (Credential credential = credential()) {
            JoinResult result = FolderJoin.client(folder, Clock.systemUTC(), (step, sentence) -> {
                        err.println("quorate: " + sentence);
                        err.flush();
                    })
                    .join(options, credential);
            if (json) out.println(report(result, folder));
            else print(result, folder, out);
            out.flush();
            return 0;
        } catch (JoinFailure failure) {
            throw new CliFailure(told(failure));
        }
    }

    private JoinOptions options(CommandSpec self, PrintWriter err) {
        JoinOptions options;
        if (info != null) options = JoinOptions.of(JoinInfo.parse(info));
        else if (member != null) options = JoinOptions.of(member, asked(err));
        else throw new ParameterException(self.commandLine(), "Missing HOST or --info TEXT: which cluster to join");
        if (member != null || port != null)
            options = options.withMember(
                    member == null ? options.member() : member, port == null ? options.port() : port);
        if (!fingerprint.isEmpty()) options = options.withFingerprint(fingerprint);
        SortedMap<Integer, LinkParameter> own = links.links();
        for (int link : own.keySet()) options = options.withLink(link, Objects.requireNonNull(own.get(link)));
        options = options.withNodeName(nodeName).withPlace(number(nodeId), number(votes));
        return force ? options.forced() : options;
    }

    private static OptionalInt number(@Nullable Integer given) {
        return given == null ? OptionalInt.empty() : OptionalInt.of(given);
    }

    /** Without a terminal nobody says yes. */
    private static FingerprintConfirmation asked(PrintWriter err) {
        return shown -> {
            Optional<Console> console = Terminal.console();
            if (console.isEmpty())
                err.println("quorate: the member shows the fingerprint " + shown + "; give it with --fingerprint");
            return console.map(terminal -> terminal.readLine(
                            "The member shows the fingerprint%n  %s%nIs that right? (yes/no) ", shown))
                    .filter("yes"::equals)
                    .isPresent();
        };
    }

    private Credential credential() {
        if (!token.isEmpty()) {
            try (JoinToken read = JoinToken.parse(token.toCharArray())) {
                return Credential.token(read);
            }
        }
        char[] typed = password.read("Password for joiners at the member: ");
        try {
            return Credential.password(typed);
        } finally {
            Arrays.fill(typed, '\0');
        }
    }

    /** The sentence, or every finding on a line of its own. */
    private static String told(JoinFailure failure) {
        if (failure.findings().isEmpty()) return String.valueOf(failure.getMessage());
        StringBuilder text = new StringBuilder("the join is refused, nothing has changed:");
        for (JoinFinding finding : failure.findings())
            text.append(finding.blocks() ? "\n  ! " : "\n  * ").append(finding.sentence());
        if (failure.isForceable()) text.append("\n--force makes warnings of these");
        return text.toString();
    }

    private static void print(JoinResult result, Path folder, PrintWriter out) {
        NodeConfig node = node(result);
        ClusterConfig config = result.conf().toClusterConfig();
        for (String warning : warnings(result)) out.println("Warning: " + warning + ".");
        out.println("This is node " + node.name() + " (" + node.id() + ") of cluster " + config.clusterName()
                + " now, in " + folder + ".");
        out.println("Run it: quorate agent --data-dir " + folder);
        out.println("Wait for quorum: quorate await-quorum --data-dir " + folder);
    }

    private static JsonObject report(JoinResult result, Path folder) {
        NodeConfig node = node(result);
        ClusterConfig config = result.conf().toClusterConfig();
        return JsonObject.withSchema()
                .put("cluster", config.clusterName())
                .put("configVersion", config.configVersion())
                .put("node", node.name())
                .put("nodeId", node.id().value())
                .put("votes", node.votes())
                .put("warnings", warnings(result))
                .put("dataDir", folder.toString());
    }

    private static NodeConfig node(JoinResult result) {
        return result.conf().toClusterConfig().node(result.self()).orElseThrow();
    }

    private static List<String> warnings(JoinResult result) {
        List<String> all = new ArrayList<>(result.warnings());
        FolderJoin.offerForTwo(result.conf().toClusterConfig()).ifPresent(all::add);
        return all;
    }
}
