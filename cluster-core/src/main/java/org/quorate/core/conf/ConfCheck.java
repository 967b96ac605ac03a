package org.quorate.core.conf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection.ConfKey;

/** Looks at every key of a tree on its own: refuses wrong values, collects a warning for each key that will have no effect. */
final class ConfCheck {
    /** The provider whose keys are known; those of others are not looked into. */
    static final String VOTEQUORUM = "corosync_votequorum";

    /** Most warnings kept; a file with more of them is not a corosync.conf and the rest says nothing new. */
    static final int MAX_WARNINGS = 200;

    private final String sourceName;
    private final boolean knownQuorum;
    private final List<String> warnings = new ArrayList<>();

    private ConfCheck(String sourceName, boolean knownQuorum) {
        this.sourceName = sourceName;
        this.knownQuorum = knownQuorum;
    }

    /** The warnings of {@code file}. Throws a {@link ClusterException} at the first value that is not allowed. */
    static List<String> warnings(ConfSection file, String sourceName) {
        String provider = ConfValues.ofTop(sourceName, file, "quorum").text("provider", VOTEQUORUM);
        ConfCheck check = new ConfCheck(sourceName, provider.equals(VOTEQUORUM));
        for (ConfKey key : file.keys())
            check.warn(key.line(), key.name() + " stands outside of every section; it is ignored");
        for (ConfSection section : file.sections()) check.visit(section, section.name());
        return List.copyOf(check.warnings);
    }

    private void visit(ConfSection section, String path) {
        if (path.equals("nozzle"))
            warn(section.line(), "section nozzle is not in force: this node makes no network interface");
        if (KeyRule.isLeftAlone(path)) return;
        if (isOpaque(path)) return;
        if (!KeyRule.isKnownSection(path)) {
            warn(section.line(), "section " + path + " is not known; it is ignored");
            return;
        }
        for (ConfKey key : section.keys()) check(path + "." + key.name(), key);
        for (ConfSection inner : section.sections()) visit(inner, path + "." + inner.name());
    }

    /** What belongs to a plug-in: options of a foreign quorum provider, or of the model of a quorum device. */
    private boolean isOpaque(String path) {
        if (path.startsWith("quorum.device.")) return true;
        return !knownQuorum && path.startsWith("quorum.");
    }

    private void check(String path, ConfKey key) {
        if (!knownQuorum && path.startsWith("quorum.") && !path.equals("quorum.provider")) return;
        Optional<KeyRule> found = KeyRule.of(path);
        if (found.isEmpty()) {
            warn(key.line(), path + " is not known; " + fateOfUnknown(path));
            return;
        }
        KeyRule rule = found.get();
        if (!rule.accepts().test(key.value()))
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    sourceName + ":" + key.line() + ": " + path
                            + (key.value().isEmpty() ? " has no value" : " is " + key.value()) + "; allowed: "
                            + rule.allowed());
        if (!rule.remark().isEmpty() && !rule.silent().contains(key.value()))
            warn(key.line(), path + " " + key.value() + " " + rule.remark());
    }

    private static String fateOfUnknown(String path) {
        if (path.startsWith("quorum.")) return "it is handed to the quorum provider";
        if (path.startsWith("nodelist.node.")) return "it is kept as a label of the node";
        return "it is ignored";
    }

    private void warn(int line, String sentence) {
        if (warnings.size() < MAX_WARNINGS) warnings.add(sourceName + ":" + line + ": " + sentence);
    }
}
