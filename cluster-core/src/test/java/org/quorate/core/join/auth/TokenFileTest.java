package org.quorate.core.join.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.core.disk.HostDisk;

/** Tokens are good once, for a time, survive a restart, and are not on disk; nor are passwords. */
class TokenFileTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path folder;

    private TokenFile at(Instant time) throws IOException {
        return new TokenFile(folder, HostDisk.of(folder), Clock.fixed(time, ZoneOffset.UTC), random);
    }

    @Test
    void aTokenIsTextThatCanBeReadBackHoweverItIsPasted() throws IOException {
        JoinToken token = at(NOW).issue(TokenFile.USUAL_LIFE);
        String text = token.text();
        assertThat(text).matches("([0-9a-hjkmnp-tv-z]{5}-){7}[0-9a-hjkmnp-tv-z]{5}");
        for (String pasted : new String[] {
            text, text.toUpperCase(Locale.ROOT), text.replace("-", ""), " " + text.replace("-", " \n") + "\r\n"
        }) {
            JoinToken read = JoinToken.parse(pasted.toCharArray());
            assertThat(read.text()).isEqualTo(text);
            assertThat(read.secret()).isEqualTo(token.secret());
        }
        assertThat(token.toString()).isEqualTo("join token " + token.number()).doesNotContain(text);
        token.close();
        assertThat(token.text()).matches("[0-]*");
    }

    @Test
    void everySlipOfTheHandIsNoticed() throws IOException {
        char[] text = at(NOW).issue(TokenFile.USUAL_LIFE).text().toCharArray();
        for (int i = 0; i < text.length; i++) {
            char right = text[i];
            if (right == '-') continue;
            for (char wrong : "0123456789abcdefghijklmnopqrstuvwxyz!é".toCharArray()) {
                if (wrong == right) continue;
                text[i] = wrong;
                char[] altered = text.clone();
                assertThatThrownBy(() -> JoinToken.parse(altered))
                        .isInstanceOf(ClusterException.class)
                        .hasMessageNotContaining(new String(altered, 6, 5));
            }
            text[i] = right;
        }
        for (int length = 0; length < text.length; length++) {
            char[] cut = new String(text, 0, length).toCharArray();
            assertThatThrownBy(() -> JoinToken.parse(cut)).isInstanceOf(ClusterException.class);
        }
        assertThatThrownBy(() -> JoinToken.parse(new char[100_000])).isInstanceOf(ClusterException.class);
    }

    @Test
    void aTokenIsGoodForOneJoinerUntilItEndsAlsoAfterARestart() throws IOException {
        JoinToken token = at(NOW).issue(Duration.ofMinutes(15));
        String number = token.number();
        Instant last = NOW.plus(Duration.ofMinutes(15)).minusMillis(1);
        assertThat(at(last).isGoodFor(number, "one")).isTrue();
        assertThat(at(last).use(number, "one")).isTrue();
        assertThat(at(last).use(number, "one")).isTrue();
        assertThat(at(last).use(number, "other")).isFalse();
        assertThat(at(last).isGoodFor(number, "other")).isFalse();
        assertThat(at(last.plusMillis(1)).use(number, "one")).isFalse();
        assertThat(at(last.plusMillis(1)).verifier(number)).isEmpty();
        at(NOW).forget(number);
        assertThat(at(NOW).use(number, "one")).isFalse();
    }

    @Test
    void thereAreAtMost64AndThoseThatHaveEndedMakeRoom() throws IOException {
        for (int i = 0; i < TokenFile.MAX_TOKENS; i++) at(NOW).issue(Duration.ofMinutes(i == 0 ? 1 : 60));
        assertThatThrownBy(() -> at(NOW).issue(TokenFile.USUAL_LIFE))
                .hasMessageContaining("64 tokens")
                .hasMessageContaining("2026-03-01T12:01:00Z");
        at(NOW.plusSeconds(60)).issue(TokenFile.USUAL_LIFE);
        assertThat(at(NOW.plusSeconds(60)).count()).isEqualTo(TokenFile.MAX_TOKENS);
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofMillis(999), Duration.ofDays(8)})
            assertThatThrownBy(() -> at(NOW).issue(wrong)).isInstanceOf(ClusterException.class);
    }

    @Test
    void neitherTokensNorPasswordsAreOnDiskAndTheFilesAreTheOwners() throws IOException {
        JoinToken token = at(NOW).issue(TokenFile.USUAL_LIFE);
        PasswordFile password = new PasswordFile(folder, HostDisk.of(folder), random);
        assertThat(password.isSet()).isFalse();
        password.set("correct horse".toCharArray());
        assertThat(password.isSet()).isTrue();
        for (String name : new String[] {TokenFile.NAME, PasswordFile.NAME}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .isEqualTo("r--------");
            assertThat(Files.readString(folder.resolve(name)))
                    .doesNotContain(
                            "correct",
                            new String(token.secret()),
                            token.text(),
                            token.text().substring(12, 30));
        }
        assertThat(Files.readString(folder.resolve(PasswordFile.NAME))).contains("\"iterations\":600000");
        password.clear();
        assertThat(password.isSet()).isFalse();
        at(NOW).clear();
        assertThat(at(NOW).count()).isZero();
    }

    @Test
    void aDamagedFileIsRefusedByNameWithWhatToDo() throws IOException {
        at(NOW).issue(TokenFile.USUAL_LIFE);
        Path file = folder.resolve(TokenFile.NAME);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, whole.length / 2, whole.length - 1}) {
            Files.delete(file);
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> at(NOW).count())
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining(TokenFile.NAME)
                    .hasMessageContaining("make new tokens");
        }
    }
}
