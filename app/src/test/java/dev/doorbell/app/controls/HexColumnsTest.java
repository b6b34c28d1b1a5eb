package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HexColumnsTest {
    @Test
    void charactersGoFirstThenEveryLineIsOfEight() {
        assertThat(HexColumns.fitting(80, 4096)).isEqualTo(new HexColumns(16, 3, true));
        assertThat(HexColumns.fitting(60, 4096)).isEqualTo(new HexColumns(8, 3, true));
        assertThat(HexColumns.fitting(30, 4096)).isEqualTo(new HexColumns(8, 3, false));
    }

    @Test
    void offsetColumnGrowsWithTheData() {
        assertThat(HexColumns.fitting(80, 4 << 20).offsetDigits()).isEqualTo(6);
    }

    @Test
    void pointingAtDigitsOrAtTheirCharacterFindsTheSameByte() {
        HexColumns columns = new HexColumns(16, 3, true);
        for (int i = 0; i < 16; i++) {
            assertThat(columns.byteAt(columns.byteColumn(i) + 1.5)).isEqualTo(i);
            assertThat(columns.isAscii(columns.asciiColumn(i) + 0.5)).isTrue();
            assertThat(columns.asciiAt(columns.asciiColumn(i) + 0.5)).isEqualTo(i);
        }
        assertThat(columns.isAscii(columns.byteColumn(15) + 1.9)).isFalse();
    }

    @Test
    void groupsOfFourStandApart() {
        HexColumns columns = new HexColumns(8, 3, true);
        assertThat(columns.byteColumn(4) - columns.byteColumn(3)).isEqualTo(4);
        assertThat(columns.byteColumn(3) - columns.byteColumn(2)).isEqualTo(3);
        assertThat(columns.characters()).isEqualTo("000  36 1b f4 1a  53 49 4d 30  6···SIM0".length());
    }
}
