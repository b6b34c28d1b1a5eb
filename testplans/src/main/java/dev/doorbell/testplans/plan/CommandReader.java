package dev.doorbell.testplans.plan;

import dev.doorbell.spec.CommandSpec;
import dev.doorbell.testplans.plan.CommandExpect.StatusMatch;
import dev.doorbell.testplans.plan.CommandSend.DataSource;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads command steps: the command, its data and what is expected of its end. */
final class CommandReader {
    private static final Pattern QUEUE = Pattern.compile("admin|io[2-9]?");
    private static final List<String> PATTERNS = List.of("zeros", "ones", "random", "incrementing");

    private final Vocabulary vocabulary;

    CommandReader(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    Step.CommandStep read(Block b) {
        b.only("command", "queue", "fields", "in", "out", "data", "as", "timeout", "expect", "save", "name");
        Value opcode = b.required("command");
        Optional<CommandSpec> spec = spec(opcode, b);
        String queue = queue(b, opcode, spec);
        Map<String, Value> fields = new LinkedHashMap<>();
        b.values("fields").forEach((name, value) -> fields.put(vocabulary.field(spec, name, value.at()), value));
        CommandSend send = new CommandSend(queue, opcode, spec, fields, data(b), b.value("timeout"));
        Map<String, Value> save = b.values("save");
        save.values().forEach(CommandReader::checkSaved);
        String title = b.text("name").isEmpty()
                ? spec.map(CommandSpec::name).orElse("Opcode " + opcode.text())
                : b.text("name");
        return new Step.CommandStep(title, send, expect(b), save, b.at());
    }

    private Optional<CommandSpec> spec(Value opcode, Block b) {
        Optional<BigInteger> number = Quantities.integer(opcode.text());
        if (number.isPresent()) {
            if (number.get().signum() < 0 || number.get().bitLength() > 8) {
                throw new PlanException(opcode.at(), "'" + opcode.text() + "' is no opcode; allowed: 0x00 to 0xff");
            }
            return vocabulary.command(
                    b.required("queue").text().equals("admin"), number.get().intValue());
        }
        if (!opcode.isConstant()) {
            b.required("queue");
            return Optional.empty();
        }
        List<CommandSpec> named = vocabulary.commands(opcode.text());
        if (named.isEmpty()) {
            throw vocabulary.unknownCommand(opcode);
        }
        if (named.size() > 1 && b.has("queue")) {
            boolean admin = b.text("queue").equals("admin");
            return named.stream()
                    .filter(c -> (c.queue() == CommandSpec.Queue.ADMIN) == admin)
                    .findFirst();
        }
        return Optional.of(named.getFirst());
    }

    private static String queue(Block b, Value opcode, Optional<CommandSpec> spec) {
        String natural = spec.map(c -> c.queue() == CommandSpec.Queue.ADMIN ? "admin" : "io")
                .orElse("");
        String queue = b.value("queue", natural).text();
        if (!QUEUE.matcher(queue).matches()) {
            throw new PlanException(
                    b.at("queue"),
                    queue.isEmpty()
                            ? "the command " + opcode.text() + " needs 'queue: admin' or 'queue: io'"
                            : "'" + queue + "' is no queue; allowed: admin, io, io2 to io9");
        }
        return queue;
    }

    private static Optional<DataSource> data(Block b) {
        List<String> given =
                List.of("in", "out", "data").stream().filter(b::has).toList();
        if (given.size() > 1) {
            throw new PlanException(
                    b.at(), "a command has one data buffer, but here stand " + String.join(" and ", given));
        }
        String name = b.text("as");
        if (given.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (given.getFirst()) {
                    case "in" -> new DataSource.In(b.required("in"), name);
                    case "data" -> new DataSource.Earlier(b.required("data").text(), b.at("data"));
                    default -> out(b.block("out", "'out'").orElseThrow(), name);
                });
    }

    private static DataSource out(Block out, String name) {
        out.only("pattern", "hex", "bytes");
        if (out.has("hex")) {
            Value hex = out.required("hex");
            if (hex.isConstant() && !Hex.isHex(hex.text())) {
                throw new PlanException(
                        hex.at(),
                        "'" + hex.text() + "' is no hex; allowed: pairs of digits, with spaces between as liked");
            }
            return new DataSource.Hex(hex, out.value("bytes"), name);
        }
        Value pattern = out.required("pattern");
        if (pattern.isConstant()
                && !PATTERNS.contains(pattern.text())
                && Quantities.integer(pattern.text()).isEmpty()) {
            throw new PlanException(
                    pattern.at(),
                    "'" + pattern.text() + "' is no pattern; allowed: " + String.join(", ", PATTERNS)
                            + ", or a dword such as 0xdeadbeef");
        }
        return new DataSource.Pattern(pattern, out.required("bytes"), name);
    }

    private CommandExpect expect(Block b) {
        StatusMatch success = new StatusMatch.Code(0, 0, "Success");
        if (b.node("expect").filter(n -> Block.isScalar(n) || Block.isList(n)).isPresent()) {
            return statusOnly(
                    b.valueList("expect").stream().map(vocabulary::status).toList(), b.at("expect"));
        }
        Optional<Block> block = b.block("expect", "'expect'");
        if (block.isEmpty()) {
            return statusOnly(List.of(success), b.at());
        }
        Block e = block.get().only("status", "cdw0", "structure", "data", "bytes", "equals", "filled");
        List<StatusMatch> status = e.has("status")
                ? e.valueList("status").stream().map(vocabulary::status).toList()
                : List.of(success);
        Map<Value, Value> bytes = new HashMap<>();
        e.values("bytes").forEach((offset, hex) -> bytes.put(new Value(offset, hex.at()), hex));
        return new CommandExpect(
                status,
                e.has("cdw0") ? Optional.of(e.check("cdw0")) : Optional.empty(),
                e.value("structure").map(vocabulary::structure).orElse(""),
                e.checks("data"),
                bytes,
                e.value("equals"),
                e.value("filled"),
                e.at());
    }

    private static CommandExpect statusOnly(List<StatusMatch> status, SourceLine at) {
        return new CommandExpect(
                status, Optional.empty(), "", Map.of(), Map.of(), Optional.empty(), Optional.empty(), at);
    }

    private static void checkSaved(Value source) {
        String text = source.text();
        if (!List.of("cdw0", "cdw1", "latency", "cid").contains(text) && !text.startsWith("data.")) {
            throw new PlanException(
                    source.at(),
                    "'" + text
                            + "' cannot be saved; allowed: cdw0, cdw1, latency, cid, data.PATH with a path of the data's structure");
        }
    }
}
