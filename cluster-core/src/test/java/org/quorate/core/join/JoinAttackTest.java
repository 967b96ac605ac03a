package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.auth.Credential;
import org.quorate.core.join.auth.JoinToken;
import org.quorate.core.join.auth.JoinerProof;
import org.quorate.core.join.auth.PasswordFile;
import org.quorate.core.join.auth.TokenFile;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.tls.JoinConnection;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinMessage.Purpose;

/** Whoever attacks a join port gets one clear refusal, and neither side is harmed. */
class JoinAttackTest {
    private static final char[] PASSWORD = "correct horse battery".toCharArray();

    @TempDir(factory = MemoryFolders.class)
    Path top;

    private JoinWorld world;

    @BeforeEach
    void open() throws IOException {
        world = new JoinWorld(top);
    }

    @AfterEach
    void close() {
        assertThat(world.cluster.lists("pear")).isEqualTo(world.cluster.isConfirmed("pear"));
        world.close();
    }

    private JoinFailure refused(JoinOptions options, Credential credential) throws IOException {
        Path data = top.resolve("pear");
        try {
            world.client(data).join(options, credential);
        } catch (JoinFailure failed) {
            assertThat(NodeFolder.at(data).isInCluster()).isFalse();
            assertThat(NodeFolder.at(data).isJoinPending()).isFalse();
            return failed;
        }
        throw new AssertionError("joined");
    }

    private void assertAnHonestOneJoins() throws IOException {
        world.client(top.resolve("pear")).join(world.options(), world.credential());
        world.assertWhole(top.resolve("pear"), "an honest join after the attack");
    }

    private PasswordFile password() throws IOException {
        return new PasswordFile(world.folder, HostDisk.of(world.folder), world.random);
    }

    @Test
    void aWrongPasswordIsRefusedLikeAnyOneWhereNoneIsSet() throws IOException {
        JoinFailure none = refused(world.options(), Credential.password(PASSWORD));
        password().set(PASSWORD);
        JoinFailure wrong = refused(world.options(), Credential.password("correct horse batterz".toCharArray()));
        assertThat(wrong.problem()).isEqualTo(Problem.CREDENTIAL_REFUSED).isEqualTo(none.problem());
        assertThat(wrong).hasMessage(none.getMessage());
        assertThat(world.count(JoinCounter.REFUSED_CREDENTIAL)).isEqualTo(2);
        world.client(top.resolve("pear")).join(world.options(), Credential.password(PASSWORD));
        world.assertWhole(top.resolve("pear"), "with the right password");
    }

    @Test
    void aTokenThatIsUsedEndedUnknownOrAlteredIsRefusedInOneSentence() throws IOException {
        JoinToken used = world.token();
        world.client(top.resolve("pear")).join(world.options(), Credential.token(used));
        world.cluster.remove("pear");
        Path plum = top.resolve("plum");
        List<String> sentences = new ArrayList<>();
        JoinToken stolen = world.token();
        assertThat(world.tokens().use(stolen.number(), "another joiner")).isTrue();
        JoinToken unknown = new TokenFile(top, HostDisk.of(top), world.clock, world.random).issue(Duration.ofHours(1));
        Clock past = Clock.offset(world.clock, Duration.ofHours(-1));
        JoinToken ended =
                new TokenFile(world.folder, HostDisk.of(top), past, world.random).issue(Duration.ofMinutes(15));
        for (JoinToken each : List.of(used, stolen, unknown, ended)) {
            world.restart(JoinWorld.LIMITS); // forgets the failures of before
            assertThatThrownBy(() -> world.client(plum).join(world.options(), Credential.token(each)))
                    .isInstanceOfSatisfying(JoinFailure.class, e -> {
                        assertThat(e.problem()).isEqualTo(Problem.CREDENTIAL_REFUSED);
                        sentences.add(e.getMessage().replaceAll("port [0-9]+", "port"));
                    });
        }
        assertThat(sentences).hasSize(4).containsOnly(sentences.get(0));
        assertThat(plum).doesNotExist();
        char[] text = world.token().text().toCharArray();
        text[text.length - 3] = text[text.length - 3] == 'x' ? 'y' : 'x';
        assertThatThrownBy(() -> JoinToken.parse(text)).hasMessageContaining("altered");
    }

