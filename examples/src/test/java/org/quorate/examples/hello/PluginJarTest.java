package org.quorate.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example, packed into a jar of its own, is found by its name on the class path and on the module path: the same jar. */
class PluginJarTest {
    private static final String SERVICE = "META-INF/services/org.quorate.spi.QuorumProvider";
    private static final String DECISION = "1 of 1 sites [only], 1 needed";
    private static final List<String> LIBRARIES = List.of(
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

    @TempDir
    private Path folder;

    @Test
    void isFoundOnTheClassPath() throws IOException, InterruptedException {
        String path = String.join(
                File.pathSeparator, libraries(), plugin().toString(), program().toString());
        assertThat(run("-cp", path)).contains(DECISION);
    }

    @Test
    void isFoundOnTheModulePath() throws IOException, InterruptedException {
        assertThat(run(
                        "--module-path",
                        libraries() + File.pathSeparator + plugin(),
                        "--add-modules",
                        "org.quorate.core,org.quorate.transport.knet,org.quorate.quorum,plugin.sites",
                        "-cp",
                        program().toString()))
                .contains(DECISION);
    }

    @Test
    void withoutItTheNodeSaysWhatIsThere() throws IOException, InterruptedException {
        assertThat(run("-cp", libraries() + File.pathSeparator + program()))
                .contains("no quorum provider called two_of_three_sites is on the class path or module path;"
                        + " there is corosync_votequorum");
    }

    private String run(String... options) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        Stream<String> command = Stream.concat(
                Stream.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m"),
                Stream.concat(Arrays.stream(options), Stream.of(PluginProgram.class.getName())));
        Process process = new ProcessBuilder(command.toList())
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
        return Files.readString(output);
    }

    /** The classes of the example's package and the file that names its provider. */
    private Path plugin() throws IOException {
        Path jar = folder.resolve("sites.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", "plugin.sites");
        Path classes = Path.of("target", "classes").toAbsolutePath();
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> own = Files.list(classes.resolve("org/quorate/examples/sites"))) {
            for (Path each : Stream.concat(own, Stream.of(classes.resolve(SERVICE)))
                    .sorted()
                    .toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                Files.copy(each, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    /** The program alone, without the classes of the example. */
    private Path program() throws IOException {
        String name = PluginProgram.class.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve("program").resolve(name);
        Files.createDirectories(copy.getParent());
        if (Files.notExists(copy))
            Files.copy(Path.of("target", "test-classes", name).toAbsolutePath(), copy);
        return folder.resolve("program");
    }

    private static String libraries() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(PluginJarTest::isLibrary)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Jars of named modules, and, where a build has made no jars yet, folders of classes. */
    private static boolean isLibrary(String entry) {
        Path path = Path.of(entry);
        String name = path.getFileName().toString();
        if (name.endsWith("-tests.jar") || name.equals("test-classes")) return false;
        Path module = name.equals("classes") ? path.getParent().getParent().getFileName() : path.getFileName();
        return LIBRARIES.stream().anyMatch(module.toString()::startsWith);
    }
}
