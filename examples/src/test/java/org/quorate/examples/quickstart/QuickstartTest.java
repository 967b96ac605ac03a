package org.quorate.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The quickstart ends well; it checks its own steps, so this is a test of the whole library on real sockets. */
@Timeout(90)
class QuickstartTest {
    @Test
    void everythingHappensAsItShould() throws Exception {
        StringWriter text = new StringWriter();
        List<String> foldersBefore = folders();

        Quickstart.run(new PrintWriter(text));

        assertThat(text.toString())
                .contains("All three are quorate")
                .contains("Quorate:          Yes\n")
                .contains("received them in the same order")
                .contains("the membership never changed")
                .contains("Quorate: Yes (2 of 3 votes")
                .contains("is back after")
                .contains("What node 3 saw:")
                .contains("Everything happened as it should");
        assertThat(folders()).as("nothing stays behind").isEqualTo(foldersBefore);
        assertThat(Thread.getAllStackTraces().keySet().stream().map(Thread::getName))
                .as("no thread stays behind")
                .noneMatch(name -> name.startsWith("cluster-") || name.startsWith("quickstart-"));
    }

    private static List<String> folders() throws Exception {
        try (var all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("quorate-quickstart-"))
                    .sorted()
                    .toList();
        }
    }
}
