package org.quorate.examples.cli;

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

/** {@code quorate --data-dir D set ...}. */
@Command(
        name = "set",
        description = "Changes the configuration of the cluster, for good, on all nodes while they run.",
        mixinStandardHelpOptions = true)
final class SetCommand implements Runnable {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec().commandLine(), "Missing what to set: votes, token, coefficient, crypto or two-node");
    }

    @Command(name = "votes", description = "How many votes a node has.", mixinStandardHelpOptions = true)
    int votes(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "NODE", description = "name of the node") String node,
            @Parameters(index = "1", paramLabel = "VOTES", description = "0 or more") int votes) {
        return change.send(main(), spec(), request("votes").put("node", node).put("votes", votes));
    }

    @Command(name = "token", description = "The token timeout for two nodes.", mixinStandardHelpOptions = true)
    int token(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "MS", description = "milliseconds") int millis) {
        return change.send(main(), spec(), request("token").put("millis", millis));
    }

    @Command(
            name = "coefficient",
            description = "What each node beyond two adds to the token timeout.",
            mixinStandardHelpOptions = true)
    int coefficient(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "MS", description = "milliseconds") int millis) {
        return change.send(main(), spec(), request("coefficient").put("millis", millis));
    }

    @Command(name = "crypto", description = "Cipher and hash of all links.", mixinStandardHelpOptions = true)
    int crypto(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "CIPHER", description = "none, aes128, aes192 or aes256")
                    String cipher,
            @Parameters(index = "1", paramLabel = "HASH", description = "none, md5, sha1, sha256, sha384 or sha512")
                    String hash) {
        return change.send(
                main(), spec(), request("crypto").put("cipher", cipher).put("hash", hash));
    }

    @Command(
            name = "two-node",
            description = "Two-node mode: either node is quorate alone, and after a start waits for the other.",
            mixinStandardHelpOptions = true)
    int twoNode(
            @Mixin ChangeRequest change,
            @Parameters(index = "0", paramLabel = "on|off", description = "on or off") String word) {
        if (!word.equals("on") && !word.equals("off"))
            throw new ParameterException(spec().commandLine(), "'" + word + "' is neither on nor off");
        return change.send(main(), spec(), request("two-node").put("on", word.equals("on")));
    }

    private static JsonObject request(String what) {
        return new JsonObject().put("command", "set " + what);
    }

    private Main main() {
        return Objects.requireNonNull(main);
    }

    private CommandSpec spec() {
        return Objects.requireNonNull(spec);
    }
}
