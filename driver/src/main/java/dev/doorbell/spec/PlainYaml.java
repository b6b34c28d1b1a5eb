package dev.doorbell.spec;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the part of YAML that the bundled files keep to, line by line and many times faster than a full parser: maps by
 * indentation, maps in braces on one line, plain and double-quoted text on one line, comments on their own lines.
 */
final class PlainYaml {
    private static final String INDICATORS = "-[]{}|>&*!%@`'?,\"#:";

    /** Something that is not of this part. */
    private static final class Other extends RuntimeException {
        Other() {
            super(null, null, false, false);
        }
    }

    private final String text;
    private int at;

    private PlainYaml(String text) {
        this.text = text;
    }

    /** The tree, or empty when the text holds something else: then a full parser is to read it. */
    static Optional<YamlNode> read(String text) {
        try {
            PlainYaml reader = new PlainYaml(text);
            int indent = reader.indent();
            if (indent != 0) {
                return Optional.empty();
            }
            YamlNode root = YamlNode.map(reader.block(0));
            return reader.indent() < 0 ? Optional.of(root) : Optional.empty();
        } catch (Other unknown) {
            return Optional.empty();
        }
    }

    /** Skips blank lines and comments; the indentation of the next line, -1 at the end. */
    private int indent() {
        while (at < text.length()) {
            int start = at;
            while (start < text.length() && text.charAt(start) == ' ') {
                start++;
            }
            if (start == text.length()) {
                break;
            }
            char first = text.charAt(start);
            if (first != '#' && first != '\n') {
                return start - at;
            }
            int end = text.indexOf('\n', start);
            at = end < 0 ? text.length() : end + 1;
        }
        return -1;
    }

    private Map<String, YamlNode> block(int indent) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        int next = indent;
        while (next == indent) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            int start = at + indent;
            int colon = colon(start, end);
            String key = plain(start, colon);
            at = end + 1;
            YamlNode value;
            if (colon + 1 == end) {
                next = indent();
                value = next > indent ? YamlNode.map(block(next)) : YamlNode.text("");
                next = indent();
            } else {
                value = value(colon + 2, end);
                next = indent();
            }
            if (entries.put(key, value) != null) {
                throw new Other();
            }
        }
        if (next > indent) {
            throw new Other();
        }
        return entries;
    }

    /** The colon that ends the key: a blank or the end of the line follows. */
    private int colon(int start, int end) {
        for (int i = text.indexOf(':', start); i >= 0 && i < end; i = text.indexOf(':', i + 1)) {
            if (i + 1 == end || text.charAt(i + 1) == ' ') {
                return i;
            }
        }
        throw new Other();
    }

    private YamlNode value(int start, int end) {
        char first = start < end ? text.charAt(start) : ' ';
        if (first == '{') {
            return braces(start + 1, end - 1);
        }
        return YamlNode.text(first == '"' ? quoted(start, end) : plain(start, end));
    }

    private String plain(int start, int end) {
        String piece = text.substring(start, end);
        if (piece.isBlank()
                || piece.charAt(0) == ' '
                || piece.endsWith(" ")
                || INDICATORS.indexOf(piece.charAt(0)) >= 0
                || piece.contains(": ")
                || piece.endsWith(":")
                || piece.contains(" #")
                || piece.indexOf('\t') >= 0
                || piece.indexOf('\r') >= 0) {
            throw new Other();
        }
        return piece;
    }

    private String quoted(int start, int end) {
        String inner = start + 1 < end ? text.substring(start + 1, end - 1) : "\"";
        if (text.charAt(end - 1) != '"' || inner.indexOf('"') >= 0 || inner.indexOf('\\') >= 0) {
            throw new Other();
        }
        return inner;
    }

    private YamlNode braces(int start, int end) {
        if (end < start || text.charAt(end) != '}') {
            throw new Other();
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        int from = start;
        while (from < end) {
            int colon = colon(from, end);
            int value = colon + 2;
            boolean quoted = value < end && text.charAt(value) == '"';
            int close = quoted ? text.indexOf('"', value + 1) + 1 : text.indexOf(',', value);
            int stop = close <= 0 || close > end ? end : close;
            YamlNode node = YamlNode.text(quoted ? quoted(value, stop) : flow(value, stop));
            if (entries.put(flow(from, colon), node) != null || stop < end && !text.startsWith(", ", stop)) {
                throw new Other();
            }
            from = stop + 2;
        }
        return YamlNode.map(entries);
    }

    /** Plain text within braces. */
    private String flow(int start, int end) {
        String piece = plain(start, end);
        for (int i = 0; i < piece.length(); i++) {
            if ("[]{},".indexOf(piece.charAt(i)) >= 0) {
                throw new Other();
            }
        }
        return piece;
    }
}
