package org.quorate.examples.hello;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The README's program does what the README says, and is the one that the README shows. */
class HelloClusterTest {
    @Test
    @Timeout(60)
    void saysHelloToItself() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        HelloCluster.run(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .contains("members [1], 1 of 1 vote, 1 needed")
                .contains("node 1 says hello");
    }

    @Test
    void isTheProgramInTheReadme() throws IOException {
        String source = Files.readString(Path.of("src/main/java/org/quorate/examples/hello/HelloCluster.java"));
        int begin = source.indexOf('\n', source.indexOf("// README begins")) + 1;
        String shown = source.substring(begin, source.indexOf("// README ends")).stripTrailing();
        assertThat(Files.readString(Path.of("../README.md"))).contains(shown.stripIndent());
    }
}
