package dev.doorbell.spec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes values and meanings of decoded fields. */
final class Texts {
    private static final int SHOWN_BYTES = 16;
    private static final BigDecimal CENTI = new BigDecimal("0.01");
    private static final BigDecimal TENTH_MILLI = new BigDecimal("0.0001");

    private Texts() {}

    static String value(Decoded d) {
        FieldSpec spec = d.spec();
        if (d.isBits()) {
            return bits(spec, d.rawLong());
        }
        return switch (spec.type()) {
            case STRUCT, ARRAY -> "";
            case ASCII -> ascii(d.bytes());
            case BYTES -> d.byteLength() <= 8 ? hex(d) : hexBytes(d.bytes());
            case UUID -> uuid(d.bytes());
            case EUI -> plain(d.bytes());
            case OUI -> oui(d.bytes());
            case IDENTIFIER -> identifier(d);
            case UINT, UINT128, SIZE -> Quantity.count(d.raw()) + (spec.unit().equals("%") ? " %" : "");
            case KELVIN -> Quantity.count(d.raw()) + " K";
            case TIME, COUNT0 -> d.byteLength() > 8 ? Quantity.count(d.raw()) : hex(d);
            default -> hex(d);
        };
    }

    private static String bits(FieldSpec spec, long raw) {
        int width = spec.bits();
        if (width == 1) {
            return Long.toString(raw);
        }
        return switch (spec.type()) {
            case ENUM -> width <= 4 ? binary(raw, width) : hex(raw, (width + 3) / 4);
            case UINT, COUNT0, POWER_OF_TWO, SIZE_POWER_OF_TWO, TIME, SIZE, POWER ->
                Quantity.count(new BigInteger(Long.toUnsignedString(raw)));
            case KELVIN -> raw + " K";
            default -> spec.reserved() && width <= 4 ? binary(raw, width) : hex(raw, (width + 3) / 4);
        };
    }

    static String meaning(Decoded d) {
        FieldSpec spec = d.spec();
        if (spec.reserved()) {
            return d.isZero() ? "" : "reserved, not zero";
        }
        if (!spec.values().isEmpty() && d.byteLength() <= 8) {
            String named = spec.values().get(d.rawLong());
            if (named != null) {
                return named;
            }
        }
        return switch (spec.type()) {
            case ENUM -> "reserved";
            case FLAGS -> spec.fields().isEmpty() ? "" : flags(d);
            case UINT, UINT128 ->
                spec.unit().isEmpty() || spec.unit().equals("%")
                        ? ""
                        : counted(d.raw().multiply(BigInteger.valueOf(spec.scale())), spec.unit());
            case COUNT0 -> counted(d.raw().add(BigInteger.ONE).multiply(BigInteger.valueOf(spec.scale())), spec.unit());
            case KELVIN -> d.isZero() ? "not reported" : Quantity.count(d.rawLong() - 273) + " °C";
            case POWER_OF_TWO -> power(d, spec);
            case SIZE_POWER_OF_TWO -> sizePower(d, spec);
            case SIZE -> unit(Quantity.bytes(d.raw().multiply(BigInteger.valueOf(spec.scale()))), spec.unit());
            case TIME ->
                Quantity.nanos(
                        d.raw().multiply(BigInteger.valueOf(spec.scale())).multiply(nanos(spec.unit())));
            case VERSION -> version(d.rawLong());
            case OUI -> Vendors.oui(oui(d.bytes()));
            case IDENTIFIER -> identifierKind(d);
            case TIMESTAMP ->
                d.isZero() ? "not set" : Instant.ofEpochMilli(d.rawLong()).toString();
            case POWER -> watts(d, spec);
            case ASCII -> "ASCII, " + d.byteLength() + " bytes";
            case ARRAY -> entries(d);
            case BYTES, EUI, UUID -> d.isZero() ? "zero" : "";
            case HEX, ADDRESS, STRUCT -> spec.unit();
        };
    }

    /** Legal values other than the present one; runs of values with one meaning stand together. */
    static List<String> otherValues(Decoded d) {
        List<String> others = new ArrayList<>();
        long present = d.byteLength() <= 8 ? d.rawLong() : -1;
        Map<Long, String> sorted = new TreeMap<>(d.spec().values());
        sorted.remove(present);
        long first = 0;
        long last = -2;
        String text = "";
        for (Map.Entry<Long, String> e : sorted.entrySet()) {
            if (e.getKey() == last + 1 && e.getValue().equals(text)) {
                last = e.getKey();
                continue;
            }
            add(others, d.spec(), first, last, text);
            first = e.getKey();
            last = first;
            text = e.getValue();
        }
        add(others, d.spec(), first, last, text);
        return List.copyOf(others);
    }

    private static void add(List<String> others, FieldSpec spec, long first, long last, String text) {
        if (last >= first) {
            String from = number(spec, first);
            others.add((first == last ? from : from + "…" + number(spec, last)) + " " + text);
        }
    }

    private static String number(FieldSpec spec, long raw) {
        return spec.isBits() ? bits(spec, raw) : hex(raw, spec.byteLength() * 2);
    }

    private static String flags(Decoded d) {
        List<String> set = new ArrayList<>();
        for (Decoded bit : d.children()) {
            if (bit.isZero() || bit.spec().reserved()) {
                continue;
            }
            if (bit.spec().bits() == 1) {
                set.add(bit.title());
            } else {
                String meaning = bit.meaning();
                set.add(bit.title() + " " + (meaning.isEmpty() ? bit.value() : meaning));
            }
        }
        return set.isEmpty() ? "none" : String.join(", ", set);
    }

