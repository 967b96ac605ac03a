package org.quorate.examples.cli;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.quorate.ClusterException;
import org.quorate.core.conf.LinkParameter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options {@code --link0} to {@code --link7}. */
final class LinkOptions {
    private static final String LABEL = "ADDR[,priority=P]";
    private static final String MORE = "the same on this link";

    private final TreeMap<Integer, LinkParameter> links = new TreeMap<>();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--link0",
            paramLabel = LABEL,
            description =
                    "own address on link 0, in digits or a name; the link with the highest priority, 0 to 255, carries the data")
    void link0(@Nullable String text) {
        put(0, text);
    }

    @Option(names = "--link1", paramLabel = LABEL, description = MORE)
    void link1(@Nullable String text) {
        put(1, text);
    }

    @Option(names = "--link2", paramLabel = LABEL, description = MORE)
    void link2(@Nullable String text) {
        put(2, text);
    }

    @Option(names = "--link3", paramLabel = LABEL, description = MORE)
    void link3(@Nullable String text) {
        put(3, text);
    }

    @Option(names = "--link4", paramLabel = LABEL, description = MORE)
    void link4(@Nullable String text) {
        put(4, text);
    }

    @Option(names = "--link5", paramLabel = LABEL, description = MORE)
    void link5(@Nullable String text) {
        put(5, text);
    }

    @Option(names = "--link6", paramLabel = LABEL, description = MORE)
    void link6(@Nullable String text) {
        put(6, text);
    }

    @Option(names = "--link7", paramLabel = LABEL, description = MORE)
    void link7(@Nullable String text) {
        put(7, text);
    }

    /** The links given. */
    SortedMap<Integer, LinkParameter> links() {
        return links;
    }

    private void put(int link, @Nullable String text) {
        if (text == null) return;
        try {
            links.put(link, LinkParameter.parse(text));
        } catch (ClusterException wrong) {
            if (command == null) throw wrong;
            throw new ParameterException(command.commandLine(), "--link" + link + ": " + wrong.getMessage(), wrong);
        }
    }
}
