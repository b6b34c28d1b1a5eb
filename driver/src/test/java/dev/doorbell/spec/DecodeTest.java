package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Values and meanings as an engineer reads them beside the specification. */
class DecodeTest {
    private final Catalogue catalogue = Catalogue.standard();
    private final ByteBuffer data = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);

    private Decoded decode(String structure) {
        return catalogue.structure(structure).orElseThrow().decode(data.array());
    }

    private static void shows(Decoded tree, String path, String value, String meaning) {
        Decoded field = tree.find(path).orElseThrow();
        assertThat(field.value()).as(path).isEqualTo(value);
        assertThat(field.meaning()).as(path).isEqualTo(meaning);
    }

    private void text(int offset, int length, String text) {
        Arrays.fill(data.array(), offset, offset + length, (byte) ' ');
        data.put(offset, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void identifyController() {
        data.putShort(0, (short) 0x1b36);
        data.putShort(2, (short) 0x1af4);
        text(4, 20, "SIM00000000000000001");
        text(24, 40, "Doorbell Sim 1 GiB");
        data.put(72, (byte) 6);
        data.put(73, new byte[] {0x00, 0x54, 0x52});
        data.put(77, (byte) 7);
        data.putInt(80, 0x20000);
        data.putInt(84, 1_000_000);
        data.putShort(256, (short) 0x011e);
        data.put(258, (byte) 3);
        data.putShort(266, (short) 343);
        data.putLong(280, 1L << 30);
        data.put(512, (byte) 0x66);
        data.putShort(2048, (short) 900);
        data.putInt(2052, 20_000);
        Decoded id = decode("identify-controller");
        shows(id, "VID", "0x1b36", "Red Hat, Inc.");
        shows(id, "SSVID", "0x1af4", "Red Hat, Inc. (virtio)");
        shows(id, "SN", "SIM00000000000000001", "ASCII, 20 bytes");
        shows(id, "MN", "Doorbell Sim 1 GiB", "ASCII, 40 bytes");
        shows(id, "RAB", "0x06", "64 commands");
        shows(id, "IEEE", "52-54-00", "QEMU (locally administered)");
        shows(id, "MDTS", "0x07", "512 KiB (2^7 × 4 KiB)");
        shows(id, "VER", "0x00020000", "NVMe 2.0.0");
        shows(id, "RTD3R", "0x000f4240", "1.00 s");
        shows(id, "OACS.FNVMS", "1", "supported");
        shows(id, "OACS.VMS", "0", "not supported");
        shows(id, "ACL", "0x03", "4 aborts at once");
        shows(id, "WCTEMP", "343 K", "70 °C");
        shows(id, "TNVMCAP", "1\u2009073\u2009741\u2009824", "1 GiB");
        shows(id, "SQES.MIN", "6", "64-byte entries");
        shows(id, "PSD[0].MP", "0x0384", "9.00 W");
        shows(id, "PSD[0].ENLAT", "0x00004e20", "20.0 ms");
        assertThat(id.at(2052)).extracting(Decoded::path).containsExactly("PSD", "PSD[0]", "PSD[0].ENLAT");
    }

    @Test
    void smart() {
        data.putShort(1, (short) 315);
        data.put(3, (byte) 100);
        data.putLong(32, 412_906);
        data.putLong(64, 43_118_207);
        data.putLong(128, 10);
        Decoded smart = catalogue.structure("smart").orElseThrow().decode(Arrays.copyOf(data.array(), 512));
        shows(smart, "CW", "0x00", "none");
        shows(smart, "CTEMP", "315 K", "42 °C");
        shows(smart, "AVSP", "100 %", "");
        shows(smart, "DUR", "412\u2009906", "197 GiB");
        shows(smart, "HRC", "43\u2009118\u2009207", "");
        shows(smart, "POH", "10", "10.0 h");
        assertThat(smart.toJson().get("ctemp_kelvin").asInt()).isEqualTo(315);
        assertThat(smart.toJson().get("dur_512000bytes").asInt()).isEqualTo(412_906);
    }

    @Test
    void namespaceIdentificationDescriptors() {
        data.put(0, new byte[] {3, 16, 0, 0});
        data.put(4, new byte[] {0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
        data.put(20, new byte[] {4, 1, 0, 0, 0});
        Decoded list = decode("identify-descriptors");
        shows(list, "DESC[0].NID", "12345678-0102-0304-0506-0708090a0b0c", "UUID");
        shows(list, "DESC[1].NID", "00", "NVM Command Set");
        assertThat(list.find("DESC[2]")).isEmpty();
    }

    @Test
    void controllerConfiguration() {
        Decoded cc = catalogue.register("cc").orElseThrow().decode(0x00460001);
        assertThat(cc.value()).isEqualTo("0x00460001");
        assertThat(cc.byteOffset()).isEqualTo(0x14);
        Decoded css = cc.find("CC.CSS").orElseThrow();
        assertThat(css.value()).isEqualTo("000b");
        assertThat(css.meaning()).isEqualTo("NVM Command Set");
        assertThat(css.otherValues()).containsExactly("110b all supported command sets", "111b admin commands only");
        assertThat(cc.find("CC.IOSQES").orElseThrow().meaning()).isEqualTo("64-byte entries");
        assertThat(cc.find("CC.MPS").orElseThrow().meaning()).isEqualTo("4 KiB pages");
        assertThat(cc.find("CC.reserved_31_25").orElseThrow().spec().reserved()).isTrue();
    }

    @Test
    void configurationSpaceWithBothChains() {
        data.putShort(0, (short) 0x1b36);
        data.putShort(6, (short) 0x10);
        data.put(0x34, (byte) 0x40);
        data.putShort(0x40, (short) 0x8011);
        data.putShort(0x42, (short) 0x8020);
        data.putShort(0x80, (short) 0x0010);
        data.putShort(0x92, (short) 0x0044);
        data.putInt(0x100, 0x00010003);
        Decoded pci = catalogue.decodePci(data.array());
        shows(pci, "header.VID", "0x1b36", "Red Hat, Inc.");
        shows(pci, "MSIX.MXC.TS", "32", "33 vectors");
        shows(pci, "PCIE.PXLS.CLS", "0100b", "16 GT/s");
        shows(pci, "PCIE.PXLS.NLW", "0x04", "x4");
        assertThat(pci.find("DSN").orElseThrow().byteOffset()).isEqualTo(0x100);
    }

    @Test
    void aChainThatLoopsEnds() {
        data.putShort(6, (short) 0x10);
        data.put(0x34, (byte) 0x40);
        data.putShort(0x40, (short) 0x4001);
        assertThat(catalogue.decodePci(data.array()).find("PM")).isPresent();
    }

    @Test
    void truncatedDataShowsWhatIsThere() {
        Decoded half = catalogue.structure("identify-controller").orElseThrow().decode(new byte[83]);
        assertThat(half.find("CNTLID")).isPresent();
        assertThat(half.find("VER")).isEmpty();
        assertThat(half.find("rest").orElseThrow().byteLength()).isEqualTo(3);
    }
}
