package org.quorate.core.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quorate.ClusterConfig;
import org.quorate.ClusterListener;
import org.quorate.ClusterManager;
import org.quorate.CryptoConfig;
import org.quorate.LinkDiagnosis;
import org.quorate.LinkStatus;
import org.quorate.NodeBuilder;
import org.quorate.NodeConfig;
import org.quorate.NodeId;
import org.quorate.QuorumState;
import org.quorate.RingId;
import org.quorate.View;
import org.quorate.core.NodeEffect;
import org.quorate.spi.QuorumProvider;
import org.quorate.spi.QuorumProvider.RuleDecision;

/** What the transport and the engine report reaches listeners and a flight recording alike. */
class RecordedNodeTest {
    private static final NodeId SELF = NodeId.of(1);
    private static final NodeId PEER = NodeId.of(2);

    @Test
    void aRecordingTellsWhatHappenedToANode(@TempDir Path folder) throws IOException {
        ManualTransport transport = new ManualTransport(new ArrayList<>());
        ScriptedEngine engine = new ScriptedEngine();
        QuorumState quorum = new QuorumState(true, 2, 2, 2, 2, Set.of(), List.of(), "all are here");
        List<NodeId> both = List.of(SELF, PEER);
        engine.answer(
                new NodeEffect.Note(true, "the token was lost"),
                new NodeEffect.ViewInstalled(new View(new RingId(1, 5), both, both, List.of(), quorum)));
        List<String> heard = new ArrayList<>();
        NodeBuilder builder = ClusterManager.builder(
                        ClusterConfig.builder("orchard")
                                .crypto(CryptoConfig.NONE)
                                .transport("manual")
                                .quorumProvider("all")
                                .node(NodeConfig.of(1, "apple", "127.0.0.1"))
                                .node(NodeConfig.of(2, "pear", "127.0.0.2"))
                                .build(),
                        SELF)
                .transport(transport)
                .quorumProvider(QuorumProvider.of("all", in -> RuleDecision.quorate("always")))
                .callbackExecutor(Runnable::run)
                .listener(new ClusterListener() {
                    @Override
                    public void onLinkDiagnosis(LinkStatus link) {
                        heard.add(
                                link.diagnosis().kind() + " " + link.diagnosis().sentence());
                    }
                });
        try (Recording recording = new Recording();
                ClusterManager node = new EmbeddedClusterManager(
                        builder, (c, s, q) -> new NodeParts.Brain(engine, Map::of, () -> quorum), Clock.systemUTC())) {
            recording.start();
            node.start();
            transport.turn();
            LinkStatus link = LinkStatus.of(PEER, 0, "127.0.0.1:5405", "127.0.0.2:5405");
            transport.listener().linkChanged(link.withState(true, true, "answered 3 pings"));
            transport.listener().mtuChanged(link.withState(true, true, "answered 3 pings"));
            transport.listener().peerChanged(PEER, true, "link 0 is up");
            transport
                    .listener()
                    .linkDiagnosed(link.withDiagnosis(
                            LinkDiagnosis.of(LinkDiagnosis.Kind.ONE_WAY, "node 2 hears nothing from us")));
            recording.stop();
            Path file = folder.resolve("node.jfr");
            recording.dump(file);
            assertThat(RecordingFile.readAllEvents(file))
                    .extracting(RecordedNodeTest::inWords)
                    .contains(
                            "org.quorate.Note the token was lost",
                            "org.quorate.View 1.5",
                            "org.quorate.Quorum all are here",
                            "org.quorate.LinkChange answered 3 pings",
                            "org.quorate.LinkMtu the link is down",
                            "org.quorate.PeerChange link 0 is up",
                            "org.quorate.LinkDiagnosis node 2 hears nothing from us");
            assertThat(heard).containsExactly("ONE_WAY node 2 hears nothing from us");
            transport.endNode();
        }
    }

    private static String inWords(RecordedEvent event) {
        String text = event.getEventType().getName();
        for (String field : List.of("why", "sentence", "ringId", "reason"))
            if (text.startsWith("org.quorate.") && event.hasField(field)) text += " " + event.getString(field);
        return text;
    }
}
