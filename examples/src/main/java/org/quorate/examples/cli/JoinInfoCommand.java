package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.JoinInfo;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.NodeFolder;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D join-info} and {@code quorate join-info inspect TEXT}. */
@Command(
        name = "join-info",
        description = {
            "Prints what another machine has to know to join the cluster: one line to copy, without secrets.",
            "Proxmox VE calls it Join Information; either side reads the other's."
        },
        mixinStandardHelpOptions = true,
        subcommands = JoinInfoCommand.Inspect.class)
final class JoinInfoCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        Path folder = Objects.requireNonNull(main).requiredDataDir(self.commandLine(), "the folder of the node");
        JoinInfo info = NodeFolder.at(folder).joinInfo(LocalAddresses.ofThisHost());
        PrintWriter out = self.commandLine().getOut();
        out.println(json ? report(info).toString() : info.encode());
        out.flush();
        return 0;
    }

    private static JsonObject report(JoinInfo info) {
        List<JsonObject> links = new ArrayList<>();
        info.links()
                .forEach((link, address) ->
                        links.add(new JsonObject().put("link", link).put("address", address)));
        JsonObject totem = new JsonObject();
        info.totem().forEach(totem::put);
        return JsonObject.withSchema()
                .put("joinInfo", info.encode())
                .putText("address", known(info.address()))
                .putText("fingerprint", known(info.fingerprint()))
                .putText("node", known(info.node()))
                .putText("cluster", known(info.clusterName()))
                .put("links", links)
                .put("totem", totem);
    }

    private static Optional<String> known(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** {@code quorate join-info inspect TEXT}. */
    @Command(
            name = "inspect",
            description = "Says what is in a text that was copied; asks nobody.",
            mixinStandardHelpOptions = true)
    static final class Inspect implements Callable<Integer> {
        @Spec
        private @Nullable CommandSpec spec;

        @Parameters(paramLabel = "TEXT", description = "the one line that join-info has printed")
        private String text = "";

        @Option(names = "--json", description = "print a JSON object instead of text")
        private boolean json;

        @Override
        public Integer call() {
            JoinInfo info = JoinInfo.parse(text);
            PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
            if (json) out.println(report(info));
            else print(info, out);
            out.flush();
            return 0;
        }

        private static void print(JoinInfo info, PrintWriter out) {
            line(out, "Cluster", info.clusterName());
            line(out, "Config Version", info.totem().getOrDefault("config_version", ""));
            line(out, "Secure auth", info.totem().getOrDefault("secauth", ""));
            line(out, "Node", info.node());
            line(out, "Address", info.address());
            line(out, "Fingerprint", info.fingerprint());
            info.links().forEach((link, address) -> line(out, "Link " + link, address));
        }

        private static void line(PrintWriter out, String label, String value) {
            out.printf("%-17s %s%n", label + ":", value.isEmpty() ? "not said" : value);
        }
    }
}
