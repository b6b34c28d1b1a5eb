package dev.doorbell.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/** Turns the JSON of {@link JsonForm} back into bytes. */
final class Encoder {
    private Encoder() {}

    static byte[] structure(StructureSpec spec, JsonNode json) {
        return members(spec.fields(), json, spec.bytes(), spec.id());
    }

    /** Writes members in order; the result is at least as long as wanted, unless a "rest" of nothing ends it. */
    private static byte[] members(List<FieldSpec> fields, JsonNode json, int bytes, String where) {
        if (!json.isObject()) {
            throw new IllegalArgumentException(where + " is to be an object, it is " + json.getNodeType());
        }
        int used = json.has("rest") ? 1 : 0;
        byte[] data = new byte[bytes];
        for (FieldSpec field : fields) {
            String key = JsonForm.key(field);
            JsonNode value = json.get(key);
            if (value == null) {
                continue;
            }
            used++;
            byte[] part = field(field, value, where + "." + key);
            int end = field.byteOffset() + part.length;
            if (end > data.length) {
                data = Arrays.copyOf(data, end);
            }
            System.arraycopy(part, 0, data, field.byteOffset(), part.length);
        }
        if (used < json.size()) {
            throw unknown(fields, json, "rest", where + " has no field ");
        }
        JsonNode rest = json.get("rest");
        return rest == null ? data : join(data, HexFormat.of().parseHex(rest.asText()));
    }

    private static byte[] field(FieldSpec field, JsonNode value, String where) {
        if (JsonForm.isArray(field)) {
            return array(field, value, where);
        }
        if (field.fields().isEmpty()) {
            return scalar(field, value, field.byteLength(), where);
        }
        return field.fields().getFirst().isBits()
                ? bits(field, value, where)
                : members(field.fields(), value, field.byteLength(), where);
    }

    private static byte[] array(FieldSpec field, JsonNode value, String where) {
        if (!value.isArray()) {
            throw new IllegalArgumentException(where + " is to be an array, it is " + value.getNodeType());
        }
        FieldSpec element = FieldSpecs.element(field);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            // The bytes after the last whole element of an open list stand as text at its end.
            boolean rest = item.isTextual()
                    && (!element.fields().isEmpty()
                            || JsonForm.textual(element, element.byteLength()) == FieldSpec.Type.UINT);
            out.writeBytes(
                    rest
                            ? HexFormat.of().parseHex(item.asText())
                            : element(field, element, item, where + "[" + i + "]"));
        }
        byte[] all = out.toByteArray();
        return field.repeat().count() < 0 ? all : Arrays.copyOf(all, Math.max(all.length, field.byteLength()));
    }

    private static byte[] element(FieldSpec array, FieldSpec element, JsonNode item, String where) {
        if (array.repeat().lengthField().isEmpty()) {
            return field(element, item, where);
        }
        FieldSpec counter = element.fields().stream()
                .filter(f -> f.name().equals(array.repeat().lengthField()))
                .findFirst()
                .orElseThrow();
        int tail = item.path(JsonForm.key(counter)).asInt() * array.repeat().lengthScale();
        byte[] bytes = members(element.fields(), item, element.byteLength(), where);
        return Arrays.copyOf(bytes, Math.max(bytes.length, element.byteLength() + tail));
    }

    private static byte[] bits(FieldSpec field, JsonNode value, String where) {
        if (!value.isObject()) {
            return scalar(field, value, field.byteLength(), where);
        }
        BigInteger raw = value.has("raw") ? number(value.get("raw"), where + ".raw") : BigInteger.ZERO;
        check(raw, field.byteLength() * 8, where + ".raw");
        long word = raw.longValue();
        int used = value.has("raw") ? 1 : 0;
        for (FieldSpec bit : field.fields()) {
            JsonNode part = value.get(JsonForm.key(bit));
            if (part != null) {
                BigInteger number = number(part, where + "." + bit.name());
                check(number, bit.bits(), where + "." + bit.name());
                long mask = bit.maximum() << bit.bitLow();
                word = word & ~mask | number.longValue() << bit.bitLow();
                used++;
            }
        }
        if (used < value.size()) {
            throw unknown(field.fields(), value, "raw", where + " has no bit field ");
        }
        return Decoder.little(word, field.byteLength());
    }

    private static IllegalArgumentException unknown(
            List<FieldSpec> fields, JsonNode json, String extra, String message) {
        Set<String> known = new HashSet<>(Set.of(extra));
        fields.forEach(field -> known.add(JsonForm.key(field)));
        StringBuilder names = new StringBuilder();
        json.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                names.append(names.isEmpty() ? "" : ", ").append(key);
            }
        });
        return new IllegalArgumentException(message + names);
    }

    private static byte[] scalar(FieldSpec field, JsonNode value, int length, String where) {
        byte[] bytes = switch (JsonForm.textual(field, length)) {
            case ASCII -> padded(value.asText(), length);
            case UUID -> HexFormat.of().parseHex(value.asText().replace("-", ""));
            case BYTES -> HexFormat.of().parseHex(value.asText());
            default -> little(number(value, where), length, where);
        };
        boolean fits = bytes.length == length || field.type() == FieldSpec.Type.BYTES || length == 0;
        if (!fits) {
            throw new IllegalArgumentException(where + " takes " + length + " bytes, not " + bytes.length);
        }
        return bytes;
    }

    private static byte[] padded(String text, int length) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(bytes, Math.max(length, bytes.length));
        Arrays.fill(all, bytes.length, all.length, (byte) ' ');
        return all;
    }

    private static BigInteger number(JsonNode value, String where) {
        if (!value.isIntegralNumber()) {
            throw new IllegalArgumentException(where + " is to be a whole number, it is " + value);
        }
        return value.bigIntegerValue();
    }

    private static void check(BigInteger number, int bits, String where) {
        if (number.signum() < 0 || number.bitLength() > bits) {
            throw new IllegalArgumentException(where + " has " + bits + " bits, " + number + " does not fit");
        }
    }

    private static byte[] little(BigInteger number, int length, String where) {
        check(number, length * 8, where);
        byte[] bytes = new byte[length];
        byte[] big = number.toByteArray();
        for (int i = 0; i < Math.min(length, big.length); i++) {
            bytes[i] = big[big.length - 1 - i];
        }
        return bytes;
    }

    private static byte[] join(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
