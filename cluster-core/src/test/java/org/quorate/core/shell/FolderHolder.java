package org.quorate.core.shell;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.quorate.ClusterException;
import org.quorate.NodeId;
import org.slf4j.Logger;

/** A process of its own that opens a folder, says so, and keeps it until its standard input ends. */
final class FolderHolder {
    private FolderHolder() {}

    /** Opens the folder in {@code arguments}. */
    public static void main(String[] arguments) throws IOException {
        try (FolderStateStore store = FolderStateStore.open(Path.of(arguments[0]), NodeId.of(9))) {
            System.out.println("opened " + store.names("quorum").size());
            while (System.in.read() >= 0) Thread.onSpinWait();
        }
    }

    /** Starts one. */
    static Process start(Path folder) throws IOException, URISyntaxException {
        List<String> places = new ArrayList<>();
        for (Class<?> each : List.of(FolderStateStore.class, FolderHolder.class, ClusterException.class, Logger.class))
            places.add(Path.of(each.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        String.join(System.getProperty("path.separator"), places),
                        FolderHolder.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
