package dev.doorbell.spec;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A field with its bytes: a node of the tree that decoding gives. */
public final class Decoded {
    private final FieldSpec spec;
    private final Decoded parent;
    private final String name;
    private final String path;
    private final byte[] data;
    private final int byteOffset;
    private final int byteLength;
    private final int base;
    private List<Decoded> children = List.of();

    /** data is shared between all nodes and starts at byte offset base. */
    Decoded(FieldSpec spec, Decoded parent, String name, String path, byte[] data, int base, int offset, int length) {
        this.spec = spec;
        this.parent = parent;
        this.name = name;
        this.path = path;
        this.data = data;
        this.base = base;
        this.byteOffset = offset;
        this.byteLength = length;
    }

    Decoded with(List<Decoded> nodes) {
        children = List.copyOf(nodes);
        return this;
    }

    /** What the field is. */
    public FieldSpec spec() {
        return spec;
    }

    /** Stable id in the tree, such as {@code OACS.FMT} or {@code LBAF[1].LBADS}; empty at the root. */
    public String path() {
        return path;
    }

    /** Short name; elements of arrays carry their index. */
    public String name() {
        return name;
    }

    /** Name in words. */
    public String title() {
        return name.endsWith("]")
                ? spec.title() + " " + name.substring(name.lastIndexOf('[') + 1, name.length() - 1)
                : spec.title();
    }

    /** First byte, from the start of the decoded data (for registers: in BAR0). */
    public int byteOffset() {
        return byteOffset;
    }

    /** Bytes of the field, or of the word that holds its bits. */
    public int byteLength() {
        return byteLength;
    }

    /** Lowest bit in the word, -1 for whole bytes. */
    public int bitLow() {
        return spec.bitLow();
    }

    /** Highest bit in the word, -1 for whole bytes. */
    public int bitHigh() {
        return spec.bitHigh();
    }

    /** Whether this is a part of a word. */
    public boolean isBits() {
        return spec.isBits();
    }

    /** A copy of the field's bytes (of the word's bytes for bits). */
    public byte[] bytes() {
        return Arrays.copyOfRange(data, byteOffset - base, byteOffset - base + byteLength);
    }

    /** The unsigned little-endian number in the field. */
    public BigInteger raw() {
        if (byteLength <= 7 || isBits() && spec.bitHigh() < 63) {
            return BigInteger.valueOf(rawLong());
        }
        byte[] big = bytes();
        for (int i = 0, j = big.length - 1; i < j; i++, j--) {
            byte b = big[i];
            big[i] = big[j];
            big[j] = b;
        }
        BigInteger all = new BigInteger(1, big);
        return isBits() ? all.shiftRight(spec.bitLow()).mod(BigInteger.ONE.shiftLeft(spec.bits())) : all;
    }

    /** The lowest 64 bits of {@link #raw()}. */
    public long rawLong() {
        long word = Decoder.little(data, byteOffset - base, Math.min(8, byteLength));
        return isBits() ? word >>> spec.bitLow() & spec.maximum() : word;
    }

    /** The raw value as text: {@code 0x010a}, {@code SIM0001}, {@code 412 906}, {@code 00b}. */
    public String value() {
        return Texts.value(this);
    }

    /** What the value means: {@code NVMe 2.0.0}, {@code 512 KiB (2^7 × 4 KiB)}; may be empty. */
    public String meaning() {
        return Texts.meaning(this);
    }

    /** Members, elements or bit fields, in order. */
    public List<Decoded> children() {
        return children;
    }

    /** Whether every bit of the field is zero. */
    public boolean isZero() {
        if (isBits()) {
            return rawLong() == 0;
        }
        for (int i = 0; i < byteLength; i++) {
            if (data[byteOffset - base + i] != 0) {
                return false;
            }
        }
        return true;
    }

    /** Stable names in lower case, raw numbers with the unit in the key, bits nested beside {@code raw}. */
    public JsonNode toJson() {
        return JsonForm.of(this);
    }

    /** The node at a path, this node's own children first; letter case does not matter. */
    public Optional<Decoded> find(String wanted) {
        for (Decoded child : children) {
            if (child.path.equalsIgnoreCase(wanted)) {
                return Optional.of(child);
            }
            if (wanted.regionMatches(true, 0, child.path, 0, child.path.length())) {
                Optional<Decoded> below = child.find(wanted);
                if (below.isPresent()) {
                    return below;
                }
            }
        }
        return Optional.empty();
    }

    /** The whole-byte nodes that cover a byte, outermost first. */
    public List<Decoded> at(int offset) {
        List<Decoded> found = new ArrayList<>();
        for (Decoded child : children) {
            if (!child.isBits() && offset >= child.byteOffset && offset < child.byteOffset + child.byteLength) {
                found.add(child);
                found.addAll(child.at(offset));
            }
        }
        return found;
    }

    /** The other legal values with their meaning, such as {@code 01b normal}; empty when they are not listed. */
    public List<String> otherValues() {
        return Texts.otherValues(this);
    }

    Optional<Decoded> sibling(String wanted) {
        for (Decoded node = parent; node != null; node = node.parent) {
            for (Decoded child : node.children) {
                if (child.spec.name().equals(wanted)) {
                    return Optional.of(child);
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return (path.isEmpty() ? name : path) + " = " + value() + (meaning().isEmpty() ? "" : " (" + meaning() + ")");
    }
}
