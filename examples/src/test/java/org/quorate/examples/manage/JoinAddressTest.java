package org.quorate.examples.manage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterManager;
import org.quorate.JoinException;
import org.quorate.JoinInfo;
import org.quorate.JoinOptions;
import org.quorate.JoinReport;

/** Joiners are answered at an address of its own, here one of IPv6, which join information does not name. */
@Timeout(120)
class JoinAddressTest {
    @TempDir
    private Path temp;

    @Test
    void aMemberAnswersAtTheAddressThatWasSetAndNowhereElse() {
        try (LoopbackNodes nodes = new LoopbackNodes(temp, "apple", "pear")) {
            ClusterManager apple = nodes.open("apple", "::1");
            apple.create("orchard");
            JoinInfo info = JoinInfo.parse(apple.joinInfo().encode());
            ClusterManager pear =
                    nodes.open("pear", "::1"); // the port of both: pear's is busy, and it is a node all the same
            assertThatThrownBy(() -> pear.join(
                            JoinOptions.by(info).port(nodes.joinPort()).token(token(apple))))
                    .isInstanceOfSatisfying(
                            JoinException.class,
                            refused -> assertThat(refused.why()).isEqualTo(JoinException.Why.UNREACHABLE))
                    .hasMessageContaining("127.0.0.21");
            JoinReport joined = pear.join(JoinOptions.by("[::1]")
                    .port(nodes.joinPort())
                    .fingerprint(info.fingerprint())
                    .token(token(apple))
                    .quorumLimit(LoopbackNodes.LONG));
            assertThat(joined.quorum().quorate()).as(joined.toString()).isTrue();
            nodes.awaitTogether("apple", "pear");
        }
    }

    private static String token(ClusterManager member) {
        return member.createJoinToken(Duration.ofMinutes(5));
    }
}
