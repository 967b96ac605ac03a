package org.quorate.examples.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quorate.core.conf.LocalAddresses;
import org.quorate.core.join.CertificateUpdate;
import org.quorate.examples.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code quorate --data-dir D updatecerts}. */
@Command(
        name = "updatecerts",
        description = {
            "Makes the certificates of a node that are missing or damaged, and renews its own if it ends within 14 days.",
            "Other nodes are not asked; the node may run."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class UpdatecertsCommand implements Callable<Integer> {
    @ParentCommand
    private @Nullable Main main;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--force", description = "renew the node's certificate in any case")
    private boolean force;

    @Option(names = "--json", description = "print a JSON object instead of text")
    private boolean json;

    @Override
    public Integer call() {
        CommandSpec self = Objects.requireNonNull(spec);
        Path folder = Objects.requireNonNull(main).requiredDataDir(self.commandLine(), "the folder of the node");
        CertificateUpdate.Result result =
                CertificateUpdate.run(folder, force, LocalAddresses.ofThisHost(), Clock.systemUTC());
        PrintWriter out = self.commandLine().getOut();
        if (json)
            out.println(JsonObject.withSchema()
                    .put("authorityMade", result.authorityMade())
                    .put("certificateMade", result.certificateMade())
                    .put("notAfter", result.notAfter())
                    .put("fingerprint", result.fingerprint()));
        else
            out.println((result.authorityMade() ? "The cluster has a new authority. " : "")
                    + (result.certificateMade() ? "The node has a new certificate" : "The certificate is kept")
                    + "; it ends on " + result.notAfter() + ".\nFingerprint: " + result.fingerprint());
        out.flush();
        return 0;
    }
}
