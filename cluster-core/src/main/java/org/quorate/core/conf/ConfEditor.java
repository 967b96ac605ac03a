package org.quorate.core.conf;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.quorate.ClusterException;
import org.quorate.CryptoConfig;
import org.quorate.IpVersion;
import org.quorate.core.conf.ConfSection.ConfKey;
import org.quorate.core.conf.EditFinding.Kind;

/**
 * Makes the text of a changed configuration, or says everything that stands against it. Pure: names are looked up by the function given.
 *
 * <p>Rule: the version goes up by one; what is not changed is kept, known or not; the result is read again like any configuration and
 * refused if it contradicts itself. Source: pvecm.md 5.2, 5.5, 8, 9.
 */
public final class ConfEditor {
    private static final String NAME = "the new configuration";
    private static final int MIN_TOKEN_MILLIS = 30;
    private static final int MAX_TOKEN_MILLIS = 3_600_000;

    private final CorosyncConf base;
    private final Set<Integer> retiredIds;
    private final Function<String, List<InetAddress>> resolver;
    private final ConfDraft draft;

    private ConfEditor(CorosyncConf base, Set<Integer> retiredIds, Function<String, List<InetAddress>> resolver) {
        this.base = base;
        this.retiredIds = retiredIds;
        this.resolver = resolver;
        String version = ConfValues.ofTop("", base.tree(), "totem").text("ip_version", IpVersion.IPV6_4.confName());
        this.draft = new ConfDraft(base.tree(), new AddressBook(IpVersion.ofConfName(version), resolver));
    }

    /**
     * Tries {@code edit} on {@code base}.
     *
     * @param retiredIds ids that no new node gets unless they are asked for
     * @param resolver answers with the addresses of a name or of an address in digits, and with none if there are none
     */
    public static EditedConf edit(
            CorosyncConf base, ConfEdit edit, Set<Integer> retiredIds, Function<String, List<InetAddress>> resolver) {
        return new ConfEditor(base, retiredIds, resolver).edited(edit);
    }

    private EditedConf edited(ConfEdit edit) {
        if (edit instanceof ConfEdit.WholeText whole) return whole(whole);
        try {
            base.toClusterConfig();
            ConfVersion.raised(base.tree());
        } catch (ClusterException wrong) {
            draft.found(Kind.BASE_INVALID, "the configuration in force is not in order: " + wrong.getMessage());
            return new EditedConf(null, 0, draft.findings());
        }
        if (edit instanceof ConfEdit.AddNode add) addNode(add);
        else apply(edit);
        if (draft.isBlocked()) return new EditedConf(null, 0, draft.findings());
        if (!(edit instanceof ConfEdit.RotateKey) && isAsBefore())
            draft.found(Kind.NOTHING_CHANGES, "nothing would change: the configuration is like that already");
        remarks();
        return checked();
    }

    private boolean isAsBefore() {
        try {
            return ConfWriter.text(draft.file()).equals(ConfWriter.text(base.tree()));
        } catch (ClusterException unwritable) {
            return false; // which is said in its turn
        }
    }

    private void apply(ConfEdit edit) {
        LinkEdits links = new LinkEdits(draft);
        if (edit instanceof ConfEdit.RemoveNode remove) removeNode(remove);
        else if (edit instanceof ConfEdit.AddLink add) links.add(add);
        else if (edit instanceof ConfEdit.ChangeLink change) links.change(change);
        else if (edit instanceof ConfEdit.RemoveLink remove) links.remove(remove);
        else if (edit instanceof ConfEdit.LinkPriority priority) links.priority(priority);
        else if (edit instanceof ConfEdit.Votes votes) votes(votes);
        else if (edit instanceof ConfEdit.Token token) token(token.millis());
        else if (edit instanceof ConfEdit.TokenCoefficient each) coefficient(each.millis());
        else if (edit instanceof ConfEdit.Crypto crypto) crypto(crypto.crypto());
        else if (edit instanceof ConfEdit.TwoNode two) twoNode(two.on());
        else if (edit instanceof ConfEdit.RotateKey) rotate();
        else throw new IllegalArgumentException("an edit of no known kind: " + edit);
    }

    private void addNode(ConfEdit.AddNode edit) {
        NodeAddition.Outcome outcome = NodeAddition.of(draft.file(), edit.request(), retiredIds, resolver);
        for (AdditionFinding each : outcome.findings())
            draft.found(each.blocks() ? Kind.ADDITION : Kind.ADDITION_WARNING, each.sentence());
        // the version is raised there; here it is raised at the end, for every edit alike
        if (outcome.file() != null) draft.replaceFile(withVersionOf(base.tree(), outcome.file()));
    }

    private static ConfSection withVersionOf(ConfSection base, ConfSection changed) {
        ConfDraft back = new ConfDraft(changed, new AddressBook(IpVersion.IPV6_4, name -> List.of()));
        back.set(
                "totem",
                "config_version",
                new ConfDraft(base, back.book())
                        .value("totem", "config_version")
                        .orElse(""));
        return back.file();
    }

    private void removeNode(ConfEdit.RemoveNode edit) {
        ConfSection gone = draft.node(edit.node()).orElse(null);
        if (gone == null) return;
        if (draft.nodes().size() == 1) {
            draft.found(
                    Kind.LAST_NODE,
                    AdditionCheck.nameOf(gone) + " is the only node; there would be no cluster, so let it leave");
            return;
        }
        draft.changeNodes(node -> Objects.equals(node, gone) ? null : node);
        checkVotes();
    }

