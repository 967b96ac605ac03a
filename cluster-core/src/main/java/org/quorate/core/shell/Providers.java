package org.quorate.core.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.spi.LinkTransport;
import org.quorate.spi.QuorumProvider;

/** Finds transports and quorum providers by name among those on the class path and module path. */
final class Providers {
    private Providers() {}

    /** The transport called {@code name}. Throws a {@link ClusterException} that lists what is there if it is missing or there twice. */
    static LinkTransport transport(String name) {
        return choose("transport", name, load(ServiceLoader.load(LinkTransport.class)), LinkTransport::name);
    }

    /** The quorum provider called {@code name}; refuses as {@link #transport} does. */
    static QuorumProvider quorum(String name) {
        return choose("quorum provider", name, load(ServiceLoader.load(QuorumProvider.class)), QuorumProvider::name);
    }

    private static <T> List<T> load(ServiceLoader<T> loader) {
        try {
            List<T> all = new ArrayList<>();
            for (T each : loader) all.add(each);
            return all;
        } catch (ServiceConfigurationError broken) {
            throw new ClusterException(
                    Reason.PROVIDER_MISSING,
                    "a provider on the class path or module path cannot be loaded: " + broken.getMessage(),
                    broken);
        }
    }

    /** The one of {@code all} that is called {@code name}; instances of one class count once. */
    static <T> T choose(String kind, String name, List<T> all, Function<T, String> nameOf) {
        TreeMap<String, List<T>> byName = new TreeMap<>();
        for (T each : all) {
            List<T> same = byName.computeIfAbsent(nameOf.apply(each), n -> new ArrayList<>());
            if (same.stream().noneMatch(s -> s.getClass().equals(each.getClass()))) same.add(each);
        }
        List<T> found = byName.getOrDefault(name, List.of());
        if (found.size() == 1) return found.get(0);
        if (found.isEmpty())
            throw new ClusterException(
                    Reason.PROVIDER_MISSING,
                    "no " + kind + " called " + name + " is on the class path or module path; there "
                            + (byName.isEmpty() ? "is none" : "is " + String.join(", ", byName.keySet()))
                            + "; add the module that has it, or correct the name");
        throw new ClusterException(
                Reason.PROVIDER_MISSING,
                "the " + kind + " " + name + " is there more than once: "
                        + String.join(
                                ", ",
                                found.stream()
                                        .map(f -> f.getClass().getName())
                                        .sorted()
                                        .toList())
                        + "; remove all but one");
    }
}
