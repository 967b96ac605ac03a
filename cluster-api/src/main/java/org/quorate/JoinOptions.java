package org.quorate;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How a node joins a cluster: whom it asks, what it shows, what it is to be. The own addresses are those of {@link
 * FolderBuilder#link}. Not thread-safe.
 *
 * <pre>{@code
 * node.join(JoinOptions.by(JoinInfo.parse(pasted)).token("7GQ2-...").progress(p -> System.out.println(p.sentence())));
 * }</pre>
 */
public final class JoinOptions {
    /** TCP port on which members answer joiners. */
    public static final int DEFAULT_PORT = 5404;

    /** How long {@link ClusterManager#join(JoinOptions)} waits for quorum unless set. */
    public static final Duration QUORUM_LIMIT = Duration.ofMinutes(2);

    private final String address;
    private final @Nullable JoinInfo info;
    private String fingerprint;
    private Predicate<String> confirmation = shown -> false;
    private int port = DEFAULT_PORT;
    private char[] password = new char[0];
    private String token = "";
    private @Nullable NodeId nodeId;
    private @Nullable Integer votes;
    private boolean forced;
    private Duration quorumLimit = QUORUM_LIMIT;
    private Consumer<Progress> progress = step -> {};

    private JoinOptions(String address, String fingerprint, @Nullable JoinInfo info) {
        this.address = address;
        this.fingerprint = fingerprint;
        this.info = info;
    }

    /** By what a member has printed. */
    public static JoinOptions by(JoinInfo info) {
        return new JoinOptions(info.address(), info.fingerprint(), info);
    }

    /** By hand: a member's address, in digits or a name. Give its {@link #fingerprint} too, or {@link #confirm} it. */
    public static JoinOptions by(String address) {
        return new JoinOptions(address, "", null);
    }

    /** SHA-256 of the member's certificate: the only one that is accepted. */
    public JoinOptions fingerprint(String sha256) {
        this.fingerprint = sha256;
        return this;
    }

    /** Asked with the fingerprint that the member shows, if none was given. Nothing is accepted unless it says true. */
    public JoinOptions confirm(Predicate<String> isRight) {
        this.confirmation = isRight;
        return this;
    }

    /** TCP port of the member; {@link #DEFAULT_PORT} unless set. */
    public JoinOptions port(int tcpPort) {
        this.port = tcpPort;
        return this;
    }

    /** The password that was set at the member. A copy is kept, and wiped by the join. */
    public JoinOptions password(char[] secret) {
        Arrays.fill(password, '\0');
        this.password = secret.clone();
        return this;
    }

    /** A token that the member has made; wins over a password. */
    public JoinOptions token(String oneTime) {
        this.token = oneTime;
        return this;
    }

    /** The id that this node is to have; the lowest free one unless set. */
    public JoinOptions nodeId(NodeId wanted) {
        this.nodeId = wanted;
        return this;
    }

    /** Votes that this node is to have, 0 or more; 1 unless set. */
    public JoinOptions votes(int count) {
        this.votes = count;
        return this;
    }

    /**
     * Makes warnings of some of the findings that would end the join; {@link JoinException.Finding#forceable} says of which. A former
     * cluster's files are moved to a backup then.
     */
    public JoinOptions force() {
        this.forced = true;
        return this;
    }

    /** How long to wait for quorum after the node was started. */
    public JoinOptions quorumLimit(Duration limit) {
        this.quorumLimit = limit;
        return this;
    }

    /** Hears of each step. */
    public JoinOptions progress(Consumer<Progress> listener) {
        this.progress = listener;
        return this;
    }

    /** The member's address. */
    public String address() {
        return address;
    }

    /** The fingerprint given, or empty. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The join information given. */
    public Optional<JoinInfo> info() {
        return Optional.ofNullable(info);
    }

    /** The question that was given. */
    public Predicate<String> confirmation() {
        return confirmation;
    }

    /** The member's port. */
    public int port() {
        return port;
    }

    /** A copy of the password; empty if none was given, and after the join. */
    public char[] password() {
        return password.clone();
    }

    /** Overwrites the password. */
    public void wipe() {
        Arrays.fill(password, '\0');
        password = new char[0];
    }

    /** The token given, or empty. */
    public String token() {
        return token;
    }

    /** The id given. */
    public Optional<NodeId> nodeId() {
        return Optional.ofNullable(nodeId);
    }

    /** The votes given. */
    public OptionalInt votes() {
        return votes == null ? OptionalInt.empty() : OptionalInt.of(votes);
    }

    /** Whether some findings are warnings. */
    public boolean isForced() {
        return forced;
    }

    /** How long to wait for quorum. */
    public Duration quorumLimit() {
        return quorumLimit;
    }

    /** Who hears of each step. */
    public Consumer<Progress> progress() {
        return progress;
    }
}
