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
        Set<String> known = new HashSet<>(Set.of("rest"));
        byte[] data = new byte[bytes];
        for (FieldSpec field : fields) {
            String key = JsonForm.key(field);
            known.add(key);
            JsonNode value = json.get(key);
            if (value == null) {
                continue;
            }
            byte[] part = field(field, value, where + "." + key);
            int end = field.byteOffset() + part.length;
            if (end > data.length) {
                data = Arrays.copyOf(data, end);
            }
            System.arraycopy(part, 0, data, field.byteOffset(), part.length);
        }
        json.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(where + " has no field " + key);
            }
        });
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
        BigInteger word = value.has("raw") ? number(value.get("raw"), where + ".raw") : BigInteger.ZERO;
        Set<String> known = new HashSet<>(Set.of("raw"));
        for (FieldSpec bit : field.fields()) {
            known.add(JsonForm.key(bit));
            JsonNode part = value.get(JsonForm.key(bit));
            if (part != null) {
                BigInteger number = number(part, where + "." + bit.name());
                check(number, bit.bits(), where + "." + bit.name());
                BigInteger mask = BigInteger.ONE
                        .shiftLeft(bit.bits())
                        .subtract(BigInteger.ONE)
                        .shiftLeft(bit.bitLow());
                word = word.andNot(mask).or(number.shiftLeft(bit.bitLow()));
            }
        }
        value.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key)) {
                throw new IllegalArgumentException(where + " has no bit field " + key);
            }
        });
        return little(word, field.byteLength(), where);
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
