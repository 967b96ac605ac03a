package org.quorate.examples.hello;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The libraries and what they need, as found on the class path of the tests. */
final class NamedModules {
    /** The modules that a program has to ask for. */
    static final String NAMES = "org.quorate.core,org.quorate.transport.knet,org.quorate.quorum";

    private static final List<String> FILES = List.of(
            "cluster-api",
            "cluster-core",
            "cluster-quorum",
            "cluster-transport-knet",
            "netty-",
            "slf4j-",
            "jackson-core",
            "bcpkix-",
            "bcprov-",
            "bcutil-",
            "jspecify");

    private NamedModules() {}

    /** Their jars, and, where a build has made no jars yet, folders of classes. */
    static String path() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(NamedModules::isModule)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isModule(String entry) {
        Path path = Path.of(entry);
        String name = path.getFileName().toString();
        if (name.endsWith("-tests.jar") || name.equals("test-classes")) return false;
        Path module = name.equals("classes") ? path.getParent().getParent().getFileName() : path.getFileName();
        return FILES.stream().anyMatch(module.toString()::startsWith);
    }
}
