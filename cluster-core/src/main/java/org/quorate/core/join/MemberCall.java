package org.quorate.core.join;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.conf.NodeAddition;
import org.quorate.core.join.JoinFailure.Problem;
import org.quorate.core.join.tls.Fingerprint;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.tls.JoinConnection;
import org.quorate.core.join.tls.JoinConnection.Garbled;
import org.quorate.core.join.tls.JoinConnection.Untrusted;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.JoinMessage.Purpose;
import org.quorate.core.join.wire.JoinMessage.Welcome;

/** A conversation with a member, from the side that has called. Every failure is a {@link JoinFailure}. One thread. */
final class MemberCall implements AutoCloseable {
    private final String member;
    private final JoinTimes times;
    private final JoinConnection connection;
    private Welcome welcome = new Welcome(0, 0, "", "", "", "", 0);

    private MemberCall(String member, JoinTimes times, JoinConnection connection) {
        this.member = member;
        this.times = times;
        this.connection = connection;
    }

    /** Whom to call and how to tell that it is the right one. */
    record Target(String address, int port, Predicate<String> accepted) {
        static Target pinned(String address, int port, String fingerprint) {
            return new Target(address, port, fingerprint::equals);
        }
    }

    static MemberCall open(
            Target target,
            Optional<Identity> own,
            String cluster,
            LocalAddresses host,
            JoinTimes times,
            SecureRandom random) {
        String member = target.address() + ", port " + target.port();
        InetAddress address = host.resolve(target.address()).stream()
                .findFirst()
                .orElseThrow(() -> new JoinFailure(
                        Problem.UNREACHABLE,
                        "the address " + target.address() + " of the member cannot be resolved; give it in digits"));
        MemberCall call;
        try {
            call = new MemberCall(
                    member,
                    times,
                    JoinConnection.connect(
                            new InetSocketAddress(address, target.port()),
                            own,
                            target.accepted(),
                            times.connect(),
                            times.answer(),
                            times.total(),
                            random));
        } catch (Untrusted other) {
            throw new JoinFailure(
                    Problem.FINGERPRINT_WRONG,
                    "the certificate of the member at " + member + " has the fingerprint " + other.fingerprint()
                            + ", which is not the one that was said; get the join information again, and if it says the"
                            + " same, somebody is in between",
                    other);
        } catch (IOException failed) {
            throw new JoinFailure(
                    Problem.UNREACHABLE,
                    "the member at " + member + " cannot be talked to (" + reason(failed)
                            + "); check that it runs, its join port, and the firewalls between",
                    failed);
        }
        try {
            call.greet(own.isPresent() ? Purpose.MEMBER : Purpose.JOIN, cluster);
            return call;
        } catch (JoinFailure refused) {
            call.close();
            throw refused;
        }
    }

    private void greet(Purpose purpose, String cluster) {
        welcome = ask(
                new JoinMessage.Hello(
                        JoinMessage.FORMAT, NodeAddition.API_VERSION, SoftwareVersion.text(), purpose, cluster),
                Welcome.class);
        if (welcome.format() != JoinMessage.FORMAT || welcome.api() < NodeAddition.API_VERSION - 1)
            throw new JoinFailure(
                    Problem.VERSION,
                    "the member at " + member + " speaks version " + welcome.api() + " of the join protocol, this node "
                            + NodeAddition.API_VERSION + "; bring both to the same software");
        if (!cluster.isEmpty() && !cluster.equals(welcome.cluster()))
            throw new JoinFailure(
                    Problem.WRONG_CLUSTER,
                    "the member at " + member + " is one of the cluster " + welcome.cluster() + ", not of " + cluster);
    }

    Welcome welcome() {
        return welcome;
    }

    String member() {
        return member;
    }

    /** SHA-256 of the certificate that the member has shown. */
    byte[] binding() {
        return Fingerprint.bytes(connection.peer().orElseThrow());
    }

    /** That certificate's fingerprint. */
    String fingerprint() {
        return Fingerprint.of(connection.peer().orElseThrow());
    }

    /** Sends {@code question} and waits for an answer of the given kind. */
    <M extends JoinMessage> M ask(JoinMessage question, Class<M> type) {
        return ask(question, type, Optional.empty());
    }

    /** The answer, or for as long as the member says that it comes later, the next message. */
    private <M extends JoinMessage> M ask(JoinMessage question, Class<M> type, Optional<Consumer<String>> waiting) {
        try {
            connection.send(question);
            JoinMessage answer = connection.receive();
            while (waiting.isPresent() && answer instanceof JoinMessage.Waiting later) {
                waiting.get().accept(later.sentence());
                answer = connection.receive();
            }
            if (type.isInstance(answer)) return type.cast(answer);
            if (answer instanceof JoinMessage.Refused refused) throw failure(refused);
            throw new JoinFailure(
                    Problem.MALFORMED,
                    "the member at " + member + " has answered with something that makes no sense at that point");
        } catch (Garbled wrong) {
            throw new JoinFailure(
                    Problem.MALFORMED,
                    "the member at " + member + " cannot be understood: " + wrong.getMessage(),
                    wrong);
        } catch (IOException broken) {
            throw new JoinFailure(
                    Problem.UNREACHABLE,
                    "the connection to the member at " + member + " has broken (" + reason(broken) + "); try again",
                    broken);
        }
    }

    /** The same, where the cluster has to decide first. */
    <M extends JoinMessage> M askForDecision(JoinMessage question, Class<M> type) {
        waitForDecision();
        return ask(question, type);
    }

    /** The same, where the cluster may take in another joiner before; {@code waiting} hears which. */
    <M extends JoinMessage> M askForDecision(JoinMessage question, Class<M> type, Consumer<String> waiting) {
        waitForDecision();
        return ask(question, type, Optional.of(waiting));
    }

    private void waitForDecision() {
        try {
            connection.setAnswerLimit(times.decision());
        } catch (IOException broken) {
            throw new JoinFailure(
                    Problem.UNREACHABLE, "the connection to the member at " + member + " has broken", broken);
        }
    }

    private JoinFailure failure(JoinMessage.Refused refused) {
        String sentence = "the member at " + member + " has refused: " + refused.sentence();
        return switch (refused.reason()) {
            case CREDENTIAL -> new JoinFailure(Problem.CREDENTIAL_REFUSED, sentence);
            case TRY_LATER, BUSY -> new JoinFailure(Problem.TRY_LATER, sentence);
            case WRONG_CLUSTER -> new JoinFailure(Problem.WRONG_CLUSTER, sentence);
            case VERSION -> new JoinFailure(Problem.VERSION, sentence);
            case MALFORMED -> new JoinFailure(Problem.MALFORMED, sentence);
            case CHECKS ->
                refused.findings().isEmpty()
                        ? new JoinFailure(Problem.MEMBER_FAILED, sentence)
                        : new JoinFailure(refused.findings());
            case NOT_A_MEMBER -> new JoinFailure(Problem.NOT_A_MEMBER, sentence);
            case FAILED, OTHER -> new JoinFailure(Problem.MEMBER_FAILED, sentence);
        };
    }

    private static String reason(IOException failed) {
        if (failed instanceof EOFException) return "it has closed the connection; it may be busy";
        if (failed instanceof SocketTimeoutException) return "no answer in time";
        return String.valueOf(failed.getMessage());
    }

    @Override
    public void close() {
        connection.close();
    }
}
