package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import org.quorate.interop.CorosyncCluster;

/** The last link of a cluster, which is not in its configuration at first, and comes and goes by reloads; it is preferred to all others. */
final class ChangingLink {
    private final CorosyncCluster cluster;
    private final int number;
    private final Map<Integer, String> whole = new TreeMap<>();
    private int version = 1;
    private boolean present;

    /** Takes the last link out of the files of all hosts, before anything is started there. */
    ChangingLink(CorosyncCluster cluster) {
        this.cluster = cluster;
        this.number = cluster.layout().links() - 1;
        try {
            for (int host = 1; host <= cluster.layout().hosts(); host++)
                whole.put(host, Files.readString(cluster.configFile(host)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write();
    }

    int number() {
        return number;
    }

    /** Whether it is in the configuration. */
    boolean present() {
        return present;
    }

    /** How often it has come and gone. */
    int changes() {
        return version - 1;
    }

    /** Adds it, or takes it away, and has the daemon of host 1 tell all nodes to reload. */
    void change() {
        present = !present;
        version++;
        write();
        assertThat(cluster.in(1, "corosync-cfgtool", "-R").exitCode()).isZero();
    }

    private void write() {
        String line = "    linknumber: " + number + "\n";
        whole.forEach((host, text) -> {
            String conf = text.replace("config_version: 1\n", "config_version: " + version + "\n");
            conf = present
                    ? conf.replace(line, line + "    knet_link_priority: 10\n")
                    : conf.replace("  interface {\n" + line + "  }\n", "")
                            .replaceAll("    ring" + number + "_addr: .*\n", "");
            try {
                Files.writeString(cluster.configFile(host), conf);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
