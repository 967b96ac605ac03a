package org.quorate.core.request.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quorate.core.request.wire.RequestMessage.Kind;
import org.quorate.core.wire.DropReason;
import org.quorate.core.wire.Parsed;

/** The layout of requests and answers: octets as documented, round trips, and nothing but a refusal for what is damaged. */
class RequestMessageTest {
    @Test
    void theOctetsAreThoseOfTheDocument() {
        byte[] octets =
                new RequestMessage(Kind.ANSWER, 0x0102030405060708L, 0x1234, true, -2, new byte[] {9, 8}).encode();
        assertThat(HexFormat.of().formatHex(octets))
                .isEqualTo("5141534b" + "01" + "02" + "0000" + "0807060504030201" + "34120000" + "01000000" + "feffffff"
                        + "00000000" + "0908");
    }

    @Test
    void whatIsMadeIsReadAndWhatIsDamagedIsReadOrRefused() {
        long seed = Long.getLong("request.seed", new Random().nextLong());
        System.out.println("-Drequest.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 2000; i++) {
            Kind kind = List.of(Kind.values()).get(random.nextInt(3));
            boolean one = kind != Kind.REQUEST || random.nextBoolean();
            int node = one || random.nextBoolean() ? 1 + random.nextInt(65_535) : 0;
            byte[] payload = new byte[random.nextInt(40)];
            random.nextBytes(payload);
            RequestMessage message =
                    new RequestMessage(kind, random.nextLong(), node, one, one ? random.nextInt() : 0, payload);
            byte[] octets = message.encode();
            assertThat(RequestMessage.decode(octets)).isEqualTo(Parsed.ok(message));
            byte[] damaged =
                    random.nextBoolean() ? Arrays.copyOf(octets, random.nextInt(octets.length)) : octets.clone();
            if (damaged.length > 0) damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            Parsed<RequestMessage> parsed = RequestMessage.decode(damaged);
            if (damaged.length < RequestMessage.HEADER_BYTES)
                assertThat(parsed).isEqualTo(Parsed.malformed(DropReason.REQUEST_FORMAT));
        }
    }
}
