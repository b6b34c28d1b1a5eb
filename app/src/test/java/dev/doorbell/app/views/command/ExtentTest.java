package dev.doorbell.app.views.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Asking;
import dev.doorbell.spec.CommandSpec.Queue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a question says about the blocks at stake. */
class ExtentTest {
    private static final byte[] NO_DATA = {};

    private final Catalogue catalogue = Catalogue.standard();

    private CommandSpec io(int opcode) {
        return catalogue.command(Queue.IO, opcode).orElseThrow();
    }

    private static byte[] sqe(int cdw10, int cdw11, int cdw12) {
        return ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(40, cdw10)
                .putInt(44, cdw11)
                .putInt(48, cdw12)
                .array();
    }

    @Test
    void writesOfAnyKindNameTheirBlocks() {
        for (int opcode : new int[] {0x01, 0x04, 0x08, 0x7d}) {
            assertThat(Extent.of(io(opcode), sqe(16, 1, 7), NO_DATA)).containsExactly(new Extent((1L << 32) + 16, 8));
        }
        assertThat(Extent.of(io(0x02), sqe(16, 0, 7), NO_DATA)).isEmpty();
    }

    @Test
    void deallocationNamesItsRangesAndHintsNone() {
        byte[] data = ByteBuffer.allocate(4096)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(4, 8)
                .putLong(8, 100)
                .putInt(20, 16)
                .putLong(24, 200)
                .array();
        assertThat(Extent.of(io(0x09), sqe(1, 4, 0), data)).isEqualTo(List.of(new Extent(100, 8), new Extent(200, 16)));
        assertThat(Extent.of(io(0x09), sqe(1, 1, 0), data)).isEmpty();
    }

    @Test
    void copyNamesItsDestinationAndAZoneItsStart() {
        byte[] data = ByteBuffer.allocate(64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(16, (short) 3)
                .putShort(48, (short) 7)
                .array();
        assertThat(Extent.of(io(0x19), sqe(500, 0, 1), data)).containsExactly(new Extent(500, 12));
        assertThat(Extent.of(io(0x79), sqe(0x1000, 0, 0), NO_DATA)).containsExactly(new Extent(0x1000, 0));
    }

    @Test
    void theCatalogueSaysWhatAsks() {
        for (int opcode : new int[] {0x01, 0x04, 0x08, 0x09, 0x19, 0x79, 0x7d}) {
            assertThat(io(opcode).asking()).as(io(opcode).name()).isEqualTo(Asking.REAL);
        }
        for (int opcode : new int[] {0x00, 0x04, 0x0d, 0x10, 0x11, 0x15, 0x80, 0x81, 0x84}) {
            CommandSpec admin = catalogue.command(Queue.ADMIN, opcode).orElseThrow();
            assertThat(admin.asking()).as(admin.name()).isEqualTo(Asking.ALWAYS);
            assertThat(admin.dangerText()).isNotBlank();
        }
        assertThat(catalogue.command(Queue.ADMIN, 0x09).orElseThrow().asking()).isEqualTo(Asking.NEVER);
        assertThat(catalogue.feature(0x84).orElseThrow().destroys()).isNotBlank();
        assertThat(catalogue.feature(0x06).orElseThrow().destroys()).isEmpty();
    }
}
