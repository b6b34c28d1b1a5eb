package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads miscompares and their blocks out of the library. */
final class MiscompareReader {
    private static final int BATCH = 256;
    private static final int HAS_VERSION = 1, HAS_EXPECTED = 2, HAS_FOUND = 4;

    private MiscompareReader() {}

    static List<Miscompare> read(long integrity, int nsid, long from) {
        List<Miscompare> all = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate((long) Layouts.Miscompare.BYTES * BATCH, 8);
            MemorySegment next = arena.allocate(ValueLayout.JAVA_LONG);
            int n = Rc.check(Library.get()
                    .bell_integrity_miscompares(integrity, Math.max(0, from), m.address(), BATCH, next.address()));
            for (int i = 0; i < n; i++) {
                all.add(one(
                        integrity,
                        nsid,
                        m.asSlice((long) i * Layouts.Miscompare.BYTES, Layouts.Miscompare.BYTES),
                        arena));
            }
        }
        return all;
    }

    private static Miscompare one(long integrity, int nsid, MemorySegment m, Arena arena) {
        int has = m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.HAS);
        int bytes = m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.LBA_BYTES);
        long sequence = u64(m, Layouts.Miscompare.SEQUENCE);
        return new Miscompare(
                sequence,
                nsid,
                u64(m, Layouts.Miscompare.LBA),
                u64(m, Layouts.Miscompare.BLOCKS),
                u64(m, Layouts.Miscompare.TIME_NS),
                Miscompare.Kind.of(m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.KIND)),
                Verification.BlockState.values()[m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.EXPECTED_STATE)],
                (has & HAS_VERSION) != 0
                        ? OptionalLong.of(u64(m, Layouts.Miscompare.EXPECTED_TOKEN))
                        : OptionalLong.empty(),
                u64(m, Layouts.Miscompare.FOUND_LBA),
                u64(m, Layouts.Miscompare.FOUND_TOKEN),
                m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.EXPECTED_CRC),
                m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.FOUND_CRC),
                m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.FIRST_BYTE),
                m.get(ValueLayout.JAVA_INT, Layouts.Miscompare.BYTE_COUNT),
                m.get(ValueLayout.JAVA_SHORT, Layouts.Miscompare.QID) & 0xffff,
                m.get(ValueLayout.JAVA_SHORT, Layouts.Miscompare.CID) & 0xffff,
                m.get(ValueLayout.JAVA_BYTE, Layouts.Miscompare.OPCODE) & 0xff,
                (has & HAS_EXPECTED) != 0 ? block(integrity, sequence, 0, bytes, arena) : Optional.empty(),
                (has & HAS_FOUND) != 0 ? block(integrity, sequence, 1, bytes, arena) : Optional.empty());
    }

    private static long u64(MemorySegment m, int offset) {
        return m.get(ValueLayout.JAVA_LONG, offset);
    }

    /** Empty if it was displaced by newer ones meanwhile. */
    private static Optional<byte[]> block(long integrity, long sequence, int found, int bytes, Arena arena) {
        MemorySegment block = arena.allocate(bytes, 8);
        int rc = Library.get().bell_integrity_block(integrity, sequence, found, block.address(), bytes);
        return rc < 0 ? Optional.empty() : Optional.of(block.toArray(ValueLayout.JAVA_BYTE));
    }
}
