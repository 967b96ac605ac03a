package org.quorate.knet.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quorate.CompressionConfig;
import org.quorate.CompressionConfig.Model;
import org.quorate.LinkMode;
import org.quorate.NodeId;
import org.quorate.spi.TransportSettings;

/** Messages are compressed whole before they are cut, by whoever is told to; the other side needs no setting for it. */
class CompressedMessagesTest {
    private final EngineLab lab = new EngineLab();

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aPeerWithoutCompressionReadsWhatIsCompressed(Model model) {
        EngineLab.Node sender = start(1, 2, new CompressionConfig(model, 0, 1));
        EngineLab.Node receiver = start(2, 1, CompressionConfig.OFF);
        lab.run(2000);
        sender.taken();
        receiver.taken();

        sender.send(2, 60_000, 42);
        lab.run(5);
        assertThat(data(sender)).hasSize(1).first().asString().startsWith("to 2/0 DATA 1 part 0/1 of ");
        assertThat(receiver.events()).containsExactly("message from 1: 60000 bytes, first 42");

        byte[] random = new byte[3000];
        new Random(5).nextBytes(random);
        sender.engine.send(lab.nowMillis() * EngineLab.MILLI, NodeId.of(2), ByteBuffer.wrap(random));
        sender.send(2, 100, 7); // not longer than the threshold
        lab.run(5);
        assertThat(data(sender)).hasSize(4).first().asString().startsWith("to 2/0 DATA 2 part 1/3 of ");
        assertThat(receiver.events())
                .containsExactly(
                        "message from 1: 3000 bytes, first " + random[0], "message from 1: 100 bytes, first 7");

        assertThat(sender.engine.counters()).containsEntry("sent.messages", 3L).containsEntry("sent.compressed", 1L);
        assertThat(receiver.engine.counters())
                .containsEntry("delivered.messages", 3L)
                .containsEntry("delivered.compressed", 1L);

        receiver.send(1, 60_000, 43);
        lab.run(5);
        assertThat(sender.events()).containsExactly("message from 2: 60000 bytes, first 43");
        assertThat(receiver.engine.counters()).containsEntry("sent.compressed", 0L);
    }

    @Test
    void aLibraryThatIsNotThereIsSpokenOfOnceForEachNodeAndModel() {
        EngineLab.Node node = start(1, 2, CompressionConfig.OFF);
        Refusals refusals = new Refusals(new PeerTable(), node);
        for (int i = 0; i < 3; i++) {
            refusals.noLibrary(NodeId.of(3), 7, "zstd, which needs a:b on the class path");
            refusals.noLibrary(NodeId.of(3), 2, "lz4, which needs c:d on the class path");
            refusals.noLibrary(NodeId.of(4), 2, "lz4, which needs c:d on the class path");
        }
        assertThat(node.events())
                .isEqualTo(
                        List.of(
                                "refused: node 3 compresses with zstd, which needs a:b on the class path; its messages cannot be read",
                                "refused: node 3 compresses with lz4, which needs c:d on the class path; its messages cannot be read",
                                "refused: node 4 compresses with lz4, which needs c:d on the class path; its messages cannot be read"));
    }

    private static List<String> data(EngineLab.Node node) {
        return node.taken().stream().filter(line -> line.contains("DATA")).toList();
    }

    private EngineLab.Node start(int self, int other, CompressionConfig compression) {
        TransportSettings plain = EngineLab.settings(self, LinkMode.PASSIVE, 1, EngineLab.peer(other, 1));
        return lab.start(
                self,
                new TransportSettings(
                        plain.self(),
                        plain.localAddresses(),
                        plain.peers(),
                        plain.crypto(),
                        plain.key(),
                        plain.linkMode(),
                        plain.pmtudInterval(),
                        plain.manualMtu(),
                        compression));
    }
}
