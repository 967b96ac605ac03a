package org.quorate.examples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D link ...}. */
@Command(
        name = "link",
        description = {
            "Changes the links of the cluster on all nodes while they run.",
            "New addresses are tried between all members before anything is changed.",
            "A link that does not come up between all members is taken away again."
        },
        mixinStandardHelpOptions = true)
final class LinkCommand implements Runnable {
    private static final String NUMBER = "number of the link, 0 to 7";

    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec().commandLine(), "Missing command of link: add, change, remove or priority");
    }

    @Command(name = "add", description = "Adds a link.", mixinStandardHelpOptions = true)
    int add(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "LINK", description = NUMBER) int link,
            @Parameters(
                            index = "1..*",
                            arity = "1..*",
                            paramLabel = "NODE=ADDR",
                            description = "the address of each node on it, by the node's name")
                    Map<String, String> addresses) {
        List<JsonObject> all = new ArrayList<>();
        addresses.forEach(
                (node, address) -> all.add(new JsonObject().put("node", node).put("address", address)));
        return change.send(main(), spec(), request("add", link).put("addresses", all));
    }

    @Command(
            name = "change",
            description = "Gives one node another address on a link.",
            mixinStandardHelpOptions = true)
    int change(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "LINK", description = NUMBER) int link,
            @Parameters(index = "1", paramLabel = "NODE", description = "name of the node") String node,
            @Parameters(index = "2", paramLabel = "ADDR", description = "its new address") String address) {
        return change.send(
                main(), spec(), request("change", link).put("node", node).put("address", address));
    }

    @Command(name = "remove", description = "Takes a link away; the last one stays.", mixinStandardHelpOptions = true)
    int remove(
            @Mixin ChangeRequest change, @Parameters(index = "0", paramLabel = "LINK", description = NUMBER) int link) {
        return change.send(main(), spec(), request("remove", link));
    }

    @Command(
            name = "priority",
            description = "Gives a link another priority; the usable one with the highest carries the data.",
            mixinStandardHelpOptions = true)
    int priority(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "LINK", description = NUMBER) int link,
            @Parameters(index = "1", paramLabel = "P", description = "0 to 255") int priority) {
        return change.send(main(), spec(), request("priority", link).put("priority", priority));
    }

    private static JsonObject request(String what, int link) {
        return new JsonObject().put("command", "link " + what).put("link", link);
    }

    private Main main() {
        return Objects.requireNonNull(main);
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
