package org.quorate.core.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.quorate.core.pack.wire.PackedFrame;

/** A message whose beginning was missed costs itself only; pieces survive a synchronisation between them. */
class UnpackerTest {
    private final Unpacker unpacker = new Unpacker();
    private final List<String> out = new ArrayList<>();

    @Test
    void piecesOfDifferentSendersDoNotMix() {
        unpacker.finishSync();
        accept(1, 1, 0, "a1");
        accept(2, 1, 0, "b1");
        accept(1, 0, 1, "a2");
        accept(2, 0, 1, "b2", "c");
        assertThat(out).containsExactly("1:a1a2", "2:b1b2", "2:c");
    }

    @Test
    void aTailWithoutItsBeginningIsSkippedAndNothingElse() {
        unpacker.finishSync();
        accept(1, 0, 3, "tail", "whole");
        accept(1, 0, 0, "next");
        assertThat(out).containsExactly("1:whole", "1:next");
        assertThat(unpacker.skippedFrames()).isEqualTo(1);
    }

    @Test
    void aMessageThatBeginsBehindATailIsReadWhateverItsNumber() {
        unpacker.finishSync();
        accept(1, 4, 3, "tail", "whole", "he");
        accept(1, 5, 4, "a");
        accept(1, 0, 5, "d", "next");
        assertThat(out).containsExactly("1:whole", "1:head", "1:next");
        assertThat(unpacker.skippedFrames()).isEqualTo(1);
    }

    @Test
    void aFrameOfMiddlesIsSkippedUntilTheTail() {
        unpacker.finishSync();
        accept(1, 5, 4, "middle");
        accept(1, 6, 5, "middle");
        accept(1, 1, 6, "tail", "head");
        accept(1, 0, 1, "end");
        assertThat(out).containsExactly("1:headend");
        assertThat(unpacker.skippedFrames()).isEqualTo(3);
    }

    @Test
    void aFrameThatBeginsWithAMessageEndsAHalfOne() {
        unpacker.finishSync();
        accept(1, 1, 0, "given up");
        accept(1, 1, 0, "whole", "head");
        accept(1, 0, 1, "end");
        assertThat(out).containsExactly("1:whole", "1:headend");
        assertThat(unpacker.skippedFrames()).isZero();
    }

    @Test
    void aPieceIsNotTakenForTheRestOfAnotherMessage() {
        unpacker.finishSync();
        accept(1, 2, 1, "middle");
        accept(1, 0, 3, "of another");
        assertThat(out).isEmpty();
        accept(1, 0, 0, "next");
        assertThat(out).containsExactly("1:next");
    }

    @Test
    void aMessageWhosePiecesLieAroundASynchronisationComesOutWhole() {
        unpacker.finishSync();
        accept(1, 1, 0, "before ");
        unpacker.forget(List.of(2));
        unpacker.startSync();
        accept(1, 0, 0, "barrier");
        unpacker.finishSync();
        accept(1, 0, 1, "after");
        assertThat(out).containsExactly("1:barrier", "1:before after");
    }

    @Test
    void whatANodeThatLeftDidNotFinishIsForgotten() {
        unpacker.finishSync();
        accept(2, 1, 0, "old ");
        unpacker.forget(List.of(2));
        unpacker.startSync();
        unpacker.finishSync();
        accept(2, 0, 0, "new");
        assertThat(out).containsExactly("2:new");
    }

    @Test
    void aMessageThatNeverEndsIsForgotten() {
        unpacker.finishSync();
        String piece = "x".repeat(60_000);
        accept(1, 1, 0, piece);
        for (int i = 1; i < 25; i++) accept(1, i + 1, i, piece);
        accept(1, 0, 25, "end", "whole");
        accept(1, 0, 0, "next");
        assertThat(out).containsExactly("1:whole", "1:next");
    }

    private void accept(int node, int fragmented, int continuation, String... parts) {
        List<ByteBuffer> buffers = Arrays.stream(parts)
                .map(p -> ByteBuffer.wrap(p.getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .toList();
        unpacker.accept(
                node,
                new PackedFrame(fragmented, continuation, buffers),
                (n, m) -> out.add(n + ":" + new String(m, java.nio.charset.StandardCharsets.US_ASCII)));
    }
}
