package org.quorate.examples.interop;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.quorate.ChangeException;
import org.quorate.ChangeOptions;
import org.quorate.ChangeReport;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.NodeId;
import org.quorate.View;
import org.quorate.core.change.shell.ChangeService;
import org.quorate.core.conf.ConfEdit;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.disk.HostDisk;
import org.quorate.examples.agent.AgentConfiguration;
import org.quorate.interop.Await;

/**
 * A node beside two daemons that wants another token timeout: it asks, is refused, leaves the new text in {@code wanted.conf}, waits for the
 * file {@code go} and asks again with the daemons named as prepared; then waits for the file {@code end}.
 */
final class ChangingNode {
    private static final long SECONDS = 60;

    private ChangingNode() {}

    /** Arguments: corosync.conf, data folder. */
    public static void main(String[] args) throws Exception {
        Path conf = Path.of(args[0]).toAbsolutePath();
        Path folder = conf.getParent();
        AgentConfiguration configuration =
                AgentConfiguration.load(Optional.of(conf), Optional.of(Path.of(args[1])), OptionalInt.empty());
        try (ClusterManager node = configuration.buildNode()) {
            node.addListener(new ClusterListener() {
                @Override
                public void onView(View view) {
                    System.out.println("view " + view.members().size());
                }
            });
            node.start().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
            awaitMembers(node, 3);
            Consumer<String> removed = why -> System.out.println(why);
            try (ChangeService changes = new ChangeService(
                    node,
                    configuration.self(),
                    folder,
                    LocalAddresses.ofThisHost(),
                    HostDisk.of(folder),
                    Clock.systemUTC(),
                    new SecureRandom(),
                    removed)) {
                run(changes, folder);
                System.out.println("running "
                        + node.status()
                                .toCompletableFuture()
                                .get(SECONDS, TimeUnit.SECONDS)
                                .configVersion());
                await(folder.resolve("end"));
            }
        }
        System.exit(0);
    }

    private static void run(ChangeService changes, Path folder) throws Exception {
        ConfEdit edit = new ConfEdit.Token(4321);
        String before = Files.readString(folder.resolve("corosync.conf"));
        try {
            changes.change(edit, ChangeOptions.DEFAULT).get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof ChangeException refused)) throw failed;
            boolean same = Files.readString(folder.resolve("corosync.conf")).equals(before);
            Files.writeString(folder.resolve("wanted.conf"), refused.configuration());
            System.out.println(
                    "refused " + refused.objections().get(0).kind() + " " + same + ": " + refused.getMessage());
        }
        await(folder.resolve("go"));
        ChangeOptions prepared = ChangeOptions.DEFAULT.withPrepared(Set.of(NodeId.of(1), NodeId.of(2)));
        ChangeReport report = changes.change(edit, prepared).get(SECONDS, TimeUnit.SECONDS);
        System.out.println("made " + report.configVersion());
    }

    private static void awaitMembers(ClusterManager node, int count) throws Exception {
        Await.until(
                MixedRing.SOON,
                "members",
                () -> "",
                () -> node.status()
                        .toCompletableFuture()
                        .join()
                        .view()
                        .filter(view -> view.members().size() == count)
                        .isPresent());
    }

    private static void await(Path file) {
        Await.until(MixedRing.SOON.multipliedBy(2), "the file " + file, () -> "", () -> Files.exists(file));
    }
}
