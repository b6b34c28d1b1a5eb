package dev.doorbell.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A command.
 *
 * @param queue the queues that take it
 * @param opcode 0..0xff
 * @param name name of the standard, such as {@code Get Log Page}
 * @param title what it does, in a few words
 * @param set command set: Admin, NVM, Fabrics
 * @param data which way data goes
 * @param nsid how it uses NSID
 * @param danger what it can destroy
 * @param asking when a program should ask its user before it sends it
 * @param dangerText what it destroys, in words; empty without danger
 * @param fields its fields in dwords 10 to 15, in order; reserved bits are left out
 * @param size how many bytes of data it moves
 * @param selectors fields that choose the data structure
 * @param structures data structures by selector values (first selector in bits 7:0, second from bit 8 up)
 * @param details how command logs describe it, see {@link CommandText}
 * @param ref where it is defined
 * @param text explanation
 */
public record CommandSpec(
        Queue queue,
        int opcode,
        String name,
        String title,
        String set,
        DataDirection data,
        NsidUse nsid,
        Danger danger,
        Asking asking,
        String dangerText,
        List<DwordField> fields,
        DataSize size,
        List<String> selectors,
        Map<Long, StructureSpec> structures,
        String details,
        SpecRef ref,
        String text) {
    /** Admin or I/O submission queue. */
    public enum Queue {
        ADMIN,
        IO
    }

    /** Which way data goes. */
    public enum DataDirection {
        NONE,
        HOST_TO_DEVICE,
        DEVICE_TO_HOST,
        BOTH
    }

    /** How a command uses NSID. */
    public enum NsidUse {
        /** Not used, to be zero. */
        NONE,
        /** Names one namespace. */
        REQUIRED,
        /** Names one namespace, or all of them with 0xffffffff. */
        REQUIRED_OR_ALL,
        /** Depends on other fields. */
        DEPENDS
    }

    /** What a command can destroy. */
    public enum Danger {
        /** Nothing. */
        NONE,
        /** User data. */
        DATA,
        /** The state of the device: queues, firmware, namespaces, settings. */
        DEVICE
    }

    /** When to ask before a command is sent. */
    public enum Asking {
        /** Not at all. */
        NEVER,
        /** Where the data at stake may be somebody's: on real devices. */
        REAL,
        /** On any device. */
        ALWAYS
    }

    /**
     * How the size of the data follows from the fields.
     *
     * @param rule the rule
     * @param field the field that counts; empty for NONE, FIXED and UNKNOWN
     * @param bytes the size for FIXED, bytes of one item for ITEMS0 and ITEMS
     * @param unlessField a field that tells whether data moves at all; empty when it always does
     * @param unlessValue the value of that field with which none does
     */
    public record DataSize(Rule rule, String field, int bytes, String unlessField, long unlessValue) {
        /** Kinds of rules. */
        public enum Rule {
            NONE,
            FIXED,
            /** One dword more than the field says. */
            DWORDS0,
            BYTES,
            /** One logical block more than the field says. */
            BLOCKS0,
            /** One item more than the field says. */
            ITEMS0,
            /** The field counts items. */
            ITEMS,
            /** As much as the structure that the selectors choose, none without one. */
            STRUCTURE,
            UNKNOWN
        }
    }

    /**
     * A field of the submission queue entry, in one piece or two.
     *
     * @param name name of the standard
     * @param title name in words
     * @param dword the dword (0..15) with the field or its low part
     * @param bitLow lowest bit there
     * @param bitHigh highest bit there
     * @param spec type, values and text; its bits are those of the whole number, from bit 0
     * @param dword2 the dword with the high part, if the field is split
     * @param bitLow2 lowest bit there, 0 when it is not split
     * @param bitHigh2 highest bit there, 0 when it is not split
     */
    public record DwordField(
            String name,
            String title,
            int dword,
            int bitLow,
            int bitHigh,
            FieldSpec spec,
            OptionalInt dword2,
            int bitLow2,
            int bitHigh2) {
        /** Width of the whole number. */
        public int bits() {
            return bitHigh - bitLow + 1 + (dword2.isPresent() ? bitHigh2 - bitLow2 + 1 : 0);
        }

        /** The number in a 64-byte submission queue entry. */
        public long get(byte[] sqe) {
            long low = part(word(sqe, dword), bitLow, bitHigh);
            if (dword2.isEmpty()) {
                return low;
            }
            return low | part(word(sqe, dword2.getAsInt()), bitLow2, bitHigh2) << (bitHigh - bitLow + 1);
        }

        /** A copy of the entry with the number in it; bits beyond the field's width are dropped. */
        public byte[] set(byte[] sqe, long value) {
            byte[] result = sqe.clone();
            put(result, dword, bitLow, bitHigh, value);
            if (dword2.isPresent()) {
                put(result, dword2.getAsInt(), bitLow2, bitHigh2, value >>> (bitHigh - bitLow + 1));
            }
            return result;
        }

        /** Value and meaning of a number in this field. */
        public Decoded decode(long value) {
            return Decoder.word(spec, value);
        }

        private static long word(byte[] sqe, int dword) {
            return Decoder.little(sqe, dword * 4, 4);
        }

        private static long part(long word, int low, int high) {
            return word >>> low & (1L << (high - low + 1)) - 1;
        }

        private static void put(byte[] sqe, int dword, int low, int high, long value) {
            long mask = (1L << (high - low + 1)) - 1 << low;
            long word = word(sqe, dword) & ~mask | value << low & mask;
            for (int i = 0; i < 4; i++) {
                sqe[dword * 4 + i] = (byte) (word >> 8 * i);
            }
        }
    }

    /** The field of that name. */
    public Optional<DwordField> field(String name) {
        return fields.stream().filter(f -> f.name().equals(name)).findFirst();
    }

    /** The number that a field has in a 64-byte submission queue entry. */
    public long get(byte[] sqe, DwordField f) {
        return f.get(sqe);
    }

    /** A copy of a 64-byte submission queue entry with the field set. */
    public byte[] set(byte[] sqe, DwordField f, long value) {
        return f.set(sqe, value);
    }

    /**
     * Bytes of data that the command moves, 0 for none or unknown.
     *
     * @param lbaBytes bytes of a logical block, for the commands that count in them
     */
    public int dataBytes(byte[] sqe, int lbaBytes) {
        boolean none = field(size.unlessField())
                .map(f -> f.get(sqe) == size.unlessValue())
                .orElse(false);
        if (none) {
            return 0;
        }
        long count = field(size.field()).map(f -> f.get(sqe)).orElse(0L);
        long bytes = switch (size.rule()) {
            case NONE, UNKNOWN -> 0;
            case FIXED -> size.bytes();
            case DWORDS0 -> (count + 1) * 4;
            case BYTES -> count;
            case BLOCKS0 -> (count + 1) * lbaBytes;
            case ITEMS0 -> (count + 1) * size.bytes();
            case ITEMS -> count * size.bytes();
            case STRUCTURE -> dataStructure(sqe).map(StructureSpec::bytes).orElse(0);
        };
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /** The structure of the data that the command moves, when it is described. */
    public Optional<StructureSpec> dataStructure(byte[] sqe) {
        if (selectors.isEmpty()) {
            return Optional.ofNullable(structures.get(0L));
        }
        long first = selector(sqe, 0);
        long second = selectors.size() > 1 ? selector(sqe, 1) : 0;
        StructureSpec exact = structures.get(first | second << 8);
        return Optional.ofNullable(exact != null ? exact : structures.get(first | ANY));
    }

    /** Marks a key of {@code structures} that holds for each value of the second selector. */
    static final long ANY = 1L << 32;

    private long selector(byte[] sqe, int index) {
        return field(selectors.get(index)).map(f -> f.get(sqe)).orElse(0L);
    }
}
