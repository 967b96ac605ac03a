package org.quorate.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.testkit.JavaProgram;

/** The libraries work as named modules too: found, resolved, and their services loaded by name. */
class ModulePathTest {
    @Test
    void aNodeRunsFromTheModulePath() throws IOException, InterruptedException {
        JavaProgram.Result result = JavaProgram.run(List.of(
                "--module-path",
                NamedModules.path(),
                "--add-modules",
                NamedModules.NAMES,
                "-cp",
                Path.of("target", "classes").toAbsolutePath().toString(),
                HelloCluster.class.getName()));
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(result.output()).contains("node 1 says hello");
    }
}
