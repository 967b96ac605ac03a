package org.quorate.core.join;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.MemberCall.Target;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.wire.JoinMessage;
import org.quorate.core.join.wire.MemberAddress;

/** Asks members, one after the other, with the certificate of the own node. Blocks. */
final class Resolution {
    private final LocalAddresses host;
    private final JoinTimes times;
    private final SecureRandom random;

    Resolution(LocalAddresses host, JoinTimes times, SecureRandom random) {
        this.host = host;
        this.times = times;
        this.random = random;
    }

    /**
     * Whom to ask.
     *
     * @param member its addresses and fingerprint
     * @param port its join port
     */
    record Asked(MemberAddress member, int port) {
        static List<Asked> all(List<MemberAddress> members, int port) {
            return members.stream().map(each -> new Asked(each, port)).toList();
        }
    }

    /** Whether the own node is a member; empty if nobody has answered in time. The answer is final. */
    Optional<Boolean> isMember(Identity own, List<Asked> members) throws InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            Optional<JoinMessage.Standing> answer =
                    first(own, members, new JoinMessage.Ask(), JoinMessage.Standing.class, new ArrayList<>());
            if (answer.isPresent()) return Optional.of(answer.get().member());
            if (System.nanoTime() - begin + times.again().toNanos()
                    > times.doubt().toNanos()) return Optional.empty();
            Thread.sleep(times.again().toMillis());
        }
    }

    /** The first answer that any of them gives; empty, with every failure in {@code failures}, if none does. */
    <M extends JoinMessage> Optional<M> first(
            Identity own, List<Asked> members, JoinMessage question, Class<M> type, List<JoinFailure> failures) {
        for (Asked asked : members)
            for (String address : asked.member().addresses()) {
                Target target =
                        Target.pinned(address, asked.port(), asked.member().fingerprint());
                try (MemberCall call = MemberCall.open(target, Optional.of(own), "", host, times, random)) {
                    return Optional.of(call.askForDecision(question, type));
                } catch (JoinFailure failed) {
                    failures.add(failed);
                }
            }
        return Optional.empty();
    }
}
