package org.quorate.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterManager;
import org.quorate.FolderBuilder;
import org.quorate.Link;
import org.quorate.testkit.FreePort;

/** The example as two users run it, and a link added while it runs. */
@Timeout(120)
class OrdersTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path temp;

    @Test
    void twoInstancesBecomeAClusterAndTalk() throws IOException {
        int port = FreePort.udp();
        int joinPort = FreePort.tcp();
        ByteArrayOutputStream first = new ByteArrayOutputStream();
        ByteArrayOutputStream second = new ByteArrayOutputStream();
        char[] password = "orders of plums".toCharArray();
        try (ClusterManager one = builder("app-1", 1, port, joinPort).start();
                ClusterManager two = builder("app-2", 2, port, joinPort).start()) {
            Orders.run(one, List.of(), password.clone(), joinPort, print(first));
            Orders.run(two, List.of(one.joinInfo().encode()), password.clone(), joinPort, print(second));

            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(text(first)).contains(": hello from app-2", "+[2] -[]"));
            assertThat(text(first)).contains("view 1.", "Quorate: yes, 1 of 1 votes", ": hello from app-1");
            assertThat(text(second)).contains("Quorate: yes, 2 of 2 votes", ": hello from app-2");

            one.links()
                    .add(2, Map.of("app-1", "127.0.4.1", "app-2", "127.0.4.2"))
                    .join();
            assertThat(two.status().toCompletableFuture().join().links())
                    .anySatisfy(link -> assertThat(link.link()).isEqualTo(2));
        }
    }

    private FolderBuilder builder(String name, int number, int port, int joinPort) {
        return ClusterManager.builder()
                .nodeName(name)
                .dataDir(temp.resolve(name))
                .link(Link.udp(0, "127.0.2." + number, port))
                .link(Link.udp(1, "127.0.3." + number, port).priority(5))
                .joinPort(joinPort);
    }

    private static PrintStream print(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static String text(ByteArrayOutputStream of) {
        return of.toString(StandardCharsets.UTF_8);
    }
}