    @Test
    void aMemberWithAnotherCertificateHearsNothing() throws IOException {
        String other = world.fingerprint.substring(0, 93) + (world.fingerprint.endsWith("00") ? "11" : "00");
        JoinFailure failed = refused(world.options().withFingerprint(other), world.credential());
        assertThat(failed.problem()).isEqualTo(Problem.FINGERPRINT_WRONG);
        assertThat(failed).hasMessageContaining(world.fingerprint);
        world.await("the handshake has failed", () -> world.count(JoinCounter.DROPPED_TLS) == 1);
        assertThat(world.count(JoinCounter.DROPPED_ENDED)).isZero();
    }

    @Test
    void aFingerprintThatNobodyKnowsIsForAPersonToConfirm() throws IOException {
        JoinOptions byHand = JoinOptions.of("127.0.0.1", FingerprintConfirmation.REFUSED)
                .withMember("127.0.0.1", world.server.address().getPort());
        assertThat(refused(byHand, world.credential()).problem()).isEqualTo(Problem.FINGERPRINT_UNCONFIRMED);
        List<String> asked = new ArrayList<>();
        JoinOptions confirmed = JoinOptions.of("127.0.0.1", fingerprint -> {
                    asked.add(fingerprint);
                    return true;
                })
                .withMember("127.0.0.1", world.server.address().getPort());
        world.client(top.resolve("pear")).join(confirmed, world.credential());
        assertThat(asked).containsExactly(world.fingerprint);
        world.assertWhole(top.resolve("pear"), "by hand");
    }

    @Test
    void guessesAreSlowedDownAndTokensOfOthersStillWork() throws IOException {
        password().set(PASSWORD);
        for (int i = 0; i < 3; i++)
            assertThat(refused(world.options(), Credential.password("wrong password".toCharArray()))
                            .problem())
                    .isEqualTo(Problem.CREDENTIAL_REFUSED);
        JoinFailure later = refused(world.options(), Credential.password(PASSWORD));
        assertThat(later.problem()).isEqualTo(Problem.TRY_LATER);
        assertThat(later).hasMessageContaining("try again in");
        assertThat(world.count(JoinCounter.REFUSED_TOO_EARLY)).isEqualTo(1);
    }

    @Test
    void aJoinForAnotherClusterIsRefusedAndCounted() throws IOException {
        JoinOptions options = world.options();
        JoinOptions other = new JoinOptions(
                options.member(),
                options.port(),
                options.fingerprint(),
                options.confirmation(),
                "vineyard",
                options.clusterLinks(),
                "",
                options.links(),
                options.nodeId(),
                options.votes(),
                true);
        assertThat(refused(other, world.credential()).problem()).isEqualTo(Problem.WRONG_CLUSTER);
        assertThat(world.count(JoinCounter.REFUSED_CLUSTER)).isEqualTo(1);
    }

