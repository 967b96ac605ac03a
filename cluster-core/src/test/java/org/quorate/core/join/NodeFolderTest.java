package org.quorate.core.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.JoinInfo;
import org.quorate.NodeId;
import org.quorate.core.conf.CorosyncConf;
import org.quorate.core.conf.LinkParameter;

/** A folder is whole or refused with what to do; certificates are what they should be and are renewed when they should be. */
class NodeFolderTest {
    private static final SomeHost HOST = new SomeHost();
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path top;

    private Path folder = Path.of("");
    private NodeFolder files = NodeFolder.at(folder);

    @BeforeEach
    void create() {
        folder = top.resolve("data");
        files = NodeFolder.at(folder);
        CreateOptions options = CreateOptions.of("orchard")
                .withLink(0, LinkParameter.parse("10.77.0.1"))
                .withLink(1, LinkParameter.parse("fd77::1,priority=9"));
        ClusterCreation.create(folder, options, HOST, at(NOW), step -> {});
    }

    @Test
    void theCertificateOfTheNodeIsSignedByTheClustersAuthorityForItsNamesAndAddresses()
            throws GeneralSecurityException {
        X509Certificate authority = files.certificate("ca/ca.pem");
        X509Certificate own = files.certificate("node.pem");
        PKIXParameters trusting = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        trusting.setRevocationEnabled(false);
        trusting.setDate(java.util.Date.from(NOW));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(own)), trusting);

        assertThat(own.getSubjectAlternativeNames().stream().map(List::toString))
                .containsExactly(
                        "[7, 127.0.0.1]",
                        "[7, 0:0:0:0:0:0:0:1]",
                        "[2, localhost]",
                        "[7, 10.77.0.1]",
                        "[7, fd77:0:0:0:0:0:0:1]",
                        "[2, apple]",
                        "[2, apple.garden.org]");
        assertThat(CertificateAuthority.nodeName(own)).isEqualTo("apple");
        assertThat(own.getBasicConstraints()).isEqualTo(-1);
        assertThat(own.getKeyUsage())
                .as("signs, and keys are sealed for it")
                .containsExactly(true, false, false, false, true, false, false, false, false);
        assertThat(own.getCriticalExtensionOIDs()).contains("2.5.29.15");
        assertThat(own.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(own.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofDays(1)));
        assertThat(own.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(730)));

        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(authority.getKeyUsage()).startsWith(false, false, false, false, false, true, true);
        assertThat(authority.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofDays(1)));
        assertThat(authority.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
        for (X509Certificate each : List.of(authority, own)) {
            assertThat(((ECPublicKey) each.getPublicKey())
                            .getParams()
                            .getOrder()
                            .bitLength())
                    .isEqualTo(256);
            assertThat(each.getSigAlgName()).isEqualTo("SHA256withECDSA");
            assertThat(each.getSerialNumber().signum()).isEqualTo(1);
        }
    }

    @Test
    void joinInformationHasTheClusterAndNoSecret() throws IOException {
        Path conf = folder.resolve("corosync.conf");
        Files.writeString(
                conf,
                Files.readString(conf)
                        .replace("  version: 2\n", "  version: 2\n  odd name!: ü x\n  key: " + "s".repeat(200) + "\n"));
        JoinInfo info = JoinInfo.parse(files.joinInfo(HOST).encode());
        assertThat(info.address()).isEqualTo("10.77.0.1");
        assertThat(info.node()).isEqualTo("apple");
        assertThat(info.links()).containsEntry(0, "10.77.0.1").containsEntry(1, "fd77::1");
        assertThat(info.interfaces().get(1)).containsEntry("knet_link_priority", "9");
        assertThat(info.totem())
                .containsEntry("odd name!", "ü x")
                .containsEntry("cluster_name", "orchard")
                .doesNotContainKeys("key", "keyfile");
        assertThat(info.toString()).doesNotContain("sss");
        assertThat(info.fingerprint()).isEqualTo(NodeFolder.fingerprint(files.certificate("node.pem")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node.pem", "node.key", "ca/ca.pem"})
    void aMissingCertificateOrKeyIsRefusedWithWhatToDo(String name) throws IOException {
        Files.delete(folder.resolve(name));
        refused(Reason.DATA_FOLDER_UNUSABLE, "lacks " + name, name.startsWith("ca/") ? "backup" : "updatecerts");
    }

    @ParameterizedTest
    @CsvSource({
        "node.pem,DATA_FOLDER_UNUSABLE",
        "node.key,DATA_FOLDER_UNUSABLE",
        "ca/ca.pem,DATA_FOLDER_UNUSABLE",
        "ca/ca.key,DATA_FOLDER_UNUSABLE",
        "authkey,KEY_UNUSABLE",
        "corosync.conf,CONFIGURATION_INVALID"
    })
    void aFileThatIsCutOffIsRefusedByItsName(String name, Reason reason) throws IOException {
        Path file = folder.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        for (int length : new int[] {0, 60, bytes.length / 3}) {
            rewrite(file, java.util.Arrays.copyOf(bytes, length));
            refused(reason, name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"authkey", "node.key", "ca/ca.key"})
    void aSecretThatOthersCanReadIsRefused(String name) throws IOException {
        Files.setPosixFilePermissions(folder.resolve(name), PosixFilePermissions.fromString("r--r-----"));
        refused(Reason.KEY_UNUSABLE, name, "r--r-----", "chmod 400");
        files = NodeFolder.at(Path.of("").toAbsolutePath().relativize(folder));
        refused(Reason.KEY_UNUSABLE, name, "r--r-----", "chmod 400");
    }

    @Test
    void filesOfAnotherClusterAreRefused() throws IOException {
        Path other = top.resolve("other");
        ClusterCreation.create(
                other, CreateOptions.of("other").withLink(0, LinkParameter.parse("10.77.0.1")), HOST, at(NOW), s -> {});
        for (String name : List.of("node.pem", "node.key", "ca/ca.pem", "ca/ca.key")) {
            byte[] own = Files.readAllBytes(folder.resolve(name));
            rewrite(folder.resolve(name), Files.readAllBytes(other.resolve(name)));
            assertThatThrownBy(files::readWhole).as(name).isInstanceOf(ClusterException.class);
            rewrite(folder.resolve(name), own);
        }
        assertThat(files.readWhole().toClusterConfig().clusterName()).isEqualTo("orchard");
    }

    @Test
    void aFolderThatIsNoneIsRefusedWithWhatToDo() throws IOException {
        files = NodeFolder.at(top.resolve("nowhere"));
        refused(Reason.NOT_IN_CLUSTER, "nowhere", "create");
        Files.delete(folder.resolve("corosync.conf"));
        Files.writeString(folder.resolve("create.pending"), "");
        files = NodeFolder.at(folder);
        refused(Reason.DATA_FOLDER_UNUSABLE, "half-written", "create it again");
    }

    @Test
    void aFolderMadeByHandNeedsNoCertificates() throws IOException {
        for (String name : List.of("node.pem", "node.key", "ca/ca.pem", "ca/ca.key"))
            Files.delete(folder.resolve(name));
        CorosyncConf conf = files.readWhole();
        assertThat(files.self(conf, HOST)).isEqualTo(NodeId.of(1));
        assertThatThrownBy(() -> files.joinInfo(HOST)).hasMessageContaining("updatecerts");
        assertThat(update(NOW, false)).matches(r -> r.authorityMade() && r.certificateMade());
        assertThat(files.joinInfo(HOST).fingerprint())
                .isEqualTo(update(NOW, false).fingerprint());
    }

    @Test
    void aGoodCertificateIsKeptAndOneThatEndsSoonIsRenewedWithTheSameKey() {
        String before = files.joinInfo(HOST).fingerprint();
        Instant soon = NOW.plus(Duration.ofDays(730 - 13));
        assertThat(files.warnings(at(NOW))).isEmpty();
        assertThat(files.warnings(at(soon))).singleElement().asString().contains("node.pem", "updatecerts");
        assertThat(update(NOW.plus(Duration.ofDays(700)), false))
                .isEqualTo(new CertificateUpdate.Result(false, false, NOW.plus(Duration.ofDays(730)), before));
        X509Certificate old = files.certificate("node.pem");
        CertificateUpdate.Result renewed = update(soon, false);
        assertThat(renewed.certificateMade()).isTrue();
        assertThat(renewed.authorityMade()).isFalse();
        assertThat(renewed.notAfter()).isEqualTo(soon.plus(Duration.ofDays(730)));
        assertThat(renewed.fingerprint()).isNotEqualTo(before);
        assertThat(files.certificate("node.pem").getPublicKey()).isEqualTo(old.getPublicKey());
        assertThat(update(soon, true).fingerprint()).isNotEqualTo(renewed.fingerprint());
        assertThat(files.readWhole().toClusterConfig().clusterName()).isEqualTo("orchard");
    }

    @Test
    void aCertificateEndsBeforeItsAuthorityAndNothingIsSignedInItsLastDays() {
        Instant end = NOW.plus(Duration.ofDays(3650));
        assertThat(update(end.minus(Duration.ofDays(100)), true).notAfter()).isEqualTo(end.minus(Duration.ofDays(2)));
        assertThatThrownBy(() -> update(end.minus(Duration.ofDays(13)), true))
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REFUSED))
                .hasMessageContaining("authority ends on");
    }

    @Test
    void whatIsDamagedIsMadeAnew() throws IOException {
        for (String name : List.of("node.pem", "node.key")) {
            rewrite(folder.resolve(name), new byte[10]);
            assertThat(update(NOW, false).certificateMade()).isTrue();
            files.readWhole();
        }
    }

    @Test
    void anAuthorityIsNotReplacedWhereOtherNodesTrustIt() throws IOException {
        Path conf = folder.resolve("corosync.conf");
        Files.writeString(conf, Files.readString(conf).replace("nodelist {\n", """
                                nodelist {
                                  node {
                                    name: pear
                                    nodeid: 2
                                    ring0_addr: 10.77.0.2
                                    ring1_addr: fd77::2
                                  }
                                """));
        Files.delete(folder.resolve("ca/ca.key"));
        files.readWhole(); // a node that cannot sign is a whole node
        assertThatThrownBy(() -> update(NOW, true))
                .isInstanceOf(ClusterException.class)
                .hasMessageContainingAll("2 nodes", "copy the folder ca");
    }

    @Test
    void aKeyFileIsMadeOnceAndForItsOwner() throws IOException {
        Path file = top.resolve("keys/authkey");
        KeyFile.create(file);
        assertThat(Files.size(file)).isEqualTo(256);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--------");
        byte[] key = Files.readAllBytes(file);
        assertThatThrownBy(() -> KeyFile.create(file))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("there already");
        assertThat(file).hasBinaryContent(key);
    }

    private CertificateUpdate.Result update(Instant now, boolean force) {
        return CertificateUpdate.run(folder, force, HOST, at(now));
    }

    private void refused(Reason reason, String... parts) {
        assertThatThrownBy(files::readWhole)
                .isInstanceOfSatisfying(
                        ClusterException.class, e -> assertThat(e.reason()).isEqualTo(reason))
                .hasMessageContainingAll(parts);
    }

    private static void rewrite(Path file, byte[] bytes) throws IOException {
        var mode = Files.getPosixFilePermissions(file);
        Files.delete(file);
        Files.write(file, bytes);
        Files.setPosixFilePermissions(file, mode);
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }
}
