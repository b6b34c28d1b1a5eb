package dev.doorbell.spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.spec.FieldSpec.Type;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes decoded trees as JSON; {@link Encoder} reads it back to the same bytes. */
final class JsonForm {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonForm() {}

    static JsonNode of(Decoded d) {
        if (isArray(d.spec())) {
            return array(d);
        }
        if (d.children().isEmpty()) {
            return d.spec().type() == Type.STRUCT ? JSON.objectNode() : scalar(d);
        }
        ObjectNode object = JSON.objectNode();
        if (d.children().getFirst().isBits()) {
            object.set("raw", number(d.raw()));
        }
        for (Decoded child : d.children()) {
            // Reserved space is almost always zero; what is not must survive the way back.
            if (!child.spec().reserved() || !child.isZero()) {
                object.set(key(child.spec()), of(child));
            }
        }
        return object;
    }

    static boolean isArray(FieldSpec spec) {
        return spec.type() == Type.ARRAY;
    }

    /** Elements of zeros at the end are left out. */
    private static JsonNode array(Decoded d) {
        int used = d.children().size();
        while (used > 0 && d.children().get(used - 1).isZero()) {
            used--;
        }
        ArrayNode array = JSON.arrayNode();
        d.children().subList(0, used).forEach(child -> array.add(of(child)));
        return array;
    }

    private static JsonNode scalar(Decoded d) {
        return switch (textual(d.spec(), d.byteLength())) {
            case ASCII -> JSON.textNode(new String(d.bytes(), StandardCharsets.ISO_8859_1).replaceAll(" +$", ""));
            case UUID -> JSON.textNode(Texts.uuid(d.bytes()));
            case BYTES -> JSON.textNode(Texts.plain(d.bytes()));
            default -> number(d.raw());
        };
    }

    /** How a whole field is written: ASCII, UUID and BYTES as text, UINT as a number. */
    static Type textual(FieldSpec spec, int length) {
        if (spec.isBits()) {
            return Type.UINT;
        }
        return switch (spec.type()) {
            case ASCII -> Type.ASCII;
            case UUID -> length == 16 ? Type.UUID : Type.BYTES;
            case BYTES, EUI, IDENTIFIER -> Type.BYTES;
            case UINT, UINT128, SIZE, TIME -> Type.UINT;
            default -> length > 8 ? Type.BYTES : Type.UINT;
        };
    }

    /** The key of a field: its name in lower case and the unit that its raw number counts. */
    static String key(FieldSpec spec) {
        String name = spec.name().toLowerCase(Locale.ROOT);
        String scale = spec.scale() == 1 ? "" : Long.toString(spec.scale());
        return switch (spec.type()) {
            case KELVIN -> name + "_kelvin";
            case TIME -> name + "_" + scale + spec.unit();
            case SIZE -> name + "_" + (scale.isEmpty() ? "bytes" : scale + "bytes");
            case UINT -> spec.unit().equals("%") ? name + "_percent" : name;
            case TIMESTAMP -> name + "_ms";
            default -> name;
        };
    }

    private static JsonNode number(BigInteger value) {
        return value.bitLength() < 64 ? JSON.numberNode(value.longValue()) : JSON.numberNode(value);
    }
}
