package org.quorate.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The libraries work as named modules too: found, resolved, and their services loaded by name. */
class ModulePathTest {
    private static final List<String> MODULES = List.of(
            "cluster-api",
            "cluster-core",
            "cluster-quorum",
            "cluster-transport-knet",
            "netty-",
            "slf4j-",
            "jackson-core",
            "bcpkix-",
            "bcprov-",
            "bcutil-",
            "jspecify");

    @Test
    void aNodeRunsFromTheModulePath(@TempDir Path folder) throws IOException, InterruptedException {
        String modulePath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(ModulePathTest::isModule)
                .collect(Collectors.joining(File.pathSeparator));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "--module-path",
                        modulePath,
                        "--add-modules",
                        "org.quorate.core,org.quorate.transport.knet,org.quorate.quorum",
                        "-cp",
                        Path.of("target", "classes").toAbsolutePath().toString(),
                        HelloCluster.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS))
                    .as("ends by itself")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isZero();
        assertThat(printed).contains("node 1 says hello");
    }

    /** Jars of named modules, and, where a build has made no jars yet, folders of classes. */
    private static boolean isModule(String entry) {
        Path path = Path.of(entry);
        String name = path.getFileName().toString();
        if (name.endsWith("-tests.jar") || name.equals("test-classes")) return false;
        Path module = name.equals("classes") ? path.getParent().getParent().getFileName() : path.getFileName();
        return MODULES.stream().anyMatch(module.toString()::startsWith);
    }
}
