package org.quorate.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.examples.cli.Main;
import org.quorate.interop.RequiresCorosync;

/** The script {@code examples/four-hosts}: a cluster is made, grows to four hosts, loses one, takes it back, and lets another one go. */
@RequiresCorosync
class FourHostsTest {
    private static final long LIMIT_SECONDS = 300;

    @TempDir
    private Path folder;

    @Test
    void fourHostsBecomeAClusterAndOneIsRemovedReturnsAndAnotherLeaves() throws IOException, InterruptedException {
        Path launcher = folder.resolve("quorate");
        Files.writeString(
                launcher,
                "#!/bin/sh\nexec '" + ProcessHandle.current().info().command().orElse("java")
                        + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path")
                        + "' " + Main.class.getName() + " \"$@\"\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        Path output = folder.resolve("output");
        ProcessBuilder script =
                new ProcessBuilder(Path.of("four-hosts").toAbsolutePath().toString());
        script.environment().put("QUORATE", launcher.toString());
        Process process =
                script.redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(output);
            System.out.println(text);
            assertThat(ended).as(text).isTrue();
            assertThat(process.exitValue()).as(text).isZero();
            assertThat(text)
                    .contains("=== apple: status", "Name:             orchard", "Flags:            Quorate")
                    .contains("Nodes:            4", "Nodes:            3", "=== all went well")
                    .contains("this cluster has two nodes", "The agent of the folder runs it.")
                    .contains("node quince is in no cluster yet")
                    .doesNotContain("were not tried");
        } finally {
            process.destroyForcibly();
        }
    }
}
