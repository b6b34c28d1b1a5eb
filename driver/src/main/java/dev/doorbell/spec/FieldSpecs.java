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
