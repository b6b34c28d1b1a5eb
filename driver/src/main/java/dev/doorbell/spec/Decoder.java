package dev.doorbell.spec;

import java.util.ArrayList;
import java.util.List;

/** Lays field specs over bytes. */
final class Decoder {
    private final byte[] data;
    private final int base;

    private Decoder(byte[] data, int base) {
        this.data = data;
        this.base = base;
    }

    /** Decodes length bytes from offset; paths start at the root that this makes. */
    static Decoded structure(StructureSpec spec, byte[] data, int offset, int length, String name) {
        return new Decoder(data, 0).root(struct(spec, name), offset, length, spec.fields(), "");
    }

    /** A part of a bigger tree: path stands before the paths of all members. */
    static Decoded part(StructureSpec spec, byte[] data, int offset, int length, String path) {
        return new Decoder(data, 0).root(struct(spec, path), offset, length, spec.fields(), path);
    }

    static Decoded register(RegisterSpec spec, long value) {
        byte[] bytes = little(value, spec.bytes());
        return new Decoder(bytes, spec.offset()).node(spec.field(), null, 0, "", bytes.length);
    }

    static Decoded registers(List<RegisterSpec> specs, byte[] bar) {
        Decoder decoder = new Decoder(bar.clone(), 0);
        FieldSpec all = FieldSpecs.struct(
                "registers", "Controller registers", bar.length, new SpecRef("NVMe Base 2.0c", "3.1.3"));
        Decoded root = new Decoded(all, null, "registers", "", decoder.data, 0, 0, bar.length);
        List<Decoded> nodes = new ArrayList<>();
        for (RegisterSpec spec : specs) {
            if (spec.offset() + spec.bytes() <= bar.length) {
                nodes.add(decoder.node(spec.field(), root, 0, "", bar.length));
            }
        }
        return root.with(nodes);
    }

    /** A single word; bits of the spec are those of the word. */
    static Decoded word(FieldSpec spec, long value) {
        byte[] bytes = little(value, spec.byteLength());
        return new Decoder(bytes, spec.byteOffset()).node(spec, null, 0, "", bytes.length);
    }

    private static FieldSpec struct(StructureSpec spec, String name) {
        return FieldSpecs.struct(name, spec.title(), spec.bytes(), spec.ref());
    }

    private Decoded root(FieldSpec spec, int offset, int length, List<FieldSpec> fields, String path) {
        Decoded root = new Decoded(spec, null, spec.name(), path, data, base, offset, length);
        List<Decoded> nodes = members(fields, root, offset, path, offset + length);
        int end = nodes.isEmpty()
                ? offset
                : nodes.getLast().byteOffset() + nodes.getLast().byteLength();
        if (end < offset + length) {
            FieldSpec rest = FieldSpecs.rest(end - offset, offset + length - end, spec.ref());
            nodes.add(node(rest, root, offset, path, offset + length));
        }
        return root.with(nodes);
    }

    private List<Decoded> members(List<FieldSpec> fields, Decoded parent, int origin, String path, int end) {
        List<Decoded> nodes = new ArrayList<>(fields.size());
        for (FieldSpec field : fields) {
            int from = origin + field.byteOffset();
            boolean open = field.byteLength() == 0 || field.type() == FieldSpec.Type.ARRAY;
            if (open ? from < end : from + field.byteLength() <= end) {
                nodes.add(node(field, parent, origin, path, end));
            }
        }
        return nodes;
    }

    private Decoded node(FieldSpec field, Decoded parent, int origin, String path, int end) {
        int from = origin + field.byteOffset();
        if (field.type() == FieldSpec.Type.ARRAY) {
            return array(field, parent, from, join(path, field.name()), end);
        }
        int length = field.byteLength() == 0 ? end - from : field.byteLength();
        return single(field, parent, field.name(), join(path, field.name()), from, length, end);
    }

    private Decoded single(FieldSpec field, Decoded parent, String name, String path, int from, int length, int end) {
        Decoded node = new Decoded(field, parent, name, path, data, base, from, length);
        if (field.fields().isEmpty()) {
            return node;
        }
        if (!field.fields().getFirst().isBits()) {
            return node.with(members(field.fields(), node, from, path, Math.min(end, from + length)));
        }
        List<Decoded> bits = new ArrayList<>(field.fields().size());
        for (FieldSpec bit : field.fields()) {
            bits.add(new Decoded(bit, node, bit.name(), path + "." + bit.name(), data, base, from, length));
        }
        return node.with(bits);
    }

    private Decoded array(FieldSpec field, Decoded parent, int from, String path, int end) {
        FieldSpec.Repeat repeat = field.repeat();
        int limit = repeat.count() < 0 ? end : Math.min(end, from + field.byteLength());
        List<int[]> spans = new ArrayList<>();
        int at = from;
        while (at + repeat.elementBytes() <= limit && (repeat.count() < 0 || spans.size() < repeat.count())) {
            int length = repeat.elementBytes() + tail(field, at);
            if (length == 0
                    || at + length > limit
                    || repeat.count() < 0 && !repeat.lengthField().isEmpty() && empty(at, length)) {
                break;
            }
            spans.add(new int[] {at, length});
            at += length;
        }
        int covered = repeat.count() < 0 ? end - from : limit - from;
        Decoded node = new Decoded(field, parent, field.name(), path, data, base, from, covered);
        FieldSpec element = FieldSpecs.element(field);
        List<Decoded> nodes = new ArrayList<>(spans.size() + 1);
        for (int i = 0; i < spans.size(); i++) {
            String index = "[" + i + "]";
            int[] span = spans.get(i);
            nodes.add(single(element, node, field.name() + index, path + index, span[0], span[1], span[0] + span[1]));
        }
        if (at < from + covered) {
            FieldSpec rest = FieldSpecs.rest(at - from, from + covered - at, field.ref());
            nodes.add(node(rest, node, from, path, from + covered));
        }
        return node.with(nodes);
    }

    private int tail(FieldSpec array, int at) {
        if (array.repeat().lengthField().isEmpty()) {
            return 0;
        }
        for (FieldSpec member : array.fields()) {
            if (member.name().equals(array.repeat().lengthField())) {
                long count = little(data, at + member.byteOffset() - base, member.byteLength());
                return (int) Math.min(count * array.repeat().lengthScale(), 1 << 24);
            }
        }
        throw new IllegalStateException(
                array.name() + " has no member " + array.repeat().lengthField());
    }

    private boolean empty(int at, int length) {
        for (int i = 0; i < length; i++) {
            if (data[at - base + i] != 0) {
                return false;
            }
        }
        return true;
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    static long little(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = Math.min(length, 8) - 1; i >= 0; i--) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }

    static byte[] little(long value, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < Math.min(8, length); i++) {
            bytes[i] = (byte) (value >> 8 * i);
        }
        return bytes;
    }
}
