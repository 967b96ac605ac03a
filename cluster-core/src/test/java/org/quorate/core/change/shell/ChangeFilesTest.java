package org.quorate.core.change.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.core.change.ChangeInput.Lock;
import org.quorate.core.change.ChangeMessage.Share;
import org.quorate.core.change.Digests;
import org.quorate.core.change.Member;
import org.quorate.core.change.Proposal;
import org.quorate.core.change.ProposalId;
import org.quorate.core.change.Roster;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.disk.HostDisk;
import org.quorate.core.join.KeyEnvelope;
import org.quorate.core.join.NodeFolders;

/** Promises, changes and what others share; deaths in between are in {@link ChangeFilesCrashTest}. */
class ChangeFilesTest {
    /** Version 1 of a cluster of one. */
    static final String CONF = """
            totem {
              version: 2
              cluster_name: orchard
              config_version: 1
              secauth: on
            }
            nodelist {
              node {
                name: apple
                nodeid: 1
                ring0_addr: 127.0.0.1
              }
            }
            """;
    /** The same in version 2. */
    static final String NEXT = CONF.replace("config_version: 1", "config_version: 2");

    @TempDir
    private Path folder;

    private int made;
    private String certificate = "";

    private Path fresh() throws IOException {
        Path node = folder.resolve("node" + made++);
        certificate = new NodeFolders().make(node, "apple", CONF);
        return node;
    }

    private static ChangeFiles sound(Path node) throws IOException {
        return new ChangeFiles(node, HostDisk.of(node), Clock.systemUTC());
    }

    /** Version 2 with another key. */
    private Proposal proposal(ChangeFiles.Stored stored) {
        byte[] key = new byte[256];
        Arrays.fill(key, (byte) 7);
        byte[] envelope = KeyEnvelope.seal(key, List.of(certificate), new SecureRandom());
        Roster roster = stored.roster()
                .with(1, new Roster.Entry("apple", KeyEnvelope.fingerprint(certificate), certificate, false))
                .next(CorosyncConf.parse(NEXT, "test").toClusterConfig(), NEXT);
        return new Proposal(
                new ProposalId(new Member(1, 1), 1),
                "replacing the key",
                stored.digest(),
                2,
                NEXT,
                new String(roster.text(), StandardCharsets.UTF_8),
                Digests.ofKey(key),
                Base64.getEncoder().encodeToString(envelope),
                new Proposal.Traits(0, -1, true, false, new TreeSet<>()));
    }

    @Test
    void whatIsSharedReplacesWhatIsThereAfterABackup() throws IOException {
        Path node = fresh();
        ChangeFiles files = sound(node);
        Proposal proposal = proposal(files.read());
        TreeMap<Integer, String> keys = new TreeMap<>();
        keys.put(1, proposal.sealedKey());
        Share share = new Share(8, proposal.text(), proposal.roster(), proposal.keyId(), keys);
        Path backup = files.take(share, 1).orElseThrow();
        assertThat(Files.readString(backup.resolve("corosync.conf"))).isEqualTo(CONF);
        assertThat(files.read().digest()).isEqualTo(proposal.digest());
        assertThat(files.read().keyId()).isEqualTo(proposal.keyId());
        Files.writeString(node.resolve("corosync.conf"), NEXT + "# by hand\n");
        assertThat(files.read().standing(1).edited()).isTrue();
    }

    @Test
    void aNodeThatIsNewTakesTheRosterAndNothingIsReplaced() throws IOException {
        Path node = fresh();
        ChangeFiles files = sound(node);
        ChangeFiles.Stored before = files.read();
        String roster = proposal(before).roster();
        Share share = new Share(8, CONF, roster, before.keyId(), new TreeMap<>());
        assertThat(files.take(share, 1)).isEmpty();
        assertThat(node.resolve("backup")).doesNotExist();
        assertThat(files.read().rosterText()).isEqualTo(roster);
        assertThat(files.read().text()).isEqualTo(CONF);

        Files.writeString(node.resolve("corosync.conf"), CONF + "# by hand\n");
        assertThat(files.take(share, 1)).as("another text is kept, and said").isPresent();
    }

    @Test
    void aKeyThatWasSealedForAnotherNodeOrAlteredIsRefused() throws IOException {
        Path other = fresh();
        byte[] secret = "a secret of the cluster".getBytes(StandardCharsets.UTF_8);
        byte[] envelope = KeyEnvelope.seal(secret, List.of(certificate), new SecureRandom());
        assertThat(KeyEnvelope.open(envelope, other)).isEqualTo(secret);
        Path node = fresh();
        assertThatThrownBy(() -> KeyEnvelope.open(envelope, node))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("was not sealed for the certificate of this node");
        for (int i = 0; i < envelope.length; i += 7) {
            byte[] altered = envelope.clone();
            altered[i] ^= 1;
            byte[] opened = {};
            try {
                opened = KeyEnvelope.open(altered, other);
            } catch (ClusterException refused) {
                assertThat(refused).hasMessageContaining("key");
            }
            assertThat(opened)
                    .as("octet " + i)
                    .satisfiesAnyOf(
                            o -> assertThat(o).isEmpty(), o -> assertThat(o).isEqualTo(secret));
        }
        assertThat(new String(envelope, StandardCharsets.ISO_8859_1)).doesNotContain("a secret");
    }

    @Test
    void everythingOfAClusterIsSetAside() throws IOException {
        Path node = fresh();
        Files.writeString(node.resolve("ringid_1"), "x");
        ChangeFiles files = sound(node);
        files.promise(new Lock(8, proposal(files.read())));
        Path backup = files.setAside();
        try (var left = Files.walk(node)) {
            assertThat(left.filter(Files::isRegularFile).filter(path -> !path.startsWith(node.resolve("backup"))))
                    .isEmpty();
        }
        assertThat(backup.resolve("corosync.conf")).exists();
        assertThat(backup.resolve("ringid_1")).exists();
        assertThat(backup.resolve("ca/ca.pem")).exists();
    }
}
