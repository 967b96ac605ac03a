package org.quorate.core.join.wire;

import java.util.List;
import java.util.Optional;

/**
 * One message. Who says which, in this order: a joiner {@link Hello}, {@link Start}, {@link Proof}, {@link Check}, {@link Commit}, {@link
 * Written}; the member answers with {@link Welcome}, {@link Challenge}, {@link Accepted}, {@link Checked}, {@link Admitted}, {@link Standing};
 * before {@link Checked} and {@link Admitted} it can say {@link Waiting}. A node that shows its certificate says {@link Hello} and then {@link Ask} (answered by {@link Standing}) or {@link Renew} (answered by {@link
 * Current}). {@link Refused} can stand for any answer and ends the conversation.
 */
public sealed interface JoinMessage {
    /** Longest message in bytes, as JSON. */
    int MAX_BYTES = 256 * 1024;

    /** Version of these messages. */
    int FORMAT = 1;

    /** What a peer has come for. */
    enum Purpose {
        /** To become a node of the cluster. */
        JOIN,
        /** It is one, or may be, and shows its certificate. */
        MEMBER
    }

    /**
     * Begins a conversation.
     *
     * @param format of the messages
     * @param api version of the join protocol
     * @param software version of the software
     * @param purpose what for
     * @param cluster the cluster that is meant; empty if the peer does not know its name
     */
    record Hello(int format, int api, String software, Purpose purpose, String cluster) implements JoinMessage {}

    /**
     * The member presents itself.
     *
     * @param format of the messages
     * @param api version of the join protocol
     * @param software version of its software
     * @param cluster its cluster
     * @param authority fingerprint of the certificate of the cluster's authority
     * @param node its name
     * @param clockMillis its clock, milliseconds since 1970
     */
    record Welcome(
            int format, int api, String software, String cluster, String authority, String node, long clockMillis)
            implements JoinMessage {}

    /**
     * Begins the proof that the joiner knows a credential.
     *
     * @param user {@code password}, or {@code token-} and the token's number
     * @param nonce of the joiner
     */
    record Start(String user, String nonce) implements JoinMessage {}

    /**
     * What the proof is to be made of.
     *
     * @param nonce that of the joiner and the member's
     * @param salt in Base64
     * @param iterations of the key derivation
     */
    record Challenge(String nonce, String salt, int iterations) implements JoinMessage {}

    /**
     * The joiner's proof.
     *
     * @param nonce that of the challenge
     * @param proof in Base64
     */
    record Proof(String nonce, String proof) implements JoinMessage {}

    /**
     * The member's proof.
     *
     * @param signature in Base64
     */
    record Accepted(String signature) implements JoinMessage {}

    /** What the joiner wants to be. */
    record Check(JoinRequest request) implements JoinMessage {}

    /**
     * What stands against it.
     *
     * @param findings everything, warnings too
     * @param plan the links to try; empty if nobody would answer
     */
    record Checked(List<JoinFinding> findings, Optional<ProbePlan> plan) implements JoinMessage {
        /** Takes a copy. */
        public Checked {
            findings = List.copyOf(findings);
        }
    }

    /**
     * Not yet: the answer comes when the cluster has taken in another joiner. May come any number of times before {@link Checked} and {@link
     * Admitted}.
     *
     * @param sentence for whom the joiner waits
     */
    record Waiting(String sentence) implements JoinMessage {}

    /**
     * The joiner is ready.
     *
     * @param unusable what was found on links that cannot be used; empty if all are good or the joiner insists
     */
    record Commit(List<ProbeReport> unusable) implements JoinMessage {
        /** Takes a copy. */
        public Commit {
            unusable = List.copyOf(unusable);
        }
    }

    /**
     * The cluster has taken the new node in, until further notice.
     *
     * @param conf the text of its corosync.conf with the new node in it
     * @param key the cluster's key
     * @param authority the authority's certificate, PEM
     * @param authorityKey its key, PEM
     * @param certificate the new node's, PEM
     * @param members some that can be asked whether the new node is one of them
     * @param warnings sentences
     */
    record Admitted(
            String conf,
            Secret key,
            String authority,
            Secret authorityKey,
            String certificate,
            List<MemberAddress> members,
            List<String> warnings)
            implements JoinMessage {
        /** Most members that are named. */
        public static final int MAX_MEMBERS = 16;

        /** Takes copies. */
        public Admitted {
            members = List.copyOf(members);
            warnings = List.copyOf(warnings);
        }
    }

    /** The joiner has everything on disk. */
    record Written() implements JoinMessage {}

    /** Am I a member? */
    record Ask() implements JoinMessage {}

    /** Whether the peer is a member, from now on and for good. */
    record Standing(boolean member) implements JoinMessage {}

    /** What are the configuration and the key now? */
    record Renew() implements JoinMessage {}

    /**
     * What a member needs to take part again.
     *
     * @param conf the text of corosync.conf
     * @param key the cluster's key
     * @param members some that can be asked later
     */
    record Current(String conf, Secret key, List<MemberAddress> members) implements JoinMessage {
        /** Takes a copy. */
        public Current {
            members = List.copyOf(members);
        }
    }

    /**
     * The end.
     *
     * @param reason for programs
     * @param sentence for people
     * @param retryAfterMillis when another try makes sense; 0 if that is not known
     * @param findings what was found, if that is the reason
     */
    record Refused(JoinRefusal reason, String sentence, long retryAfterMillis, List<JoinFinding> findings)
            implements JoinMessage {
        /** Takes a copy. */
        public Refused {
            findings = List.copyOf(findings);
        }

        /** One without findings. */
        public static Refused of(JoinRefusal reason, String sentence) {
            return new Refused(reason, sentence, 0, List.of());
        }
    }
}
