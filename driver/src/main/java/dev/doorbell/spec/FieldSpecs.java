package dev.doorbell.spec;

import dev.doorbell.spec.FieldSpec.Access;
import dev.doorbell.spec.FieldSpec.Repeat;
import dev.doorbell.spec.FieldSpec.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Field specs that no file spells out: roots, array elements, reserved space. */
final class FieldSpecs {
    private FieldSpecs() {}

    static FieldSpec struct(String name, String title, int bytes, SpecRef ref) {
        return whole(name, title, 0, bytes, Type.STRUCT, "", ref, false);
    }

    /** Bytes after the last described field. */
    static FieldSpec rest(int offset, int bytes, SpecRef ref) {
        return whole(
                "rest", "Not described", offset, bytes, Type.BYTES, "Bytes beyond the described fields.", ref, true);
    }

    /** The spec of one element: members or bits keep their places from the element's start. */
    static FieldSpec element(FieldSpec array) {
        return new FieldSpec(
                array.name(),
                array.title(),
                0,
                array.repeat().elementBytes(),
                -1,
                -1,
                array.repeat().element(),
                array.access(),
                array.unit(),
                array.scale(),
                array.values(),
                array.fields(),
                Repeat.ONCE,
                array.text(),
                array.ref(),
                array.reserved());
    }

    /** A word of four bytes with named bits. */
    static FieldSpec word(String name, String title, int offset, List<FieldSpec> bits, SpecRef ref) {
        return new FieldSpec(
                name,
                title,
                offset,
                Integer.BYTES,
                -1,
                -1,
                Type.FLAGS,
                Access.NONE,
                "",
                1,
                Map.of(),
                fillBits(bits, offset, Integer.BYTES, Access.NONE, ref),
                Repeat.ONCE,
                "",
                ref,
                false);
    }

    /** The same field as bits of a word somewhere else. */
    static FieldSpec bits(FieldSpec field, int offset, int bytes, int low, int high) {
        return new FieldSpec(
                field.name(),
                field.title(),
                offset,
                bytes,
                low,
                high,
                field.type(),
                field.access(),
                field.unit(),
                field.scale(),
                field.values(),
                field.fields(),
                Repeat.ONCE,
                field.text(),
                field.ref(),
                field.reserved());
    }

    /** A count of memory pages, in pages of another size; other fields stay as they are. */
    static FieldSpec scaled(FieldSpec field, long pageBytes) {
        if (field.type() != Type.SIZE_POWER_OF_TWO || field.scale() != StructureSpec.PAGE) {
            return field;
        }
        return new FieldSpec(
                field.name(),
                field.title(),
                field.byteOffset(),
                field.byteLength(),
                field.bitLow(),
                field.bitHigh(),
                field.type(),
                field.access(),
                field.unit(),
                pageBytes,
                field.values(),
                field.fields(),
                field.repeat(),
                field.text(),
                field.ref(),
                field.reserved());
    }

    /** Fills the gaps between bit fields of a word. */
    static List<FieldSpec> fillBits(List<FieldSpec> bits, int offset, int bytes, Access access, SpecRef ref) {
        List<FieldSpec> all = new ArrayList<>(bits);
        all.sort(Comparator.comparingInt(FieldSpec::bitLow));
        int next = 0;
        for (FieldSpec bit : List.copyOf(all)) {
            if (bit.bitLow() > next) {
                all.add(reservedBits(next, bit.bitLow() - 1, offset, bytes, access, ref));
            }
            next = bit.bitHigh() + 1;
        }
        if (next < bytes * 8) {
            all.add(reservedBits(next, bytes * 8 - 1, offset, bytes, access, ref));
        }
        all.sort(Comparator.comparingInt(FieldSpec::bitLow));
        return List.copyOf(all);
    }

    /** Fills the gaps between members of a structure of that many bytes. */
    static List<FieldSpec> fillBytes(List<FieldSpec> fields, int bytes, SpecRef ref) {
        List<FieldSpec> all = new ArrayList<>(fields);
        all.sort(Comparator.comparingInt(FieldSpec::byteOffset));
        int next = 0;
        for (FieldSpec field : List.copyOf(all)) {
            if (field.byteOffset() > next) {
                all.add(reservedBytes(next, field.byteOffset() - 1, ref));
            }
            next = Math.max(next, field.byteOffset() + field.byteLength());
        }
        if (next < bytes) {
            all.add(reservedBytes(next, bytes - 1, ref));
        }
        all.sort(Comparator.comparingInt(FieldSpec::byteOffset));
        return List.copyOf(all);
    }

    private static FieldSpec reservedBytes(int low, int high, SpecRef ref) {
        String name = "reserved_" + (low == high ? "" + low : high + "_" + low);
        return whole(name, "Reserved", low, high - low + 1, Type.BYTES, "", ref, true);
    }

    private static FieldSpec reservedBits(int low, int high, int offset, int bytes, Access access, SpecRef ref) {
        String name = "reserved_" + (low == high ? "" + low : high + "_" + low);
        return new FieldSpec(
                name,
                "Reserved",
                offset,
                bytes,
                low,
                high,
                Type.HEX,
                access,
                "",
                1,
                Map.of(),
                List.of(),
                Repeat.ONCE,
                "",
                ref,
                true);
    }

    private static FieldSpec whole(
            String name, String title, int offset, int bytes, Type type, String text, SpecRef ref, boolean reserved) {
        return new FieldSpec(
                name,
                title,
                offset,
                bytes,
                -1,
                -1,
                type,
                Access.NONE,
                "",
                1,
                Map.of(),
                List.of(),
                Repeat.ONCE,
                text,
                ref,
                reserved);
    }
}
