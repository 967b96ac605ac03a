package org.quorate.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.testkit.JavaProgram;

/** The example, packed into a jar of its own, is found by its name on the class path and on the module path: the same jar. */
class PluginJarTest {
    private static final String SERVICE = "META-INF/services/org.quorate.spi.QuorumProvider";
    private static final String DECISION = "1 of 1 sites [only], 1 needed";

    @TempDir
    private Path folder;

    @Test
    void isFoundOnTheClassPath() throws IOException, InterruptedException {
        String path = String.join(
                File.pathSeparator,
                NamedModules.path(),
                plugin().toString(),
                program().toString());
        assertThat(run("-cp", path)).contains(DECISION);
    }

    @Test
    void isFoundOnTheModulePath() throws IOException, InterruptedException {
        assertThat(run(
                        "--module-path",
                        NamedModules.path() + File.pathSeparator + plugin(),
                        "--add-modules",
                        NamedModules.NAMES + ",plugin.sites",
                        "-cp",
                        program().toString()))
                .contains(DECISION);
    }

    @Test
    void withoutItTheNodeSaysWhatIsThere() throws IOException, InterruptedException {
        assertThat(run("-cp", NamedModules.path() + File.pathSeparator + program()))
                .contains("no quorum provider called two_of_three_sites is on the class path or module path;"
                        + " there is corosync_votequorum");
    }

    private static String run(String... options) throws IOException, InterruptedException {
        return JavaProgram.run(Stream.concat(Arrays.stream(options), Stream.of(PluginProgram.class.getName()))
                        .toList())
                .output();
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
}
