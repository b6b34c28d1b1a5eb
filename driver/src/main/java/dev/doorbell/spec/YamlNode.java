package dev.doorbell.spec;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/** YAML as catalogue files use it: text, and maps from text to nodes. */
final class YamlNode {
    private static final YamlNode MISSING = new YamlNode(null, Map.of());

    private final String text;
    private final Map<String, YamlNode> entries;

    private YamlNode(String text, Map<String, YamlNode> entries) {
        this.text = text;
        this.entries = entries;
    }

    /**
     * Reads a file to its end and closes it.
     *
     * @throws CatalogueException when it is not YAML, holds a list or an alias, or has a key twice in one map
     */
    static YamlNode read(InputStream in) {
        try (in) {
            String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return PlainYaml.read(yaml).orElseGet(() -> full(yaml));
        } catch (IOException | YAMLException e) {
            throw new CatalogueException("cannot read catalogue file: " + e.getMessage(), e);
        }
    }

    /** Reads all of YAML that makes sense here. */
    static YamlNode full(String yaml) {
        Parser parser = new ParserImpl(new StreamReader(yaml), new LoaderOptions());
        parser.getEvent();
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return MISSING;
        }
        parser.getEvent();
        return node(parser);
    }

    static YamlNode text(String text) {
        return new YamlNode(text, Map.of());
    }

    static YamlNode map(Map<String, YamlNode> entries) {
        return new YamlNode(null, entries);
    }

    private static YamlNode node(Parser parser) {
        Event event = parser.getEvent();
        if (event instanceof ScalarEvent scalar) {
            return text(scalar.getValue());
        }
        if (!(event instanceof MappingStartEvent)) {
            throw wrong(event, "a text or a map is to stand here");
        }
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        for (Event next = parser.getEvent(); !(next instanceof MappingEndEvent); next = parser.getEvent()) {
            if (!(next instanceof ScalarEvent key)) {
                throw wrong(next, "a key is to be text");
            }
            if (entries.put(key.getValue(), node(parser)) != null) {
                throw wrong(key, "\"" + key.getValue() + "\" stands twice");
            }
        }
        return map(entries);
    }

    private static CatalogueException wrong(Event event, String what) {
        return new CatalogueException("line " + (event.getStartMark().getLine() + 1) + ": " + what);
    }

    /** Whether it is a map. */
    boolean isMap() {
        return text == null;
    }

    /** The entries of a map in the order of the file; none for text. */
    Map<String, YamlNode> entries() {
        return entries;
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** The entry of that key, an empty node when there is none. */
    YamlNode get(String key) {
        return entries.getOrDefault(key, MISSING);
    }

    /** The text, empty for a map. */
    String text() {
        return text == null ? "" : text;
    }

    /** The text of an entry. */
    String text(String key, String otherwise) {
        YamlNode node = entries.get(key);
        return node == null || node.text == null ? otherwise : node.text;
    }

    /** The number of an entry. */
    int integer(String key, int otherwise) {
        YamlNode node = entries.get(key);
        return node == null ? otherwise : FieldReader.integer(node.text());
    }

    @Override
    public String toString() {
        return text == null ? entries.toString() : "\"" + text + "\"";
    }

    /** Whether an entry says true. */
    boolean flag(String key) {
        return text(key, "").equals("true");
    }
}
