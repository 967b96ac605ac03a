package org.quorate.core.manage;

import java.nio.file.Path;
import org.quorate.ConfigurationSource;
import org.quorate.core.conf.CorosyncConf;

/** A corosync.conf and the key that it names, read again when the cluster reloads. */
public final class ConfFileSource implements ConfigurationSource {
    private final Path file;

    private ConfFileSource(Path file) {
        this.file = file;
    }

    /** What {@code file} says whenever it is read. */
    public static ConfigurationSource of(Path file) {
        return new ConfFileSource(file);
    }

    @Override
    public Fresh read() {
        CorosyncConf read = CorosyncConf.read(file);
        return new Fresh(read.toClusterConfig(), read.readKey());
    }
}
