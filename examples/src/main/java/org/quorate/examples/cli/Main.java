package org.quorate.examples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.examples.agent.AdminException;
import org.quorate.examples.bench.BenchFailure;
import org.quorate.examples.quickstart.QuickstartFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code quorate}: options that all commands share, and how failures are told. */
@Command(
        name = "quorate",
        description = "Runs and asks nodes of a Quorate cluster.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        usageHelpAutoWidth = true,
        footer = {"", "Exit codes: 0 success, 1 refusal or failure, 2 wrong usage, 3 the node is in no cluster."})
public final class Main implements Runnable {
    /** By the names that they have on the command line, in the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            QuickstartCommand.class,
            CreateCommand.class,
            AgentCommand.class,
            AddCommand.class,
            JoinInfoCommand.class,
            StatusCommand.class,
            NodesCommand.class,
            MembersCommand.class,
            LinksCommand.class,
            GroupCommand.class,
            QuorumCommand.class,
            ExpectedCommand.class,
            AwaitQuorumCommand.class,
            ReloadCommand.class,
            JoinPasswordCommand.class,
            JoinTokenCommand.class,
            DelnodeCommand.class,
            LeaveCommand.class,
            LinkCommand.class,
            SetCommand.class,
            RotateKeyCommand.class,
            ConfigCommand.class,
            KeygenCommand.class,
            UpdatecertsCommand.class,
            ApiverCommand.class,
            VqsimCommand.class,
            BenchCommand.class,
            SimCommand.class,
            RehearseCommand.class);

    /** Exit code if the node that was asked for is in no cluster. */
    static final int NO_CLUSTER = 3;

    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

    @Option(
            names = "--data-dir",
            paramLabel = "D",
            scope = ScopeType.INHERIT,
            description = "the node's folder, with its state and the socket of its agent")
    private @Nullable Path dataDir;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "show where a failure comes from")
    private boolean verbose;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs one command and ends the JVM with its exit code. */
    public static void main(String[] args) {
        // The logger reads these when the first class that logs is loaded, which is after this.
        if (System.getProperty(LOG_LEVEL) == null) System.setProperty(LOG_LEVEL, logLevel(Arrays.asList(args)));
        System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
        System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS");
        System.exit(commandLine(args, standard(FileDescriptor.out), standard(FileDescriptor.err))
                .execute(args));
    }

    /** The agent's log is its operator's; the quickstart tells by itself what happens, failures of its own making included. */
    private static String logLevel(List<String> args) {
        if (args.contains("agent")) return "info";
        return args.contains("quickstart") && !args.contains("--verbose") ? "error" : "warn";
    }

    /**
     * The command line, writing to {@code out} and {@code err}: with the commands that these arguments name, or with all if they name none. Each
     * command costs a start some 50 ms of reflection.
     */
    static CommandLine commandLine(String[] args, PrintWriter out, PrintWriter err) {
        Main main = new Main();
        CommandLine line = new CommandLine(main);
        List<String> words = Arrays.asList(args);
        List<Class<?>> named = COMMANDS.stream()
                .filter(command -> words.contains(nameOf(command)))
                .toList();
        (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
        return line.setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(Main::wrongUsage)
                .setExecutionExceptionHandler((failure, command, parsed) -> main.failed(failure, command));
    }

    private static String nameOf(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    /** Only reached without a command. */
    @Override
    public void run() {
        if (spec != null) throw new ParameterException(spec.commandLine(), "Missing command");
    }

    /** The data folder, if one is given. */
    Optional<Path> dataDir() {
        return Optional.ofNullable(dataDir);
    }

    /** The data folder of the agent to ask. */
    Path requiredDataDir(CommandLine command) {
        return requiredDataDir(command, "the data folder of the agent to ask");
    }

    /** The data folder, which is {@code what} here. */
    Path requiredDataDir(CommandLine command, String what) {
        return dataDir().orElseThrow(() -> new ParameterException(command, "Missing --data-dir D: " + what));
    }

    private static int wrongUsage(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("quorate: " + failure.getMessage());
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private int failed(Exception failure, CommandLine command) {
        boolean expected = failure instanceof ClusterException
                || failure instanceof AdminException
                || failure instanceof QuickstartFailure
                || failure instanceof BenchFailure
                || failure instanceof CliFailure;
        command.getErr().println("quorate: " + (expected ? failure.getMessage() : "unexpected failure: " + failure));
        if (verbose || !expected) failure.printStackTrace(command.getErr());
        command.getErr().flush();
        return isWithoutCluster(failure) ? NO_CLUSTER : CommandLine.ExitCode.SOFTWARE;
    }

    private static boolean isWithoutCluster(Exception failure) {
        if (failure instanceof AdminException refused) return refused.reason().equals(Reason.NOT_IN_CLUSTER.name());
        return failure instanceof ClusterException clear && clear.reason() == Reason.NOT_IN_CLUSTER;
    }

    private static PrintWriter standard(FileDescriptor descriptor) {
        return new PrintWriter(new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
    }
}
