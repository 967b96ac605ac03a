package org.quorate.core.join;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.disk.HostDisk;

/** Whole folders of the nodes of one cluster, as if they had joined. */
public final class NodeFolders {
    private final CertificateAuthority authority;
    private final SecureRandom random = new SecureRandom();
    private final byte[] key = new byte[ClusterCreation.KEY_BYTES];

    /** Of a new cluster. */
    public NodeFolders() {
        authority = CertificateAuthority.create("orchard", Instant.now(), random);
        random.nextBytes(key);
    }

    /** Makes a folder; returns the node's certificate in PEM. */
    public String make(Path folder, String name, String conf) throws IOException {
        DurableFiles files = new DurableFiles(HostDisk.of(folder));
        KeyPair pair = CertificateAuthority.newKey(random);
        X509Certificate certificate = authority.issue(
                pair.getPublic(), name, List.of(InetAddress.getLoopbackAddress()), List.of(), Instant.now());
        files.replace(folder.resolve(FolderFiles.KEY), key, FolderFiles.SECRET);
        files.replace(folder.resolve(FolderFiles.CA_CERTIFICATE), Pem.of(authority.certificate()), FolderFiles.PUBLIC);
        files.replace(folder.resolve(FolderFiles.NODE_KEY), Pem.of(pair.getPrivate()), FolderFiles.SECRET);
        files.replace(folder.resolve(FolderFiles.NODE_CERTIFICATE), Pem.of(certificate), FolderFiles.PUBLIC);
        Files.writeString(folder.resolve(FolderFiles.CONF), conf);
        return new String(Pem.of(certificate), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
