package org.quorate.core.conf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.quorate.ClusterException;
import org.quorate.ClusterException.Reason;
import org.quorate.core.conf.ConfSection.ConfKey;

/**
 * The syntax of corosync.conf: lines to a tree. Knows no key.
 *
 * <p>A line is blank, a comment ({@code #} first), {@code name {}, a lone <code>}</code>, or {@code name: value}. It is tested for an
 * opening brace first, then for a colon, then for a closing brace, so a value may hold a closing brace but no opening one. There are
 * no quotes and no comments at the end of a line.
 *
 * <p>Source: corosync.conf(5) and corosync 3.1.7 coroparse.c. Differs: a line that is too long, is not UTF-8 or has control characters
 * is refused rather than cut.
 */
final class ConfText {
    /** Longest line without its end, in bytes of UTF-8. */
    static final int MAX_LINE_BYTES = 510;
    /** Longest name of a key with its sections and dots, in bytes of UTF-8. */
    static final int MAX_KEY_BYTES = 254;
    /** Largest file, in characters or bytes; 384 nodes with eight links each take a tenth of it. */
    static final int MAX_TEXT_CHARS = 4 << 20;

    private final String sourceName;
    private final Deque<Open> open = new ArrayDeque<>();
    private int line;

    private ConfText(String sourceName) {
        this.sourceName = sourceName;
    }

    /** The tree of {@code text}. Throws a {@link ClusterException} that names {@code sourceName} and the line. */
    static ConfSection parse(String text, String sourceName) {
        checkSize(text.length(), sourceName);
        return new ConfText(sourceName).tree(text);
    }

    /** Refuses a text of {@code size} characters, or a file of as many bytes, if that is too much. */
    static void checkSize(int size, String sourceName) {
        if (size > MAX_TEXT_CHARS)
            throw new ClusterException(
                    Reason.CONFIGURATION_INVALID,
                    sourceName + ": is larger than " + MAX_TEXT_CHARS + " bytes, so it is not a configuration;"
                            + " check the path");
    }

    private ConfSection tree(String text) {
        Open file = new Open("", "", 0);
        open.push(file);
        for (String each : text.split("\n", -1)) {
            line++;
            accept(each.endsWith("\r") ? each.substring(0, each.length() - 1) : each);
        }
        Open last = open.getFirst();
        if (last != file)
            throw refused(
                    last.line,
                    "section " + last.path + " is never closed; add a line with } alone where the section ends");
        return file.close();
    }

    private void accept(String raw) {
        String content = raw.strip();
        if (content.isEmpty() || content.startsWith("#")) return;
        int bytes = raw.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_LINE_BYTES)
            throw refused(line, "the line has " + bytes + " bytes; at most " + MAX_LINE_BYTES + " are allowed");
        int brace = content.indexOf('{');
        int colon = content.indexOf(':');
        checkCharacters(content);
        if (brace >= 0) openSection(content, brace);
        else if (colon >= 0) addKey(content, colon);
        else if (content.indexOf('}') >= 0) closeSection(content);
        else
            throw refused(
                    line,
                    "\"" + content + "\" is neither \"name {\" nor \"key: value\" nor \"}\";"
                            + " write a colon after the key, or # before a comment");
    }

    private void openSection(String content, int brace) {
        String name = content.substring(0, brace).strip();
        if (brace != content.length() - 1)
            throw refused(
                    line,
                    "\"" + content.substring(brace + 1).strip() + "\" follows the { of section "
                            + (name.isEmpty() ? "without a name" : name) + "; { must be the last on its line");
        if (name.isEmpty()) throw refused(line, "a section has no name; write it before the {");
        open.push(new Open(name, pathOf(name), line));
    }

    private void addKey(String content, int colon) {
        String name = content.substring(0, colon).strip();
        if (name.isEmpty()) throw refused(line, "a value has no key; write it before the colon");
        pathOf(name);
        open.getFirst().keys.add(new ConfKey(name, content.substring(colon + 1).strip(), line));
    }

    private void closeSection(String content) {
        if (!content.equals("}"))
            throw refused(line, "\"" + content + "\" has more than the }; } must be alone on its line");
        if (open.size() == 1) throw refused(line, "this } closes nothing; no section is open here");
        ConfSection closed = open.pop().close();
        open.getFirst().sections.add(closed);
    }

    private String pathOf(String name) {
        String outer = open.getFirst().path;
        String path = outer.isEmpty() ? name : outer + "." + name;
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_KEY_BYTES)
            throw refused(
                    line,
                    "the full name of \"" + name + "\" has " + bytes + " bytes; at most " + MAX_KEY_BYTES
                            + " are allowed");
        return path;
    }

    private void checkCharacters(String content) {
        for (int i = 0; i < content.length(); i++) {
            char each = content.charAt(i);
            if (each == '\uFFFD')
                throw refused(line, "the line is not UTF-8 at column " + (i + 1) + "; save the file as UTF-8");
            if (Character.isISOControl(each) && each != '\t')
                throw refused(line, String.format("the line has the control character U+%04X; remove it", (int) each));
        }
    }

    private ClusterException refused(int where, String sentence) {
        return new ClusterException(Reason.CONFIGURATION_INVALID, sourceName + ":" + where + ": " + sentence);
    }

    /** A section whose end has not been read. */
    private static final class Open {
        final String name;
        final String path;
        final int line;
        final List<ConfKey> keys = new ArrayList<>();
        final List<ConfSection> sections = new ArrayList<>();

        Open(String name, String path, int line) {
            this.name = name;
            this.path = path;
            this.line = line;
        }

        ConfSection close() {
            return new ConfSection(name, line, keys, sections);
        }
    }
}
