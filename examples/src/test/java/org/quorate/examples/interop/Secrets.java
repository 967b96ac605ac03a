package org.quorate.examples.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Secrets, and where they are to be seen: as they are, in hexadecimal digits, in Base64, whole or a part. */
final class Secrets {
    private static final int PART = 12;

    private final Map<String, String> marks = new LinkedHashMap<>();

    /** Each part of {@code secret} in each way of writing it; bytes are taken for characters of Latin 1. */
    void add(String name, byte[] secret) {
        for (int at = 0; at + PART <= secret.length; at += PART) {
            byte[] part = Arrays.copyOfRange(
                    secret, at, at + PART); // a multiple of three, so Base64 of it is the same within the whole
            String where = name + " at " + at;
            marks.put(where + ", as it is", new String(part, StandardCharsets.ISO_8859_1));
            marks.put(where + ", hexadecimal", HexFormat.of().formatHex(part));
            marks.put(
                    where + ", hexadecimal upper",
                    HexFormat.of().withUpperCase().formatHex(part));
            marks.put(where + ", Base64", Base64.getEncoder().encodeToString(part));
            marks.put(where + ", Base64 of addresses", Base64.getUrlEncoder().encodeToString(part));
        }
    }

    /** A text that people type, in any case, with and without what groups it. */
    void addText(String name, String secret) {
        add(name, secret.getBytes(StandardCharsets.UTF_8));
        String bare = secret.replace("-", "");
        marks.put(name, secret);
        marks.put(name + " bare", bare);
        marks.put(name + " upper", bare.toUpperCase(Locale.ROOT));
    }

    /** The content of a PEM file. */
    void addPem(Path file) throws IOException {
        StringBuilder base64 = new StringBuilder();
        for (String line : Files.readAllLines(file)) if (!line.startsWith("-----")) base64.append(line.strip());
        byte[] der = Base64.getDecoder().decode(base64.toString());
        add(file.getParent().getFileName() + "/" + file.getFileName(), Arrays.copyOfRange(der, HEADER, der.length));
    }

    /** Of a key of PKCS#8: what comes before its number is the same for all; a multiple of three. */
    private static final int HEADER = 36;

    /** The names of the secrets of which a part is in {@code text}. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        marks.forEach((name, mark) -> {
            if (text.contains(mark)) found.add(name);
        });
        return found;
    }

    /** Those in files below {@code top} that others than their owner may read, each with the file. */
    List<String> inOpenFiles(Path top) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
                if (mode.stream().allMatch(each -> each.name().startsWith("OWNER_"))) continue;
                for (String name : in(Files.readString(file, StandardCharsets.ISO_8859_1)))
                    found.add(file + ": " + name);
            }
        }
        return found;
    }

    int count() {
        return marks.size();
    }
}
