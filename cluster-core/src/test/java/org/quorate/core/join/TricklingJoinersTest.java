package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Peers that always have something more to say, and never come to an end. */
class TricklingJoinersTest {
    @TempDir(factory = MemoryFolders.class)
    Path top;

    private JoinWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new JoinWorld(top);
    }

    @AfterEach
    void close() {
        world.close();
    }

    /** From several addresses, so that every conversation that there can be is one of theirs, an octet at a time. */
    @Test
    void whoeverTricklesHoldsAPlaceForItsTimeAndNotLonger() throws Exception {
        world.restart(JoinWorld.LIMITS.withTimes(
                Duration.ofSeconds(2), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMillis(50)));
        List<Socket> slow = new ArrayList<>();
        try {
            for (int source = 2; source < 5; source++)
                for (int i = 0; i < 4; i++) {
                    Socket socket = new Socket();
                    slow.add(socket);
                    socket.bind(new InetSocketAddress("127.0.0." + source, 0));
                    socket.connect(world.server.address());
                    socket.setTcpNoDelay(true);
                }
            byte[] hello = {22, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 252, 3, 3}; // of 16384 octets
            int[] sent = new int[slow.size()];
            world.await("all were cut off", () -> {
                for (int i = 0; i < sent.length; i++)
                    trickle(slow.get(i), sent[i] < hello.length ? hello[sent[i]++] : 0);
                return world.count(JoinCounter.DROPPED_LATE) == sent.length;
            });
            assertThat(world.count(JoinCounter.ACCEPTED)).isEqualTo(sent.length);
        } finally {
            for (Socket each : slow) each.close();
        }
        world.restart(JoinWorld.LIMITS);
        world.client(top.resolve("pear")).join(world.options(), world.credential());
        world.assertWhole(top.resolve("pear"), "an honest join after the slow ones");
    }

    private static void trickle(Socket socket, int octet) {
        try {
            socket.getOutputStream().write(octet);
        } catch (IOException cutOff) {
            // the counter tells
        }
    }
}
