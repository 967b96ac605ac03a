package org.quorate.core.join;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.quorate.core.disk.Disk;
import org.quorate.core.disk.DurableFiles;
import org.quorate.core.join.JoinMark.Phase;
import org.quorate.core.join.tls.Identity;
import org.quorate.core.join.wire.JoinMessage.Admitted;
import org.quorate.core.join.wire.MemberAddress;
import org.quorate.core.json.JsonObject;
import org.quorate.core.json.JsonObject.Malformed;

/** What a joiner has on disk, step by step. Used under the folder's lock. */
final class JoiningFolder {
    private final Path folder;
    private final DurableFiles files;
    private final FormerState former;

    JoiningFolder(Path folder, Disk disk) {
        this.folder = folder;
        this.files = new DurableFiles(disk);
        this.former = new FormerState(folder, disk);
    }

    /**
     * A joiner's key.
     *
     * @param secret its private half
     * @param request with its public half
     */
    record JoinKey(PrivateKey secret, PublicKey open, String request) {
        @Override
        public String toString() {
            return "key of joiner " + CertificateRequest.joiner(open);
        }
    }

    /** How far a join has come; empty if none is under way. A mark that is damaged was never whole: nothing came after it. */
    Optional<JoinMark> mark() throws IOException {
        if (!isThere(FolderFiles.JOIN_PENDING)) return Optional.empty();
        try {
            return Optional.of(JoinMark.read(FolderFiles.read(folder, FolderFiles.JOIN_PENDING)));
        } catch (Malformed damaged) {
            throw new IOException(folder.resolve(FolderFiles.JOIN_PENDING) + " is damaged: " + damaged.getMessage());
        }
    }

    /** The key of an earlier try that was undone, else a new one, which is not on disk yet. */
    JoinKey key(SecureRandom random) {
        byte[] text = {};
        byte[] pem = {};
        try {
            if (isThere(FolderFiles.JOIN_KEY)) {
                text = FolderFiles.read(folder, FolderFiles.JOIN_KEY);
                JsonObject in = JsonObject.parse(text);
                pem = in.string("key", 4096).getBytes(StandardCharsets.US_ASCII);
                String request = in.string("request", 8192);
                Optional<PublicKey> open = CertificateRequest.key(request);
                PrivateKey secret = Pem.key(pem);
                if (open.isPresent() && NodeFolder.belong(open.get(), secret))
                    return new JoinKey(secret, open.get(), request);
            }
        } catch (IOException | Malformed | GeneralSecurityException damaged) {
            // an earlier try cannot be continued then, and a new one needs nothing of it
        } finally {
            Arrays.fill(text, (byte) 0);
            Arrays.fill(pem, (byte) 0);
        }
        KeyPair pair = CertificateAuthority.newKey(random);
        return new JoinKey(pair.getPrivate(), pair.getPublic(), CertificateRequest.of(pair));
    }

    /** Whether there is anything of a former cluster. */
    boolean hasFormerState() throws IOException {
        return !former.present().isEmpty();
    }

    /** Puts key and mark on disk, and keeps and takes away what a former cluster left. */
    JoinMark begin(JoinKey key, String node, int port, List<MemberAddress> members, Instant now) throws IOException {
        byte[] pem = Pem.of(key.secret());
        byte[] text = new JsonObject()
                .with("key", new String(pem, StandardCharsets.US_ASCII))
                .with("request", key.request())
                .text();
        try {
            files.replace(folder.resolve(FolderFiles.JOIN_KEY), text, FolderFiles.SECRET);
        } finally {
            Arrays.fill(pem, (byte) 0);
            Arrays.fill(text, (byte) 0);
        }
        String backup = hasFormerState() ? former.newBackup(now) : "";
        if (!backup.isEmpty()) former.keep(backup);
        JoinMark mark = new JoinMark(Phase.BEGUN, node, port, backup, members);
        write(mark);
        if (!backup.isEmpty()) former.remove();
        return mark;
    }

    /** Puts everything that the cluster has given on disk, the configuration last, and then the mark that says so. */
    JoinMark write(JoinMark mark, Admitted given, PrivateKey key) throws IOException {
        secret(FolderFiles.KEY, given.key().copy());
        secret(FolderFiles.CA_KEY, given.authorityKey().copy());
        open(FolderFiles.CA_CERTIFICATE, given.authority());
        secret(FolderFiles.NODE_KEY, Pem.of(key));
        open(FolderFiles.NODE_CERTIFICATE, given.certificate());
        open(FolderFiles.CONF, given.conf());
        JoinMark written = mark.with(Phase.WRITTEN);
        write(written);
        return written;
    }

    /** The cluster has confirmed: the mark becomes the list of members that the node knows until it meets them. */
    void finish() throws IOException {
        files.delete(folder.resolve(FolderFiles.JOIN_KEY));
        files.rename(folder.resolve(FolderFiles.JOIN_PENDING), FolderFiles.JOIN_MEMBERS);
        former.prune();
    }

    /** Takes everything back, whatever the phase; can be interrupted anywhere and done again. The key stays for another try. */
    void undo(JoinMark mark) throws IOException {
        // On disk it may be further: if a write failed that had come to its end but for the last step.
        if (mark().orElse(mark).phase() == Phase.WRITTEN) write(mark.with(Phase.UNDOING));
        former.remove();
        if (!mark.backup().isEmpty()) former.restore(mark.backup());
        files.delete(folder.resolve(FolderFiles.JOIN_PENDING));
    }

    /** The certificate and key that the cluster has given. */
    Identity identity() {
        NodeFolder node = NodeFolder.at(folder);
        return new Identity(node.certificate(FolderFiles.NODE_CERTIFICATE), node.key(FolderFiles.NODE_KEY));
    }

    private void write(JoinMark mark) throws IOException {
        files.replace(folder.resolve(FolderFiles.JOIN_PENDING), mark.text(), FolderFiles.PUBLIC);
    }

    private void secret(String name, byte[] content) throws IOException {
        try {
            files.replace(folder.resolve(name), content, FolderFiles.SECRET);
        } finally {
            Arrays.fill(content, (byte) 0);
        }
    }

    private void open(String name, String content) throws IOException {
        files.replace(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8), FolderFiles.PUBLIC);
    }

    private boolean isThere(String name) {
        return Files.exists(folder.resolve(name));
    }
}
