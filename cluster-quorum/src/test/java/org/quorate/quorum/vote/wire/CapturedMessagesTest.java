package org.quorate.quorum.vote.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.quorate.testkit.Json;

/**
 * Every message that daemons were seen to exchange is read as recorded, and written again with the same octets, apart from those that
 * the layouts call meaningless.
 */
class CapturedMessagesTest {
    private static final int HEADER_BYTES = 16;
    private static final int SIZE_AT = 8;
    private static final int SERVICE = 5;

    @TestFactory
    Stream<DynamicTest> capturedMessagesAreReadAndWrittenAgain() {
        return Stream.of("cap-2node-qdevice", "cap-3node-split", "cap-downscale-leave", "cap-reconfigure-device")
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Json messages = Json.resource("votequorum/" + name + ".json");
                    assertThat(messages.size()).isPositive();
                    messages.items().forEach(CapturedMessagesTest::check);
                }));
    }

    private static void check(Json captured) {
        byte[] whole = captured.get("hex").hex();
        Json fields = captured.get("decoded");
        ByteBuffer header = ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(header.getInt(0)).isEqualTo(SERVICE << 16 | fields.get("id").integer());
        assertThat(header.getInt(SIZE_AT)).isEqualTo(whole.length);
        byte[] body = Arrays.copyOfRange(whole, HEADER_BYTES, whole.length);

        Decoded decoded = VoteMessage.decode(fields.get("id").integer(), body);

        assertThat(decoded).as(captured.toString()).isInstanceOf(Decoded.Ok.class);
        VoteMessage message = ((Decoded.Ok) decoded).message();
        assertThat(message).isEqualTo(expected(fields));
        assertThat(message.encode()).as(captured.toString()).isEqualTo(withoutMeaningless(message, body));
    }

    private static VoteMessage expected(Json fields) {
        return switch (fields.get("type").text()) {
            case "nodeinfo" ->
                new NodeInfo(
                        fields.get("nodeid").integer(),
                        fields.get("votes").integer(),
                        fields.get("expectedVotes").integer(),
                        fields.get("flags").integer());
            case "reconfigure" ->
                new Reconfigure(
                        org.quorate.NodeId.of(fields.get("nodeid").integer()),
                        fields.get("value").integer(),
                        what(fields.get("param").integer()));
            case "qdevice_reg" ->
                new DeviceRegister(
                        fields.get("operation").text().equals("register"),
                        fields.get("name").text());
            case "qdevice_reconfigure" ->
                new DeviceRename(
                        fields.get("oldName").text(), fields.get("newName").text());
            default -> throw new AssertionError(fields.get("type").text());
        };
    }

    private static Reconfigure.What what(int param) {
        return switch (param) {
            case 1 -> Reconfigure.What.EXPECTED_VOTES;
            case 2 -> Reconfigure.What.NODE_VOTES;
            case 3 -> Reconfigure.What.CANCEL_WAIT_FOR_ALL;
            default -> throw new AssertionError(param);
        };
    }

    private static byte[] withoutMeaningless(VoteMessage message, byte[] body) {
        byte[] clean = body.clone();
        if (message instanceof Reconfigure) Arrays.fill(clean, 12, 16, (byte) 0);
        if (message instanceof DeviceRegister register)
            Arrays.fill(clean, 4 + register.name().length(), clean.length, (byte) 0);
        if (message instanceof DeviceRename rename) {
            Arrays.fill(clean, rename.oldName().length(), 255, (byte) 0);
            Arrays.fill(clean, 255 + rename.newName().length(), clean.length, (byte) 0);
        }
        return clean;
    }
}