    private void votes(ConfEdit.Votes edit) {
        if (edit.votes() < 0)
            draft.found(Kind.VALUE_OUT_OF_RANGE, "a node cannot have " + edit.votes() + " votes; give 0 or more");
        ConfSection listed = draft.node(edit.node()).orElse(null);
        if (listed == null || edit.votes() < 0) return;
        draft.changeNodes(node ->
                node != null && node.equals(listed) ? node.with("quorum_votes", Integer.toString(edit.votes())) : node);
        checkVotes();
    }

    private void checkVotes() {
        if (draft.nodes().stream().allMatch(node -> ConfDraft.number(node, "quorum_votes", 1) == 0))
            draft.found(Kind.NO_VOTES, "no node would have a vote, and the cluster no quorum; give one of them a vote");
    }

    private void token(int millis) {
        if (isInRange("token timeout", millis, MIN_TOKEN_MILLIS)) draft.set("totem", "token", Integer.toString(millis));
    }

    private void coefficient(int millis) {
        if (isInRange("token coefficient", millis, 0))
            draft.set("totem", "token_coefficient", Integer.toString(millis));
    }

    private boolean isInRange(String what, int millis, int least) {
        if (millis >= least && millis <= MAX_TOKEN_MILLIS) return true;
        draft.found(
                Kind.VALUE_OUT_OF_RANGE,
                "a " + what + " of " + millis + " ms is not in " + least + ".." + MAX_TOKEN_MILLIS);
        return false;
    }

    private void crypto(CryptoConfig crypto) {
        draft.set("totem", "crypto_cipher", crypto.cipher().confName());
        draft.set("totem", "crypto_hash", crypto.hash().confName());
        if (!crypto.isOn()) {
            draft.set("totem", "secauth", "off");
            draft.found(
                    Kind.NOT_ENCRYPTED,
                    "packets are neither encrypted nor authenticated then; whoever can send to a node can speak as one");
        }
    }

    private void rotate() {
        if (!base.needsKey())
            draft.found(Kind.NO_KEY, "packets are not encrypted, so there is no key; set the encryption first");
        if (base.inlineKey().isPresent())
            draft.found(
                    Kind.NO_KEY,
                    "the key is written in the configuration itself; put it into a key file on every node first");
    }

    private void twoNode(boolean on) {
        boolean two = draft.nodes().size() == 2
                && draft.nodes().stream().allMatch(node -> ConfDraft.number(node, "quorum_votes", 1) == 1);
        if (on && !two)
            draft.found(
                    Kind.NOT_TWO_NODES,
                    "two_node is for two nodes of one vote each; the cluster has "
                            + draft.nodes().size() + " nodes, with votes "
                            + draft.nodes().stream()
                                    .map(node -> ConfDraft.number(node, "quorum_votes", 1))
                                    .toList());
        if (on) draft.set("quorum", "two_node", "1");
        else draft.remove("quorum", "two_node");
    }

    /** What follows for the quorum section, and what is odd there. */
    private void remarks() {
        boolean two =
                draft.value("quorum", "two_node").filter(v -> !v.equals("0")).isPresent();
        if (two && draft.nodes().size() != 2) {
            draft.remove("quorum", "two_node");
            draft.found(
                    Kind.TWO_NODE_ENDS,
                    "two_node is switched off, since the cluster has "
                            + draft.nodes().size() + " nodes then");
        }
        boolean sameNodes = draft.nodes()
                .equals(ConfValues.ofTop("", base.tree(), "nodelist").inner("node"));
        draft.value("quorum", "expected_votes")
                .filter(written -> !sameNodes)
                .ifPresent(written -> draft.found(
                        Kind.EXPECTED_VOTES_WRITTEN,
                        "quorum.expected_votes " + written
                                + " is written down and counts in place of the votes of the nodes; remove it or change it"
                                + " too"));
    }

    private EditedConf checked() {
        if (draft.isBlocked()) return new EditedConf(null, 0, draft.findings());
        try {
            String text = ConfWriter.text(ConfVersion.raised(draft.file()));
            CorosyncConf result = CorosyncConf.parse(text, NAME);
            long version = result.toClusterConfig().configVersion();
            for (AdditionFinding each : AdditionCheck.findings(result.tree(), draft.book()))
                if (each.blocks()) draft.found(Kind.RESULT_INVALID, NAME + ": " + each.sentence());
            return draft.isBlocked()
                    ? new EditedConf(null, 0, draft.findings())
                    : new EditedConf(text, version, draft.findings());
        } catch (ClusterException wrong) {
            draft.found(Kind.RESULT_INVALID, String.valueOf(wrong.getMessage()));
            return new EditedConf(null, 0, draft.findings());
        }
    }

    private EditedConf whole(ConfEdit.WholeText whole) {
        try {
            CorosyncConf result = CorosyncConf.parse(whole.text(), NAME);
            long version = result.toClusterConfig().configVersion();
            long next = base.toClusterConfig().configVersion() + 1;
            if (version != next)
                draft.found(
                        Kind.VERSION_NOT_NEXT,
                        "the text has config_version " + version + "; the next one is " + next + ", so write that");
            for (AdditionFinding each : AdditionCheck.findings(result.tree(), draft.book()))
                if (each.blocks()) draft.found(Kind.RESULT_INVALID, NAME + ": " + each.sentence());
            boolean keyTold = result.tree().sections("totem").stream()
                    .flatMap(s -> s.keys().stream())
                    .map(ConfKey::name)
                    .anyMatch("key"::equals);
            if (keyTold)
                draft.found(Kind.RESULT_INVALID, "the text has the key in it, which others could read; use a key file");
            return draft.isBlocked()
                    ? new EditedConf(null, 0, draft.findings())
                    : new EditedConf(whole.text(), version, draft.findings());
        } catch (ClusterException wrong) {
            draft.found(Kind.RESULT_INVALID, String.valueOf(wrong.getMessage()));
            return new EditedConf(null, 0, draft.findings());
        }
    }
}
