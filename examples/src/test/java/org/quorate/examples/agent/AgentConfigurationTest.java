package org.quorate.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.NodeId;

/** What an agent needs is found, and everything that is wrong with it is said in one sentence with a next step. */
class AgentConfigurationTest {
    @TempDir
    Path folder;

    private Path conf = Path.of("");
    private Path data = Path.of("");

    @BeforeEach
    void writeConfiguration() throws IOException {
        conf = folder.resolve("corosync.conf");
        data = folder.resolve("data");
        Files.write(folder.resolve("authkey"), new byte[256]);
        Files.setPosixFilePermissions(folder.resolve("authkey"), PosixFilePermissions.fromString("rw-------"));
        write("totem {\n version: 2\n cluster_name: orchard\n secauth: on\n keyfile: " + folder
                + "/authkey\n}\nsystem {\n state_dir: " + folder
                + "/state\n}\nquorum {\n provider: corosync_votequorum\n}\n"
                + "nodelist {\n node {\n  nodeid: 1\n  name: apple\n  ring0_addr: 198.51.100.71\n }\n"
                + " node {\n  nodeid: 2\n  name: pear\n  ring0_addr: 198.51.100.72\n }\n}\n");
    }

    @Test
    void readsConfigurationKeyAndOwnNode() throws IOException {
        AgentConfiguration configuration = load(Optional.of(data), OptionalInt.of(2));
        assertThat(configuration.self()).isEqualTo(NodeId.of(2));
        assertThat(configuration.key()).hasSize(256);
        assertThat(configuration.config().clusterName()).isEqualTo("orchard");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rwx------");
    }

    @Test
    void usesTheStateFolderOfTheConfigurationUnlessOneIsGiven() {
        assertThat(load(Optional.empty(), OptionalInt.of(1)).dataDir()).isEqualTo(folder.resolve("state"));
        assertThat(load(Optional.of(data), OptionalInt.of(1)).dataDir()).isEqualTo(data);
    }

    @Test
    void findsTheConfigurationInTheDataFolder() {
        assertThat(AgentConfiguration.load(Optional.empty(), Optional.of(folder), OptionalInt.of(1))
                        .confFile())
                .isEqualTo(conf);
    }

    @Test
    void refusesAKeyThatIsMissingOrTooShort() throws IOException {
        Files.write(folder.resolve("authkey"), new byte[100]);
        refused(Reason.KEY_UNUSABLE, "authkey", "100 bytes");
        Files.delete(folder.resolve("authkey"));
        refused(Reason.KEY_UNUSABLE, "authkey", "no such key file");
    }

    @Test
    void refusesANodeThatIsNotListed() {
        assertThatThrownBy(() -> load(Optional.of(data), OptionalInt.of(7)))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_NOT_LISTED))
                .hasMessageContaining("1, 2");
    }

    @Test
    void refusesAHostWithoutAnyOfTheAddressesAndListsItsOwn() {
        assertThatThrownBy(() -> load(Optional.of(data), OptionalInt.empty()))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NODE_NOT_LISTED))
                .hasMessageContaining("127.0.0.1");
    }

    @Test
    void refusesAWrongLineWithItsNumber() throws IOException {
        write("totem {\n version: 2\n token: soon\n}\n");
        refused(Reason.CONFIGURATION_INVALID, "corosync.conf:3", "soon");
    }

    @Test
    void refusesAMissingFile() throws IOException {
        Files.delete(conf);
        refused(Reason.CONFIGURATION_INVALID, "no such file");
    }

    @Test
    void refusesADataFolderThatEverybodyCanWriteOrThatIsAFile() throws IOException {
        Files.createDirectory(data);
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(Reason.DATA_FOLDER_UNUSABLE, "rwxrwxrwx", "chmod 700");
        Files.delete(data);
        Files.createFile(data);
        refused(Reason.DATA_FOLDER_UNUSABLE, "is not a folder");
    }

    private void refused(Reason reason, String... parts) {
        assertThatThrownBy(() -> load(Optional.of(data), OptionalInt.of(1)))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContainingAll(parts);
    }

    private AgentConfiguration load(Optional<Path> dataDir, OptionalInt nodeId) {
        return AgentConfiguration.load(Optional.of(conf), dataDir, nodeId);
    }

    private void write(String text) throws IOException {
        Files.writeString(conf, text);
    }
}
