package org.quorate.examples.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quorate.core.join.FingerprintConfirmation;
import org.quorate.core.join.JoinFailure;
import org.quorate.core.join.JoinOptions;
import org.quorate.core.join.JoinResult;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.manage.FolderJoin;
import org.quorate.examples.agent.AdminClient;
import org.quorate.examples.agent.AdminException;
import org.quorate.examples.agent.FolderReports;
import org.quorate.examples.agent.FolderRequests;
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
            "Adds this machine to a cluster, as pvecm add does; the agent of the folder then runs the node.",
            "Everything is looked at before anything is changed, each link in both directions; what is found is listed at once."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class AddCommand implements Callable<Integer> {
    private static final String PROMPT = "Password for joiners at the member: ";
    /** From one line of an agent to the next: a cluster may take its time to decide. */
    private static final Duration AGENT_LIMIT = Duration.ofMinutes(5);

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
            description = {
                "a token that join-token has printed on the member; a password is asked for unless given.",
                "While this command runs, other users of this host see it in the list of processes: better --token-file"
            })
    private String token = "";

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "read the token from the first line of this file; - is standard input")
    private @Nullable Path tokenFile;

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
        Main top = Objects.requireNonNull(main);
        Path folder = top.requiredDataDir(self.commandLine(), "the folder of the new node");
        if (info == null && member == null)
            throw new ParameterException(self.commandLine(), "Missing HOST or --info TEXT: which cluster to join");
        PrintWriter err = self.commandLine().getErr();
        if (AdminClient.isServing(folder)) return askAgent(top, self, err);
        JoinOptions options = FolderRequests.join(request(), asked(err));
        try (Credential credential = credential()) {
            JoinResult result = FolderJoin.client(folder, Clock.systemUTC(), (step, sentence) -> {
                        err.println("quorate: " + sentence);
                        err.flush();
                    })
                    .join(options, credential);
            PrintWriter out = self.commandLine().getOut();
            if (json) out.println(FolderReports.joined(result, folder));
            else out.print(FolderReports.joinedText(result, folder, false));
            out.flush();
            return 0;
        } catch (JoinFailure failure) {
            throw new CliFailure(FolderReports.refusal(failure));
        }
    }

    private JsonObject request() {
        JsonObject request = new JsonObject()
                .put("command", "join")
                .put("address", member == null ? "" : member)
                .put("info", info == null ? "" : info)
                .put("fingerprint", fingerprint)
                .put("nodeName", nodeName)
                .put("links", FolderRequests.links(links.links()))
                .put("force", force);
        if (port != null) request.put("port", port);
        if (nodeId != null) request.put("nodeId", nodeId);
        if (votes != null) request.put("votes", votes);
        return request;
    }

    /** The agent of the folder does it; a fingerprint that nobody has said is confirmed in between. */
    private int askAgent(Main top, CommandSpec self, PrintWriter err) {
        JsonObject request = request();
        char[] secret = tokenText();
        boolean byToken = secret.length > 0;
        if (!byToken) secret = password.read(PROMPT);
        request.put(byToken ? "token" : "password", new String(secret));
        Arrays.fill(secret, '\0');
        String[] shown = {""};
        Consumer<JsonObject> hear = line -> shown[0] = line.text("fingerprint").orElse(shown[0]);
        try {
            return ChangeRequest.ask(top, self, request, AGENT_LIMIT, json, hear);
        } catch (AdminException refused) {
            if (shown[0].isEmpty() || !asked(err).isRight(shown[0])) throw refused;
            return ChangeRequest.ask(top, self, request.put("fingerprint", shown[0]), AGENT_LIMIT, json, hear);
        }
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

    /** Of the file, or as given; empty for none. The caller wipes it. */
    private char[] tokenText() {
        return tokenFile == null ? token.toCharArray() : PasswordInput.firstLine(tokenFile);
    }

    private Credential credential() {
        char[] secret = tokenText();
        boolean byToken = secret.length > 0;
        if (!byToken) secret = password.read(PROMPT);
        try {
            return byToken ? FolderRequests.token(secret) : Credential.password(secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }
}
