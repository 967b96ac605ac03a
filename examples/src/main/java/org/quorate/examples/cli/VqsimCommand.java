package org.quorate.examples.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterConfig;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.examples.vqsim.VqsimSession;
import org.quorate.quorum.VoteQuorum;
import org.quorate.quorum.sim.SimulatedCluster;
import org.quorate.quorum.sim.SimulatedCluster.Order;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quorate vqsim}. */
@Command(
        name = "vqsim",
        description =
                "Tries out what nodes decide: simulates the nodes of a corosync.conf, reads the commands of corosync-vqsim (and wait MS) from standard input and prints as it does. The command help lists them.",
        mixinStandardHelpOptions = true)
final class VqsimCommand implements Callable<Integer> {
    @Option(
            names = {"--conf", "-c"},
            paramLabel = "FILE",
            defaultValue = "/etc/corosync/corosync.conf",
            description = "the configuration (default: ${DEFAULT-VALUE})")
    private @Nullable Path conf;

    @Option(
            names = "--as-daemons",
            description =
                    "decide after the messages of a new ring instead of before, and let nodes that stop say so, as running daemons do")
    private boolean asDaemons;

    @Option(
            names = "--forget",
            description = "nodes that start again have forgotten their tracked expected votes, as Corosync's do")
    private boolean forget;

    @Option(names = "--terminal", description = "do not repeat the commands, which a terminal shows already")
    private boolean terminal;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        ClusterConfig config = CorosyncConf.read(Objects.requireNonNull(conf)).toClusterConfig();
        SimulatedCluster cluster = new SimulatedCluster(
                new VoteQuorum(),
                config.nodes(),
                config.quorumOptions(),
                asDaemons ? Order.DAEMON : Order.VQSIM,
                !forget);
        VqsimSession session = new VqsimSession(cluster, out);
        session.start(config.nodes());
        run(session, new InputStreamReader(System.in, StandardCharsets.UTF_8), out);
        return 0;
    }

    /** The output has the commands too, as corosync-vqsim's does. */
    private void run(VqsimSession session, Reader in, PrintWriter out) {
        BufferedReader commands = new BufferedReader(in);
        try {
            while (true) {
                out.print(VqsimSession.PROMPT);
                out.flush();
                String line = commands.readLine();
                if (line == null) return;
                if (!terminal) out.println(line);
                if (!session.command(line)) return;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
