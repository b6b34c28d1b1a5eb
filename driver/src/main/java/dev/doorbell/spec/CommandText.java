package dev.doorbell.spec;

import dev.doorbell.spec.CommandSpec.Queue;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands in a line of text, for command logs.
 *
 * <p>A command's {@code details} in the catalogue is a template. {@code {ns}} is the namespace, {@code {size}} the size of
 * the data, {@code {NAME}} a field's number (0's based counts as counts), {@code {NAME:hex}} the raw field in hex,
 * {@code {NAME:is}} its meaning, {@code {NAME:if}} nothing (a condition alone). What stands in square brackets is left out when a field in it is zero or unknown.
 */
public final class CommandText {
    private static final Pattern TOKEN = Pattern.compile("\\{(\\w+)(?::(\\w+))?}");
    private static final Pattern OPTION = Pattern.compile("\\[([^\\[\\]]*)]");

    private CommandText() {}

    /** The command's name, or what its opcode says: {@code Vendor specific 0xc1}. sqe has 64 bytes. */
    public static String name(Catalogue c, Queue q, byte[] sqe) {
        int opcode = sqe[0] & 0xff;
        return c.command(q, opcode)
                .map(CommandSpec::name)
                .orElseGet(() -> (opcode >= (q == Queue.ADMIN ? 0xc0 : 0x80) ? "Vendor specific " : "Unknown ")
                        + Texts.hex(opcode, 2));
    }

    /** What the command asks for: {@code ns 1, LBA 4 096 +8}; commands that are not known show their dwords. */
    public static String details(Catalogue c, Queue q, byte[] sqe) {
        return details(c, q, sqe, 0);
    }

    /** As {@link #details(Catalogue, Queue, byte[])} with sizes of data; lbaBytes 0 when it is not known. */
    public static String details(Catalogue c, Queue q, byte[] sqe, int lbaBytes) {
        return c.command(q, sqe[0] & 0xff)
                .map(spec -> fill(c, spec, sqe, lbaBytes))
                .orElseGet(() -> raw(sqe));
    }

    private static String fill(Catalogue c, CommandSpec spec, byte[] sqe, int lbaBytes) {
        String template = spec.details();
        Matcher option = OPTION.matcher(template);
        StringBuilder kept = new StringBuilder();
        while (option.find()) {
            boolean wanted = option.group(1).indexOf('{') < 0
                    || TOKEN.matcher(option.group(1)).results().allMatch(m -> present(spec, m.group(1), sqe, lbaBytes));
            option.appendReplacement(kept, Matcher.quoteReplacement(wanted ? option.group(1) : ""));
        }
        option.appendTail(kept);
        String text = TOKEN.matcher(kept)
                .replaceAll(m -> Matcher.quoteReplacement(token(c, spec, m.group(1), m.group(2), sqe, lbaBytes)));
        return text.replaceAll("^[, ]+", "").replaceAll("[, ]+$", "");
    }

    private static boolean present(CommandSpec spec, String name, byte[] sqe, int lbaBytes) {
        return switch (name) {
            case "ns" -> nsid(sqe) != 0;
            case "size" -> spec.dataBytes(sqe, lbaBytes) > 0;
            default -> spec.field(name).map(f -> f.get(sqe) != 0).orElse(false);
        };
    }

    private static String token(Catalogue c, CommandSpec spec, String name, String how, byte[] sqe, int lbaBytes) {
        return switch (name) {
            case "ns" -> namespace(nsid(sqe));
            case "size" -> Quantity.bytes(spec.dataBytes(sqe, lbaBytes));
            default -> spec.field(name).map(f -> number(c, f, how, sqe)).orElse("");
        };
    }

    private static String number(Catalogue c, CommandSpec.DwordField f, String how, byte[] sqe) {
        long raw = f.get(sqe);
        if ("if".equals(how)) {
            return "";
        }
        if ("hex".equals(how)) {
            return Texts.hex(raw, (f.bits() + 3) / 4);
        }
        if ("is".equals(how)) {
            return named(c, f, raw, nsid(sqe));
        }
        long count = f.spec().type() == FieldSpec.Type.COUNT0 ? raw + 1 : raw;
        return Quantity.count(new BigInteger(Long.toUnsignedString(count)));
    }

    /** Identifiers with a catalogue of their own are named from there, other fields by their values. */
    private static String named(Catalogue c, CommandSpec.DwordField f, long raw, int nsid) {
        return switch (f.name()) {
            case "CNS" -> c.identify((int) raw, 0).map(i -> identify(i, nsid)).orElse("");
            case "LID" -> c.logPage((int) raw).map(LogPageSpec::title).orElse("");
            case "FID" -> c.feature((int) raw).map(FeatureSpec::title).orElse("");
            default -> f.decode(raw).meaning();
        };
    }

    /** "NVM ns" of namespace 1 reads "NVM ns 1"; other names get the namespace after a comma. */
    private static String identify(IdentifySpec spec, int nsid) {
        if (!spec.nsid() || nsid == 0) {
            return spec.name();
        }
        boolean ends = spec.name().equals("ns") || spec.name().endsWith(" ns");
        return ends && nsid != -1
                ? spec.name().substring(0, spec.name().length() - 2) + namespace(nsid)
                : spec.name() + ", " + namespace(nsid);
    }

    private static String namespace(int nsid) {
        return nsid == -1 ? "all namespaces" : "ns " + Integer.toUnsignedString(nsid);
    }

    private static int nsid(byte[] sqe) {
        return (int) Decoder.little(sqe, 4, 4);
    }

    private static String raw(byte[] sqe) {
        StringBuilder text = new StringBuilder(nsid(sqe) == 0 ? "" : namespace(nsid(sqe)));
        for (int i = 10; i < 16; i++) {
            long dword = Decoder.little(sqe, i * 4, 4);
            if (dword != 0) {
                text.append(text.isEmpty() ? "" : ", ")
                        .append("cdw")
                        .append(i)
                        .append(' ')
                        .append(Texts.hex(dword, 8));
            }
        }
        return text.toString();
    }
}
