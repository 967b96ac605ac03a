package org.quorate.core.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What three nodes say to each other in the situations of the recorded timelines, word for word. {@code -Dtranscripts.rewrite=true} writes
 * what happens now into the files, to be reviewed.
 */
class RingTranscriptTest {
    private static final Path FOLDER = folder();

    private static Path folder() {
        Path inModule = Path.of("src/test/resources/transcripts/ring");
        return Files.isDirectory(inModule) ? inModule : Path.of("cluster-core").resolve(inModule);
    }

    static List<String> transcripts() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void nodesDoWhatTheTranscriptSays(String name) throws IOException {
        Path file = FOLDER.resolve(name);
        List<String> expected = Files.readAllLines(file);
        List<String> result = new Script().run(expected);
        if (Boolean.getBoolean("transcripts.rewrite")) Files.write(file, result);
        else assertThat(result).isEqualTo(expected);
    }
}