    private static String counted(BigInteger number, String unit) {
        return unit(Quantity.count(number), number.equals(BigInteger.ONE) ? singular(unit) : unit);
    }

    /** Units are written in the plural: the first word that ends in s loses it. */
    private static String singular(String unit) {
        int end = unit.indexOf(' ') < 0 ? unit.length() : unit.indexOf(' ');
        String word = unit.substring(0, end);
        if (word.equals("entries")) {
            return "entry" + unit.substring(end);
        }
        boolean plural = word.length() > 2 && word.endsWith("s") && !word.endsWith("ss");
        return plural ? word.substring(0, end - 1) + unit.substring(end) : unit;
    }

    private static String unit(String number, String unit) {
        return unit.isEmpty() ? number : unit.startsWith("-") ? number + unit : number + " " + unit;
    }

    private static String power(Decoded d, FieldSpec spec) {
        BigInteger number = BigInteger.ONE.shiftLeft((int) Math.min(255, d.rawLong()));
        if (spec.unit().equals("us") || spec.unit().equals("ms")) {
            return Quantity.nanos(
                    number.multiply(BigInteger.valueOf(spec.scale())).multiply(nanos(spec.unit())));
        }
        return counted(number.multiply(BigInteger.valueOf(spec.scale())), spec.unit());
    }

    private static String sizePower(Decoded d, FieldSpec spec) {
        int exponent = (int) Math.min(255, d.rawLong());
        BigInteger bytes = BigInteger.valueOf(spec.scale()).shiftLeft(exponent);
        String text = unit(Quantity.bytes(bytes), spec.unit());
        boolean explain = !d.isBits() && spec.scale() > 1;
        return explain ? text + " (2^" + exponent + " × " + Quantity.bytes(spec.scale()) + ")" : text;
    }

    static BigInteger nanos(String unit) {
        return BigInteger.valueOf(
                switch (unit) {
                    case "ns" -> 1L;
                    case "us" -> 1_000L;
                    case "ms" -> 1_000_000L;
                    case "s" -> 1_000_000_000L;
                    case "min" -> 60_000_000_000L;
                    case "h" -> 3_600_000_000_000L;
                    case "d" -> 86_400_000_000_000L;
                    default -> throw new IllegalArgumentException("unknown unit of time: " + unit);
                });
    }

    private static String version(long raw) {
        return raw == 0 ? "not reported" : "NVMe " + (raw >> 16) + "." + (raw >> 8 & 0xff) + "." + (raw & 0xff);
    }

    private static String watts(Decoded d, FieldSpec spec) {
        long code = d.sibling(spec.unit()).map(Decoded::rawLong).orElse(0L);
        boolean maximum = spec.unit().equals("MXPS");
        BigDecimal step = code == 1 ? TENTH_MILLI : maximum && code == 0 || code == 2 ? CENTI : BigDecimal.ZERO;
        if (step.signum() == 0 || d.isZero()) {
            return "not reported";
        }
        BigDecimal watts = step.multiply(new BigDecimal(d.raw()));
        boolean milli = watts.compareTo(BigDecimal.ONE) < 0;
        return milli ? Quantity.digits(watts.movePointRight(3)) + " mW" : Quantity.digits(watts) + " W";
    }

    private static String entries(Decoded d) {
        long used = d.children().stream()
                .filter(c -> !c.spec().reserved() && !c.isZero())
                .count();
        return used == 0 ? "empty" : Quantity.count(used) + (used == 1 ? " entry" : " entries");
    }

    private static String identifier(Decoded d) {
        return d.byteLength() == 16 && kind(d) == 3 ? uuid(d.bytes()) : plain(d.bytes());
    }

    private static String identifierKind(Decoded d) {
        return switch (kind(d)) {
            case 1 -> "EUI-64";
            case 2 -> "NGUID";
            case 3 -> "UUID";
            case 4 ->
                d.rawLong() == 0 ? "NVM Command Set" : d.rawLong() == 2 ? "Zoned Namespace Command Set" : "command set";
            default -> "";
        };
    }

    private static int kind(Decoded d) {
        return d.sibling("NIDT").map(s -> (int) s.rawLong()).orElse(0);
    }

    static String ascii(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            text.append(b == 0 ? ' ' : b >= 0x20 && b < 0x7f ? (char) b : '.');
        }
        return text.toString().stripTrailing();
    }

    static String uuid(byte[] b) {
        String hex = plain(b);
        return hex.length() < 32
                ? hex
                : String.join(
                        "-",
                        hex.substring(0, 8),
                        hex.substring(8, 12),
                        hex.substring(12, 16),
                        hex.substring(16, 20),
                        hex.substring(20));
    }

    private static String oui(byte[] b) {
        return String.format(Locale.ROOT, "%02x-%02x-%02x", b[2], b[1], b[0]);
    }

    static String plain(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String hexBytes(byte[] bytes) {
        int shown = Math.min(bytes.length, SHOWN_BYTES);
        String text = HexFormat.ofDelimiter(" ").formatHex(bytes, 0, shown);
        return shown < bytes.length ? text + " …" : text;
    }

    private static String hex(Decoded d) {
        return d.byteLength() <= 8
                ? hex(d.rawLong(), d.byteLength() * 2)
                : "0x" + d.raw().toString(16);
    }

    static String hex(long raw, int digits) {
        String text = Long.toHexString(raw);
        return "0x" + "0".repeat(Math.max(0, digits - text.length())) + text;
    }

    private static String binary(long raw, int width) {
        String text = Long.toBinaryString(raw);
        return "0".repeat(Math.max(0, width - text.length())) + text + "b";
    }
}
