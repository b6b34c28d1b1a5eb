package dev.doorbell.testplans.run;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Namespace;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.Decoded;
import dev.doorbell.testplans.plan.Check;
import dev.doorbell.testplans.plan.CommandExpect;
import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.plan.PlanException;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.Scope;
import dev.doorbell.testplans.plan.Step.CommandStep;
import dev.doorbell.testplans.plan.Value;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Judges a command's data: decoded fields, bytes at offsets, equality with other data. */
final class DataJudge {
    private final CaseContext context;
    private final CommandRunner.Built built;
    private final Scope scope;

    DataJudge(CaseContext context, CommandRunner.Built built) {
        this.context = context;
        this.built = built;
        this.scope = context.scope();
    }

    void judge(CommandStep step, Optional<Decoded> decoded, List<String> expected, List<String> got) {
        CommandExpect expect = step.expect();
        expect.data().forEach((path, check) -> {
            Decoded field = decoded.flatMap(d -> d.find(path))
                    .orElseThrow(() -> new PlanException(check.at(), unknownField(path, decoded)));
            expected.add(path + " " + check.describe(scope));
            got.add(path + " is " + field.value());
            if (!check.holds(number(field), field.value(), scope) && !meansIt(field, check)) {
                throw new StepFailure(
                        "%s is %s, expected %s.".formatted(path, inWords(field), check.describe(scope)),
                        path + " " + check.describe(scope),
                        path + " " + inWords(field));
            }
        });
        expect.bytes().forEach((offset, hex) -> bytesAt(offset, hex, expected, got));
        expect.equals().ifPresent(name -> {
            byte[] wanted = context.resources()
                    .named(name.text(scope))
                    .orElseThrow(() -> new PlanException(
                            name.at(), "no earlier step of this case names a buffer '" + name.text() + "'"))
                    .toBytes();
            same(step, wanted, "data equal to '" + name.text() + "'", expected, got);
        });
        expect.filled().ifPresent(value -> {
            byte[] wanted = new byte[data(value).length];
            Arrays.fill(wanted, (byte) value.asInt(scope));
            same(step, wanted, "all bytes %02x".formatted(value.asInt(scope) & 0xff), expected, got);
        });
    }

    private void bytesAt(Value offset, Value hex, List<String> expected, List<String> got) {
        byte[] data = data(offset);
        int at = offset.asInt(scope);
        byte[] wanted = Hex.bytes(hex.text(scope));
        if (at + wanted.length > data.length) {
            throw new PlanException(
                    offset.at(),
                    "bytes %d to %d are outside the data of %d bytes"
                            .formatted(at, at + wanted.length - 1, data.length));
        }
        byte[] came = Arrays.copyOfRange(data, at, at + wanted.length);
        expected.add("byte 0x%x: %s".formatted(at, CommandRunner.shown(wanted)));
        got.add("byte 0x%x: %s".formatted(at, CommandRunner.shown(came)));
        byte[] whole = data.clone();
        System.arraycopy(wanted, 0, whole, at, wanted.length);
        Difference.between(whole, data).ifPresent(d -> {
            throw new StepFailure(
                    "Byte 0x%x is %02x, expected %02x.".formatted(d.offset(), data[d.offset()], whole[d.offset()]),
                    "%s at byte 0x%x".formatted(Hex.text(wanted), at),
                    Hex.text(came),
                    Optional.of(d));
        });
    }

    private void same(CommandStep step, byte[] wanted, String words, List<String> expected, List<String> got) {
        byte[] data = data(new Value(words, step.at()));
        expected.add(words);
        long lba = slba();
        int lbaBytes = lba < 0 ? 0 : lbaBytes();
        Difference.between(wanted, data, Math.max(lba, 0), lbaBytes).ifPresent(d -> {
            throw new StepFailure(finding(d, wanted, data, lba, lbaBytes), words, summary(d), Optional.of(d));
        });
        got.add("all " + Quantities.grouped(data.length) + " bytes equal");
    }

    private static String finding(Difference d, byte[] wanted, byte[] data, long lba, int lbaBytes) {
        if (wanted.length != data.length) {
            return "%d bytes came, expected %d.".formatted(data.length, wanted.length);
        }
        String where = lbaBytes > 0
                ? "Block %s (byte 0x%x of the data)"
                        .formatted(Quantities.grouped(lba + d.offset() / lbaBytes), d.offset())
                : "Byte 0x%x of the data".formatted(d.offset());
        return "%s is %02x, expected %02x.".formatted(where, data[d.offset()], wanted[d.offset()]);
    }

    private static String summary(Difference d) {
        String bytes = "%s of %s bytes differ"
                .formatted(Quantities.grouped(d.differingBytes()), Quantities.grouped(d.totalBytes()));
        return d.blocks().isEmpty()
                ? bytes
                : "%s, in %d of %d blocks"
                        .formatted(bytes, d.differingBlocks(), d.blocks().size());
    }

    private byte[] data(Value asking) {
        return built.buffer()
                .map(Buffer::toBytes)
                .orElseThrow(() -> new PlanException(
                        asking.at(), "the command has no data to look at; give it room by 'in: BYTES'"));
    }

    /** The first LBA that an I/O command names, or -1. */
    private long slba() {
        Optional<CommandSpec> io = built.spec().filter(s -> s.queue() == CommandSpec.Queue.IO);
        return io.flatMap(s -> s.fields().stream()
                        .filter(f -> f.name().equals("SLBA"))
                        .findFirst()
                        .map(f -> s.get(built.command().sqe(), f)))
                .orElse(-1L);
    }

    private int lbaBytes() {
        int nsid = built.command().nsid();
        return context.facts().activeNamespaces().contains(nsid)
                ? Optional.of(context.controller().namespace(nsid))
                        .map(Namespace::lbaBytes)
                        .orElse(0)
                : 0;
    }

    private static String unknownField(String path, Optional<Decoded> decoded) {
        String allowed = decoded.map(d -> d.children().stream()
                        .filter(c -> !c.spec().reserved())
                        .map(Decoded::name)
                        .distinct()
                        .limit(40)
                        .toList()
                        .toString())
                .orElse("none");
        return "'" + path + "' is no field of the data; allowed: " + allowed.replaceAll("[\\[\\]]", "");
    }

    private boolean meansIt(Decoded field, Check check) {
        return !field.meaning().isEmpty()
                && check.op() == Check.Op.EQUAL
                && check.holds(Optional.empty(), field.meaning(), scope);
    }

    private static String inWords(Decoded field) {
        return field.meaning().isEmpty() ? field.value() : field.value() + " (" + field.meaning() + ")";
    }

    /** The field's number; none for text. */
    static Optional<BigInteger> number(Decoded field) {
        return switch (field.spec().type()) {
            case ASCII, UUID, BYTES -> Optional.empty();
            default -> Optional.of(field.raw());
        };
    }

    /** The field as plans save it: numbers in decimal, text as it is. */
    static String plain(Decoded field) {
        return number(field).map(BigInteger::toString).orElse(field.value().strip());
    }
}
