package org.quorate.core.change.shell;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.quorate.ChangeOptions;
import org.quorate.ClusterException;
import org.quorate.core.change.Roster;
import org.quorate.core.join.KeyEnvelope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the others the certificate of this node as soon as that is possible, if it was renewed while the node was not running. */
final class CertificateNews {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateNews.class);
    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final ChangeService changes;
    private final ChangeLoop loop;
    private final int self;
    private final Path folder;

    CertificateNews(ChangeService changes, ChangeLoop loop, int self, Path folder) {
        this.changes = changes;
        this.loop = loop;
        this.self = self;
        this.folder = folder;
    }

    void publish() {
        loop.run(this::publishIfRenewed);
    }

    private void publishIfRenewed() {
        if (loop.isOver()) return;
        if (loop.obstacle().isPresent()) {
            loop.later(PERIOD, this::publishIfRenewed);
            return;
        }
        if (!isRenewed()) return;
        changes.publishCertificate(ChangeOptions.DEFAULT)
                .minimalCompletionStage()
                .whenComplete((report, failed) -> {
                    if (failed == null) LOG.info("node {}: the others know the renewed certificate of this node", self);
                    else
                        LOG.warn(
                                "node {}: the others could not be told its renewed certificate: {}",
                                self,
                                failed.getMessage());
                });
    }

    private boolean isRenewed() {
        Roster.Entry known = changes.roster().nodes().get(self);
        Optional<String> own = ownCertificate(folder);
        return known != null && own.isPresent() && !known.fingerprint().equals(KeyEnvelope.fingerprint(own.get()));
    }

    /** The certificate in a folder; empty for one that was made by hand. */
    static Optional<String> ownCertificate(Path folder) {
        try {
            return Optional.of(KeyEnvelope.ownCertificate(folder));
        } catch (ClusterException none) {
            return Optional.empty();
        }
    }
}
