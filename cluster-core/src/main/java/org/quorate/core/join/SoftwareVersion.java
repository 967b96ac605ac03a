package org.quorate.core.join;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;

/** The version of this software, for people to read. */
final class SoftwareVersion {
    private SoftwareVersion() {}

    static String text() {
        return Optional.ofNullable(SoftwareVersion.class.getModule().getDescriptor())
                .flatMap(ModuleDescriptor::rawVersion)
                .orElse("unknown");
    }
}
