package org.quorate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.examples.json.JsonObject;

/** The socket serves its owner only, and no client, however bad, keeps others from being served. */
@Timeout(30)
class AdminSocketTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    @Test
    void answersARequestWithOneObject() {
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo)) {
            assertThat(ask("{\"command\":\"x\"}"))
                    .isEqualTo("{\"schema\":1,\"ok\":true,\"echo\":{\"command\":\"x\"}}\n");
            assertThat(socket).isNotNull();
        }
    }

    @Test
    void answersAClientThatHasEndedItsOwnSide() throws IOException {
        List<AdminRequest> requests = new CopyOnWriteArrayList<>();
        try (AdminSocket socket = open(LONG, requests::add);
                SocketChannel client = connect()) {
            assertThat(socket).isNotNull();
            client.write(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.US_ASCII)));
            client.shutdownOutput();
            await().atMost(LONG).until(() -> requests.size() == 1);
            // By the time that the socket takes a later client's request, it has seen the end of the first one's input.
            try (SocketChannel later = connect()) {
                later.write(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.US_ASCII)));
                await().atMost(LONG).until(() -> requests.size() == 2);
            }
            requests.get(0).succeed(new JsonObject());
            assertThat(readAll(client)).isEqualTo("{\"schema\":1,\"ok\":true}\n");
        }
    }

    @Test
    void isForItsOwnerOnlyAndGoneAfterClose() throws IOException {
        Path file = folder.resolve("agent.sock");
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo)) {
            assertThat(socket).isNotNull();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            try (var files = Files.list(folder)) {
                assertThat(files).containsExactly(file);
            }
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void replacesTheSocketOfADeadAgent() throws IOException {
        Path file = folder.resolve("agent.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(file));
        }
        assertThat(file).exists();
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo)) {
            assertThat(socket).isNotNull();
            assertThat(ask("{}")).contains("\"ok\":true");
        }
    }

    @Test
    void leavesTheSocketOfALivingAgentAlone() {
        try (AdminSocket living = open(LONG, AdminSocketTest::echo)) {
            assertThat(living).isNotNull();
            assertThatThrownBy(() -> open(LONG, AdminSocketTest::echo))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("another agent serves");
            assertThat(ask("{}")).contains("\"ok\":true");
        }
    }

    @Test
    void saysWhatIsWrongWithABadRequest() {
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo)) {
            assertThat(socket).isNotNull();
            assertThat(ask("hello")).contains("\"ok\":false").contains("the request was not understood");
            assertThat(ask("")).contains("\"ok\":false").contains("it is not a JSON object");
            assertThat(ask("\u0000\u0001")).contains("\"ok\":false");
        }
    }

    @Test
    void refusesARequestWithoutEnd() throws IOException {
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo);
                SocketChannel client = connect()) {
            assertThat(socket).isNotNull();
            ByteBuffer flood =
                    ByteBuffer.wrap("x".repeat(AdminSession.MAX_REQUEST_BYTES).getBytes(StandardCharsets.US_ASCII));
            while (flood.hasRemaining()) client.write(flood);
            assertThat(readAll(client)).contains("the request is longer than 65536 bytes");
        }
    }

    @Test
    void aHandlerThatThrowsIsARefusalAndHarmsNobody() {
        try (AdminSocket socket = open(LONG, request -> {
            throw new IllegalStateException("broken");
        })) {
            assertThat(socket).isNotNull();
            assertThat(ask("{}")).contains("\"ok\":false").contains("broken");
            assertThat(ask("{}")).contains("\"ok\":false").contains("broken");
        }
    }

    @Test
    void hangsUpOnAClientThatAsksNothing() throws IOException {
        try (AdminSocket socket = open(Duration.ofMillis(100), AdminSocketTest::echo);
                SocketChannel silent = connect()) {
            assertThat(socket).isNotNull();
            assertThat(readAll(silent)).isEmpty();
        }
    }

    @Test
    void tellsTheClientWhenTheNodeDoesNotAnswer() {
        try (AdminSocket socket = open(Duration.ofMillis(100), request -> {})) {
            assertThat(socket).isNotNull();
            assertThat(ask("{}")).contains("\"ok\":false").contains("the node did not answer within");
        }
    }

    @Test
    void servesOthersWhileClientsAreStuck() throws IOException {
        try (AdminSocket socket = open(LONG, AdminSocketTest::echo)) {
            assertThat(socket).isNotNull();
            List<SocketChannel> stuck = new ArrayList<>();
            for (int i = 0; i < AdminSocket.MAX_CLIENTS - 1; i++) stuck.add(connect());
            stuck.get(0).write(ByteBuffer.wrap("{\"half\":".getBytes(StandardCharsets.US_ASCII)));
            assertThat(ask("{}")).contains("\"ok\":true");
            for (SocketChannel client : stuck) client.close();
        }
    }

    @Test
    void whoComesWhenItIsFullIsServedAsSoonAsThereIsRoom() throws IOException {
        try (AdminSocket socket = open(Duration.ofMillis(300), AdminSocketTest::echo)) {
            assertThat(socket).isNotNull();
            List<SocketChannel> stuck = new ArrayList<>();
            for (int i = 0; i < AdminSocket.MAX_CLIENTS; i++) stuck.add(connect());
            assertThat(ask("{}")).contains("\"ok\":true");
            for (SocketChannel client : stuck) client.close();
        }
    }

    @Test
    void cutsOffAStreamThatIsNotRead() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (AdminSocket socket = open(LONG, request -> {
                    request.onGone(gone::countDown);
                    for (int i = 0; i < 100; i++) request.line(new JsonObject().put("line", "x".repeat(100_000)));
                });
                SocketChannel lazy = connect()) {
            assertThat(socket).isNotNull();
            lazy.write(ByteBuffer.wrap("{}\n".getBytes(StandardCharsets.US_ASCII)));
            assertThat(gone.await(20, TimeUnit.SECONDS)).as("cut off").isTrue();
        }
    }

    @Test
    void noticesThatAListenerIsGone() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        try (AdminSocket socket = open(LONG, request -> {
            request.line(new JsonObject().put("kind", "listening"));
            request.onGone(gone::countDown);
        })) {
            assertThat(socket).isNotNull();
            try (AdminClient client = AdminClient.connect(folder)) {
                client.send(new JsonObject(), LONG);
                assertThat(client.next(LONG).orElseThrow().text("kind")).hasValue("listening");
            }
            assertThat(gone.await(20, TimeUnit.SECONDS)).as("noticed").isTrue();
        }
    }

    @Test
    void refusesAPathThatIsTooLongWithASentence() {
        assertThatThrownBy(() -> AdminSocket.open(folder.resolve("x".repeat(100)), LONG, AdminSocketTest::echo))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("at most 107");
    }

    @Test
    void theClientSaysThatThereIsNoAgent() {
        assertThatThrownBy(() -> AdminClient.ask(folder, new JsonObject(), LONG))
                .isInstanceOf(AdminException.class)
                .hasMessageContaining("no agent runs on the data folder");
    }

    @Test
    void theClientDoesNotWaitForEver() {
        try (AdminSocket socket = open(LONG, request -> {})) {
            assertThat(socket).isNotNull();
            assertThatThrownBy(() -> AdminClient.ask(folder, new JsonObject(), Duration.ofMillis(100)))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining("did not answer within");
        }
    }

    private static void echo(AdminRequest request) {
        request.succeed(new JsonObject().put("echo", request.body()));
    }

    private AdminSocket open(Duration timeout, Consumer<AdminRequest> handler) {
        return AdminSocket.open(folder, timeout, handler);
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve("agent.sock")));
    }

    private String ask(String line) {
        try (SocketChannel client = connect()) {
            client.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return readAll(client);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String readAll(SocketChannel client) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        while (client.read(buffer) >= 0) {
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
            buffer.clear();
        }
        return text.toString();
    }
}
