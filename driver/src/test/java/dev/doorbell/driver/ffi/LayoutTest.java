package dev.doorbell.driver.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.driver.ffi.Layouts.Layout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Java's picture of the C structures against the table that the C compiler made. */
class LayoutTest {
    /** "command.tag" to "80+8"; a structure itself is "command" to "0+96". */
    private static Map<String, String> fromLibrary() {
        Map<String, String> entries = new TreeMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(Layout.BYTES, 8);
            for (int i = 0; Library.get().bell_layout_entry(i, m.address()) == 0; i++) {
                String field = m.getString(Layout.FIELD);
                entries.put(
                        m.getString(Layout.STRUCTURE) + (field.isEmpty() ? "" : "." + field),
                        m.get(ValueLayout.JAVA_INT, Layout.OFFSET) + "+" + m.get(ValueLayout.JAVA_INT, Layout.SIZE));
            }
        }
        return entries;
    }

    private static Map<String, String> fromJava() {
        Map<String, String> entries = new TreeMap<>();
        for (Struct struct : Layouts.all()) {
            entries.put(struct.name(), "0+" + struct.bytes());
            for (Struct.Field field : struct.fields()) {
                entries.put(struct.name() + "." + field.name(), field.offset() + "+" + field.bytes());
            }
        }
        return entries;
    }

    @Test
    void everyFieldOfEveryStructureIsWhereTheLibraryHasItAndNoneIsMissing() {
        assertThat(fromJava()).isEqualTo(fromLibrary()).hasSizeGreaterThan(90);
    }
}
