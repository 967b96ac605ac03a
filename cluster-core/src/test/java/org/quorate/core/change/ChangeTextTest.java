package org.quorate.core.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quorate.core.change.Objection.Kind;
import org.quorate.core.json.JsonObject.Malformed;

/** Messages about trials of links, there and back, also those of versions that know nothing of them. */
class ChangeTextTest {
    private static final ProposalId ID = new ProposalId(new Member(3, 7), 4);
    private static final Proposal PROPOSAL =
            new Proposal(ID, "adding link 1", "base", 2, "text", "roster", "", "", Proposal.Traits.NONE);
    private static final LinkTrial TRIAL = new LinkTrial("0123456789abcdef".repeat(4), 5000, true);
    private static final List<TriedLink> TRIED =
            List.of(new TriedLink(1, 2, true, true, 1472), new TriedLink(7, 65_535, false, true, 0));

    private static String text(ChangeMessage message) {
        return new String(ChangeText.encode(message), StandardCharsets.UTF_8);
    }

    private static ChangeMessage read(String text) throws Malformed {
        return ChangeText.decode(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsSentIsRead() throws Malformed {
        Standing standing = new Standing(2, 1, "digest", false, "key", 2, 8);
        List<ChangeMessage> all = List.of(
                new ChangeMessage.Propose(PROPOSAL, Optional.of(TRIAL)),
                new ChangeMessage.Propose(PROPOSAL, Optional.empty()),
                new ChangeMessage.Accept(ID, TRIED),
                new ChangeMessage.Refuse(ID, List.of(new Objection(2, Kind.ADDRESS_UNUSABLE, "taken")), TRIED),
                new ChangeMessage.Hello(8, "company", standing, Optional.empty(), "", true));
        for (ChangeMessage each : all) assertThat(read(text(each))).isEqualTo(each);
    }

    @Test
    void whoKnowsNoTrialsIsUnderstood() throws Malformed {
        String accept = text(new ChangeMessage.Accept(ID, List.of()));
        assertThat(accept).contains("\"tried\":[]");
        assertThat(read(accept.replace(",\"tried\":[]", ""))).isEqualTo(new ChangeMessage.Accept(ID, List.of()));
        Standing standing = new Standing(2, 1, "digest", false, "key", 2, 8);
        ChangeMessage.Hello hello = new ChangeMessage.Hello(8, "company", standing, Optional.empty(), "", false);
        assertThat(text(hello)).contains("\"tries\":false");
        assertThat(read(text(hello).replace("\"tries\":false,", ""))).isEqualTo(hello);
    }

    @Test
    void whatIsOutOfBoundsIsRefusedAsAWhole() {
        String propose = text(new ChangeMessage.Propose(PROPOSAL, Optional.of(TRIAL)));
        String accept = text(new ChangeMessage.Accept(ID, TRIED));
        for (String wrong : List.of(
                propose.replace("5000", "60001"),
                propose.replace("0123456789abcdef", "0123456789ABCDEF"),
                propose.replace("0123456789abcdef", "0123456789abcde"),
                accept.replace("\"link\":7", "\"link\":8"),
                accept.replace("\"peer\":2", "\"peer\":0"),
                accept.replace("1472", "65536")))
            assertThatThrownBy(() -> read(wrong)).as(wrong).isInstanceOf(Malformed.class);
    }

    @Test
    void theKeyOfATrialIsNotSaid() {
        assertThat(new ChangeMessage.Propose(PROPOSAL, Optional.of(TRIAL)).toString())
                .doesNotContain("0123456789abcdef");
    }
}