    @Test
    void aClockThatIsOffByADayIsRefusedUnlessForced() throws IOException {
        for (int day : new int[] {-1, 1}) {
            Clock right = world.clock;
            world.clock = Clock.offset(right, Duration.ofDays(day));
            JoinClient off = world.client(top.resolve("pear"));
            world.clock = right;
            assertThatThrownBy(() -> off.join(world.options(), world.credential()))
                    .isInstanceOfSatisfying(
                            JoinFailure.class, e -> assertThat(e.isForceable()).isTrue())
                    .hasMessageMatching("(?s).*8(6399|640[0-9]) s " + (day < 0 ? "behind" : "ahead of") + ".*");
            off.join(world.options().forced(), world.credential());
            world.assertWhole(top.resolve("pear"), "forced");
            world.cluster.remove("pear");
            deleteAll(top.resolve("pear"));
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var all = java.nio.file.Files.walk(folder)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) java.nio.file.Files.delete(each);
        }
    }

    @Test
    void aFloodOfConnectionsIsRefusedAndLeavesTheMemberAlone() throws IOException {
        List<Socket> flood = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) flood.add(connect());
            world.await("all but four were refused", () -> world.count(JoinCounter.REFUSED_BUSY) == 296);
            assertThat(world.count(JoinCounter.ACCEPTED)).isEqualTo(4);
        } finally {
            for (Socket each : flood) each.close();
        }
        world.await("those have gone", () -> world.count(JoinCounter.DROPPED_TLS) == 4);
        assertAnHonestOneJoins();
    }

    @Test
    void whoeverIsSlowIsCutOffWhereverItIs() throws Exception {
        world.restart(JoinWorld.LIMITS.withTimes(
                Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofSeconds(3), Duration.ofMillis(50)));
        Socket silent = connect();
        Socket half = connect();
        half.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1});
        SSLSocket inHello = tls();
        inHello.getOutputStream().write(new byte[] {0, 0, 0, 100, '{'});
        for (Socket each : List.of(silent, half, inHello))
            assertThatThrownBy(() -> readToEnd(each)).isInstanceOf(IOException.class);
        world.await("all were cut off", () -> world.count(JoinCounter.DROPPED_LATE) == 3);
        world.restart(JoinWorld.LIMITS);
        assertAnHonestOneJoins();
    }

    private static void readToEnd(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        throw new IOException("it has ended");
    }

    @Test
    void whatIsNoMessageIsDroppedAndCounted() throws Exception {
        List<byte[]> junk = List.of(
                framed(0x7fffffff, ""),
                framed(-1, ""),
                framed(JoinMessage.MAX_BYTES + 1, ""),
                framed(0, ""),
                framed(4, "null"),
                framed(2, "{}"),
                framed(3, "{}}"),
                framed(20, "{\"is\":\"hello\",\"is\":1}".substring(0, 20)),
                framed(9_000, "[".repeat(9_000)),
                text("{\"is\":\"hello\",\"format\":1,\"api\":1,\"purpose\":\"join\",\"cluster\":7}"),
                text("{\"is\":\"hello\",\"format\":1e9,\"api\":1,\"purpose\":\"join\",\"cluster\":\"\"}"),
                text("{\"is\":\"hello\",\"format\":1,\"api\":1,\"purpose\":\"join\",\"cluster\":\"\",\"x\":"
                        + "{\"a\":".repeat(20) + "1" + "}".repeat(20) + "}"),
                text("{\"is\":\"hello\",\"x\":[" + "1,".repeat(30_000) + "1]}"),
                text("{\"is\":\"written\"}"),
                text("{\"is\":\"check\",\"name\":\"pear\",\"request\":\"\",\"api\":1}"));
        for (byte[] each : junk) {
            try (SSLSocket socket = tls()) {
                socket.getOutputStream().write(each);
                socket.getOutputStream().flush();
                assertThatThrownBy(() -> readToEnd(socket)).isInstanceOf(IOException.class);
            }
        }
        world.await("all were dropped", () -> world.count(JoinCounter.DROPPED_MALFORMED) == junk.size());
        assertThat(world.cluster.history()).isEmpty();
        assertAnHonestOneJoins();
    }

    private static byte[] text(String json) {
        return framed(json.length(), json);
    }

    private static byte[] framed(int length, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(length);
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return bytes.toByteArray();
    }

    @Test
    void aRecordedJoinIsOfNoUseToReplay() throws Exception {
        ByteArrayOutputStream recorded = new ByteArrayOutputStream();
        Path data = top.resolve("pear");
        try (ServerSocket between = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread relay = JoinWorld.threads().newThread(() -> relay(between, recorded));
            relay.start();
            world.client(data)
                    .join(world.options().withMember("127.0.0.1", between.getLocalPort()), world.credential());
            relay.join(20_000);
        }
        world.assertWhole(data, "through the recorder");
        assertThat(new String(recorded.toByteArray(), StandardCharsets.ISO_8859_1))
                .doesNotContain("pear", "10.77.0.2", "hello");
        List<String> before = world.cluster.history();
        try (Socket replay = connect()) {
            replay.getOutputStream().write(recorded.toByteArray());
            assertThatThrownBy(() -> readToEnd(replay)).isInstanceOf(IOException.class);
        }
        world.await("TLS has refused it", () -> world.count(JoinCounter.DROPPED_TLS) == 1);
        assertThat(world.cluster.history()).isEqualTo(before);
    }

    private void relay(ServerSocket between, OutputStream recorded) {
        try (Socket joiner = between.accept();
                Socket member = connect()) {
            Thread back = JoinWorld.threads().newThread(() -> copy(member, joiner, OutputStream.nullOutputStream()));
            back.start();
            copy(joiner, member, recorded);
            back.join(20_000);
        } catch (IOException | InterruptedException over) {
            // the conversation has ended
        }
    }

    private static void copy(Socket from, Socket to, OutputStream record) {
        try {
            InputStream in = from.getInputStream();
            byte[] buffer = new byte[8192];
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                record.write(buffer, 0, length);
                to.getOutputStream().write(buffer, 0, length);
            }
            to.shutdownOutput();
        } catch (IOException over) {
            // the other direction ends, too
        }
    }

    /** The worst case: a person has confirmed the fingerprint of the machine in the middle, and that one relays the proof. */
    @Test
    void aMachineInTheMiddleLearnsNothingOfUseEvenIfItsFingerprintWasConfirmed() throws Exception {
        List<JoinMessage> heard = Collections.synchronizedList(new ArrayList<>());
        Path elsewhere = top.resolve("mallory");
        ClusterCreation.create(elsewhere, CreateOptions.of("orchard"), JoinWorld.APPLE, world.clock, step -> {});
        NodeFolder files = NodeFolder.at(elsewhere);
        Identity mallory = new Identity(files.certificate("node.pem"), files.key("node.key"));
        List<JoinMessage> answers = Collections.synchronizedList(new ArrayList<>());
        try (ServerSocket between = new ServerSocket(0, 4, InetAddress.getLoopbackAddress())) {
            Thread relay = JoinWorld.threads().newThread(() -> relayMessages(between, mallory, heard, answers));
            relay.start();
            JoinOptions fooled =
                    JoinOptions.of("127.0.0.1", fingerprint -> true).withMember("127.0.0.1", between.getLocalPort());
            JoinFailure failed = refused(fooled, world.credential());
            assertThat(failed.problem()).isEqualTo(Problem.CREDENTIAL_REFUSED);
        }
        assertThat(heard.stream().map(each -> each.getClass().getSimpleName()))
                .containsExactly("Hello", "Start", "Proof");
        assertThat(heard.toString()).doesNotContain("pear", "10.77.0.2");
        assertThat(answers.get(answers.size() - 1)).isInstanceOf(JoinMessage.Refused.class);
        assertThat(world.count(JoinCounter.REFUSED_CREDENTIAL)).isEqualTo(1);
        assertThat(world.cluster.history()).isEmpty();
        assertAnHonestOneJoins();
    }

    private void relayMessages(ServerSocket between, Identity own, List<JoinMessage> heard, List<JoinMessage> answers) {
        try (Socket look = between.accept()) { // the joiner sees which certificate is shown
            JoinConnection.accept(look, own, world.random);
        } catch (IOException hungUp) {
            // as it should
        }
        try (JoinConnection joiner = JoinConnection.accept(between.accept(), own, world.random);
                JoinConnection member = JoinConnection.connect(
                        world.server.address(),
                        Optional.empty(),
                        fingerprint -> true,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        world.random)) {
            JoinMessage answer;
            do {
                heard.add(joiner.receive());
                member.send(heard.get(heard.size() - 1));
                answer = member.receive();
                answers.add(answer);
                joiner.send(answer);
            } while (!(answer instanceof JoinMessage.Refused));
        } catch (IOException over) {
            // the test sees what was heard
        }
    }

    /** Whoever has recorded what was said inside TLS, too, cannot use it again: the member's nonce is another one. */
    @Test
    void aProofIsGoodForOneConversationOnly() throws Exception {
        JoinToken token = world.token();
        JoinerProof first = new JoinerProof(
                Credential.token(token),
                Fingerprint.bytes(NodeFolder.at(world.folder).certificate("node.pem")),
                world.random);
        JoinMessage.Proof recorded;
        try (JoinConnection member = greeted()) {
            member.send(first.start());
            recorded = first.answer((JoinMessage.Challenge) member.receive()).orElseThrow();
            member.send(recorded);
            assertThat(first.isProvedBy((JoinMessage.Accepted) member.receive()))
                    .isTrue();
        }
        try (JoinConnection member = greeted()) {
            member.send(first.start());
            member.receive();
            member.send(recorded);
            assertThat(member.receive()).isInstanceOf(JoinMessage.Refused.class);
        }
        assertThat(world.count(JoinCounter.REFUSED_CREDENTIAL)).isEqualTo(1);
    }

    private JoinConnection greeted() throws IOException {
        JoinConnection member = JoinConnection.connect(
                world.server.address(),
                Optional.empty(),
                world.fingerprint::equals,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                world.random);
        member.send(new JoinMessage.Hello(JoinMessage.FORMAT, 1, "test", Purpose.JOIN, "orchard"));
        assertThat(member.receive()).isInstanceOf(JoinMessage.Welcome.class);
        return member;
    }

    private Socket connect() throws IOException {
        return new Socket(
                world.server.address().getAddress(), world.server.address().getPort());
    }

    private SSLSocket tls() throws IOException, GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new AnyMember()}, new SecureRandom());
        SSLSocket socket = (SSLSocket) context.getSocketFactory()
                .createSocket(connect(), "member", world.server.address().getPort(), true);
        socket.startHandshake();
        return socket;
    }

    private static final class AnyMember implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
