package dev.doorbell.app.controls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ByteTextTest {
    private static final byte[] SOME = {0x53, 0x49, 0x4d, 0x00, (byte) 0xff};

    @Test
    void copiesInTheFormsOneCanPaste() {
        assertThat(ByteText.hex(SOME)).isEqualTo("53 49 4d 00 ff");
        assertThat(ByteText.ascii(SOME)).isEqualTo("SIM..");
        assertThat(ByteText.c(SOME)).contains("data[5]").contains("0x53, 0x49, 0x4d, 0x00, 0xff,");
    }

    @Test
    void readsWhatItWroteAndWhatOthersWrite() {
        assertThat(ByteText.parseHex(ByteText.hex(new byte[40]))).hasSize(40);
        assertThat(ByteText.parseHex("0x53, 0x49,\n0x4D 00-ff")).isEqualTo(SOME);
    }

    @Test
    void saysWhatItCouldNotRead() {
        assertThatThrownBy(() -> ByteText.parseHex("5g")).hasMessageContaining("5g");
        assertThatThrownBy(() -> ByteText.parseHex("123")).hasMessageContaining("123");
    }
}
