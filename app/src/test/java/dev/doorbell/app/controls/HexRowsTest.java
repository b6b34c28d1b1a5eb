package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class HexRowsTest {
    private static byte[] withZeros(int size, int from, int to) {
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) 0x5a);
        Arrays.fill(data, from, to, (byte) 0);
        return data;
    }

    private static HexRows rows(byte[] data, BitSet keep, BitSet opened) {
        return new HexRows(data, 8, true, keep, opened);
    }

    @Test
    void longRunOfZerosTakesOneRowAndTheRestStaysFindable() {
        HexRows rows = rows(withZeros(0x200, 0x70, 0x100), new BitSet(), new BitSet());

        assertThat(rows.count()).isEqualTo(0x200 / 8 - 18 + 1);
        assertThat(rows.row(14)).isEqualTo(new HexRows.Row(0x70, 144, true));
        assertThat(rows.row(15)).isEqualTo(new HexRows.Row(0x100, 8, false));
        assertThat(rows.rowOf(0x88)).isEqualTo(14);
        assertThat(rows.rowOf(0x1ff)).isEqualTo(rows.count() - 1);
    }

    @Test
    void shortRunStaysInSight() {
        assertThat(rows(withZeros(0x80, 0x20, 0x38), new BitSet(), new BitSet()).count())
                .isEqualTo(16);
    }

    @Test
    void changedByteInsideARunIsNotHidden() {
        BitSet keep = new BitSet();
        keep.set(0x88);
        HexRows rows = rows(withZeros(0x200, 0x40, 0x100), keep, new BitSet());

        assertThat(rows.row(rows.rowOf(0x88))).isEqualTo(new HexRows.Row(0x88, 8, false));
        assertThat(rows.row(rows.rowOf(0x90)).folded()).isTrue();
        assertThat(rows.row(rows.rowOf(0x40)).folded()).isTrue();
    }

    @Test
    void openedRunShowsItsLines() {
        BitSet opened = new BitSet();
        opened.set(0x90);
        assertThat(rows(withZeros(0x200, 0x70, 0x100), new BitSet(), opened).count())
                .isEqualTo(0x200 / 8);
    }

    @Test
    void everyByteOfMegabytesHasItsRow() {
        byte[] data = withZeros(4 << 20, 1 << 20, 2 << 20);
        HexRows rows = new HexRows(data, 16, true, new BitSet(), new BitSet());

        assertThat(rows.count()).isEqualTo((3 << 20) / 16 + 1);
        for (int offset = 0; offset < data.length; offset += 4093) {
            HexRows.Row row = rows.row(rows.rowOf(offset));
            assertThat(offset).isBetween(row.offset(), row.offset() + row.length() - 1);
        }
    }

    @Test
    void lastLineMayBeShort() {
        HexRows rows = rows(withZeros(0x33, 0, 0), new BitSet(), new BitSet());
        assertThat(rows.row(rows.count() - 1)).isEqualTo(new HexRows.Row(0x30, 3, false));
        assertThat(rows(new byte[0], new BitSet(), new BitSet()).count()).isZero();
    }
}
