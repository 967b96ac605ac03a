package org.quorate.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides whether tests with {@link RequiresCorosync} run, and keeps the evidence when one fails. */
final class CorosyncExtension implements ExecutionCondition, BeforeTestExecutionCallback, AfterTestExecutionCallback {
    private static final List<String> COMMANDS = List.of(
            "corosync",
            "corosync-quorumtool",
            "corosync-cfgtool",
            "corosync-cmapctl",
            "ip",
            "nsenter",
            "unshare",
            "nft");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Missing.REASON.isEmpty()) return ConditionEvaluationResult.enabled("corosync is installed");
        if (Missing.REQUIRED) throw new AssertionError("QUORATE_INTEROP=required, but " + Missing.REASON.get());
        return ConditionEvaluationResult.disabled(Missing.REASON.get());
    }

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        CorosyncCluster.forgetClosed();
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isEmpty()) return;
        Path folder = Files.createDirectories(Path.of("target", "interop-logs"));
        String name = context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName();
        List<String> reports = new ArrayList<>(CorosyncCluster.closed());
        for (CorosyncCluster cluster : CorosyncCluster.alive()) reports.add(cluster.report(Integer.MAX_VALUE));
        for (int i = 0; i < reports.size(); i++) {
            Path file = folder.resolve(name + "-" + (i + 1) + ".txt");
            Files.writeString(file, reports.get(i));
            System.err.println("state and logs of a cluster: " + file);
        }
    }

    /** Found out once for a JVM, and printed once. */
    private static final class Missing {
        static final boolean REQUIRED = "required".equals(System.getenv("QUORATE_INTEROP"));
        static final Optional<String> REASON = find();

        private static Optional<String> find() {
            Optional<String> reason = look();
            if (!REQUIRED) reason.ifPresent(why -> System.out.println("interoperability tests skipped: " + why));
            return reason;
        }

        private static Optional<String> look() {
            List<String> absent = new ArrayList<>(COMMANDS);
            absent.removeIf(Missing::onPath);
            if (absent.contains("corosync"))
                return Optional.of("corosync is not installed (Debian: apt install corosync iproute2 nftables)");
            if (!absent.isEmpty()) return Optional.of("commands are missing: " + String.join(", ", absent));
            try (Sandbox sandbox = Sandbox.open()) {
                CommandResult bridge = sandbox.run("ip link add probe type bridge", Duration.ofSeconds(10));
                return bridge.exitCode() == 0
                        ? Optional.empty()
                        : Optional.of(
                                "no bridge can be made here: " + bridge.output().strip());
            } catch (IllegalStateException e) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
        }

        private static boolean onPath(String command) {
            String path = Optional.ofNullable(System.getenv("PATH")).orElse("") + ":/usr/sbin:/sbin";
            for (String folder : path.split(":"))
                if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, command))) return true;
            return false;
        }
    }
}
