package dev.doorbell.testplans.plan;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** A mapping of a plan's text: its keys, what stands behind them, and where. */
final class Block {
    private final String file;
    private final String what;
    private final SourceLine at;
    private final Map<String, Node> entries = new LinkedHashMap<>();
    private final Map<String, SourceLine> keys = new LinkedHashMap<>();

    private Block(String file, String what, SourceLine at) {
        this.file = file;
        this.what = what;
        this.at = at;
    }

    /** Reads a node as a mapping; {@code what} names it in messages ("a case"). */
    static Block of(String file, Node node, String what) {
        SourceLine at = where(file, node);
        if (!(node instanceof MappingNode mapping)) {
            throw new PlanException(at, what + " should be keys with values here, not " + kind(node));
        }
        Block block = new Block(file, what, at);
        for (NodeTuple entry : mapping.getValue()) {
            SourceLine keyAt = where(file, entry.getKeyNode());
            String key = scalar(entry.getKeyNode(), keyAt, "a key").text();
            if (block.entries.put(key, entry.getValueNode()) != null) {
                throw new PlanException(keyAt, "'" + key + "' stands twice in " + what);
            }
            block.keys.put(key, keyAt);
        }
        return block;
    }

    SourceLine at() {
        return at;
    }

    SourceLine at(String key) {
        return keys.getOrDefault(key, at);
    }

    List<String> keys() {
        return List.copyOf(entries.keySet());
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Throws for the first key that is none of these. */
    Block only(String... allowed) {
        List<String> names = Arrays.asList(allowed);
        keys.forEach((key, keyAt) -> {
            if (!names.contains(key)) {
                throw new PlanException(
                        keyAt, "'" + key + "' is no part of " + what + "; allowed: " + String.join(", ", names));
            }
        });
        return this;
    }

    Optional<Value> value(String key) {
        return Optional.ofNullable(entries.get(key)).map(node -> scalar(node, at(key), "'" + key + "'"));
    }

    Value required(String key) {
        return value(key).orElseThrow(() -> new PlanException(at, what + " lacks '" + key + "'"));
    }

    Value value(String key, String otherwise) {
        return value(key).orElse(new Value(otherwise, at));
    }

    String text(String key) {
        return value(key).map(v -> v.text().strip()).orElse("");
    }

    /** A time that is known now, in 1 ns to 24 h. */
    Optional<Duration> time(String key) {
        return value(key)
                .map(v -> Quantities.time(v.text())
                        .orElseThrow(() -> new PlanException(
                                v.at(),
                                "'" + v.text() + "' is no time; allowed: a number with ns, us, ms, s, min or h")));
    }

    Optional<Node> node(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** The mapping behind a key; none gives an empty one. */
    Map<String, Value> values(String key) {
        Map<String, Value> result = new LinkedHashMap<>();
        block(key, "'" + key + "'").ifPresent(b -> b.keys().forEach(k -> result.put(k, b.required(k))));
        return result;
    }

    /** The mapping behind a key with each value read as a comparison. */
    Map<String, Check> checks(String key) {
        Map<String, Check> result = new LinkedHashMap<>();
        block(key, "'" + key + "'").ifPresent(b -> b.keys().forEach(k -> result.put(k, b.check(k))));
        return result;
    }

    /** The value behind a key as a comparison; a YAML list means one of these. */
    Check check(String key) {
        Node node = entries.get(key);
        if (node instanceof SequenceNode) {
            return new Check(Check.Op.ONE_OF, valueList(key), at(key));
        }
        return Check.parse(required(key));
    }

    Optional<Block> block(String key, String whatItIs) {
        return node(key).map(n -> of(file, n, whatItIs));
    }

    /** The list behind a key, each read by the function; none gives an empty list. */
    <T> List<T> list(String key, Function<Node, T> read) {
        Node node = entries.get(key);
        if (node == null) {
            return List.of();
        }
        if (!(node instanceof SequenceNode sequence)) {
            throw new PlanException(at(key), "'" + key + "' should be a list here, not " + kind(node));
        }
        List<T> result = new ArrayList<>();
        sequence.getValue().forEach(item -> result.add(read.apply(item)));
        return result;
    }

    /** The list behind a key as blocks. */
    List<Block> blocks(String key, String whatEachIs) {
        return list(key, n -> of(file, n, whatEachIs));
    }

    /** The scalars of a list; a lone scalar is a list of one. */
    List<Value> valueList(String key) {
        Node node = entries.get(key);
        if (node instanceof ScalarNode) {
            return List.of(required(key));
        }
        return list(key, n -> scalar(n, where(file, n), "an item of '" + key + "'"));
    }

    private static Value scalar(Node node, SourceLine at, String what) {
        if (node instanceof ScalarNode s) {
            return new Value(s.getValue(), at);
        }
        throw new PlanException(at, what + " should be a single value here, not " + kind(node));
    }

    static boolean isScalar(Node node) {
        return node instanceof ScalarNode;
    }

    static boolean isList(Node node) {
        return node instanceof SequenceNode;
    }

    Value scalar(Node node) {
        return scalar(node, where(file, node), "an item");
    }

    private static String kind(Node node) {
        return switch (node.getNodeId()) {
            case scalar -> ((ScalarNode) node).getValue().isEmpty() ? "nothing" : "a single value";
            case sequence -> "a list";
            default -> "keys with values";
        };
    }

    private static SourceLine where(String file, Node node) {
        Mark mark = node.getStartMark();
        return new SourceLine(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    @Override
    public String toString() {
        return keys.keySet().stream().collect(Collectors.joining(", ", what + " (", ")"));
    }
}
