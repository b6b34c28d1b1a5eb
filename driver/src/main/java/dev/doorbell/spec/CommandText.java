package dev.doorbell.spec;

import dev.doorbell.spec.CommandSpec.Queue;
import java.math.BigInteger;

/**
 * Commands in a line of text, for command logs.
 *
 * <p>A command's {@code details} in the catalogue is a template. {@code {ns}} is the namespace, {@code {size}} the size of
 * the data, {@code {NAME}} a field's number (0's based counts as counts), {@code {NAME:hex}} the raw field in hex,
 * {@code {NAME:is}} its meaning, {@code {NAME:if}} nothing (a condition alone). What stands in square brackets is left out
 * when a field in it is zero or unknown. A meaning that is not known leaves no gap and no comma behind.
 */
public final class CommandText {
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
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < template.length()) {
            int open = template.indexOf('[', at);
            int end = open < 0 ? template.length() : open;
            tokens(c, spec, template.substring(at, end), sqe, lbaBytes, text);
            if (open < 0) {
                break;
            }
            int close = template.indexOf(']', open);
            StringBuilder option = new StringBuilder();
            if (tokens(c, spec, template.substring(open + 1, close), sqe, lbaBytes, option)) {
                text.append(option);
            }
            at = close + 1;
        }
        return tidy(text);
    }

    /** Appends a piece with its tokens replaced; false when a field in it is zero or unknown. */
    private static boolean tokens(
            Catalogue c, CommandSpec spec, String piece, byte[] sqe, int lbaBytes, StringBuilder text) {
        boolean present = true;
        int at = 0;
        for (int open = piece.indexOf('{'); open >= 0; open = piece.indexOf('{', at)) {
            int close = piece.indexOf('}', open);
            int colon = piece.indexOf(':', open);
            boolean plain = colon < 0 || colon > close;
            String name = piece.substring(open + 1, plain ? close : colon);
            present &= present(spec, name, sqe, lbaBytes);
            text.append(piece, at, open)
                    .append(token(c, spec, name, plain ? "" : piece.substring(colon + 1, close), sqe, lbaBytes));
            at = close + 1;
        }
        text.append(piece, at, piece.length());
        return present;
    }

    /** One blank or one comma between words, none at the ends. */
    private static String tidy(CharSequence text) {
        StringBuilder tidy = new StringBuilder(text.length());
        boolean gap = false;
        boolean comma = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ' ' || c == ',') {
                gap = true;
                comma |= c == ',';
                continue;
            }
            if (gap && !tidy.isEmpty()) {
                tidy.append(comma ? ", " : " ");
            }
            gap = false;
            comma = false;
            tidy.append(c);
        }
        return tidy.toString();
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
            default -> spec.field(name).map(f -> number(c, spec, f, how, sqe)).orElse("");
        };
    }

    private static String number(Catalogue c, CommandSpec spec, CommandSpec.DwordField f, String how, byte[] sqe) {
        long raw = f.get(sqe);
        if ("if".equals(how)) {
            return "";
        }
        if ("hex".equals(how)) {
            return Texts.hex(raw, (f.bits() + 3) / 4);
        }
        if ("is".equals(how)) {
            return f.name().equals("CNS")
                    ? identify(c, spec, (int) raw, sqe)
                    : f.decode(raw).meaning();
        }
        long count = f.spec().type() == FieldSpec.Type.COUNT0 ? raw + 1 : raw;
        return Quantity.count(new BigInteger(Long.toUnsignedString(count)));
    }

    private static String identify(Catalogue c, CommandSpec spec, int cns, byte[] sqe) {
        int csi = spec.field("CSI").map(f -> (int) f.get(sqe)).orElse(0);
        return c.identify(cns, csi).map(i -> identify(i, nsid(sqe))).orElse("");
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
