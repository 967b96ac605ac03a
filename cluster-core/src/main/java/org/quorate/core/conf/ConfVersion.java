package org.quorate.core.conf;

import java.util.Optional;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection.ConfKey;

/** Raises {@code totem.config_version}, which goes with every change of a configuration. Source: pvecm.md 5.5. */
public final class ConfVersion {
    private ConfVersion() {}

    /**
     * {@code file} with its version raised by one, in the section that decides it.
     *
     * @throws ClusterException with {@link Reason#CONFIGURATION_INVALID} if it has none, or the highest there is
     */
    public static ConfSection raised(ConfSection file) {
        for (int i = file.sections().size() - 1; i >= 0; i--) {
            ConfSection section = file.sections().get(i);
            if (!section.name().equals("totem")) continue;
            Optional<ConfKey> version = section.key("config_version");
            if (version.isPresent())
                return file.withSection(
                        i, section.with("config_version", next(version.get().value())));
        }
        throw new ClusterException(
                Reason.CONFIGURATION_INVALID, "totem.config_version is missing; set it to 1 on every node");
    }

    private static String next(String version) {
        if (!version.matches("[0-9]{1,18}"))
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    "totem.config_version is " + version + ", which cannot be raised; set it to a smaller number");
        return Long.toString(Long.parseLong(version) + 1);
    }
}
