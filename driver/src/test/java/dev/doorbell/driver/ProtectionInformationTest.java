package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Protection information in memory: no device is asked. */
class ProtectionInformationTest {
    private Device device;
    private Buffer data;
    private Buffer metadata;

    @BeforeEach
    void open() {
        device = Device.open("sim:");
        data = device.allocate(65536);
        metadata = device.allocate(4096);
    }

    @AfterEach
    void close() {
        metadata.close();
        data.close();
        device.close();
    }

    private static ProtectionInformation format(int type, int guardBits, int storageTagBits, int metadataBytes) {
        return new ProtectionInformation(type, guardBits, false, storageTagBits, -1, 4096, metadataBytes, false);
    }

    private String hex(int offset, int length) {
        return HexFormat.of().formatHex(metadata.get(offset, length));
    }

    @Test
    void guardsHaveTheirPublishedValues() {
        byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
        assertThat(ProtectionInformation.guard(16, digits)).isEqualTo(0xd0db);
        assertThat(ProtectionInformation.guard(32, digits)).isEqualTo(0xe3069283L);
        assertThat(ProtectionInformation.guard(64, digits)).isEqualTo(0xae8b14860a799888L);
        assertThat(ProtectionInformation.guard(64, new byte[4096])).isEqualTo(0x6482d367eb22b64eL);
        assertThat(ProtectionInformation.guard(16, new byte[0])).isZero();
        assertThatThrownBy(() -> ProtectionInformation.guard(24, digits))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("24");
    }

    @Test
    void fieldsLieWhereTheStandardHasThem() {
        ProtectionInformation pi = format(1, 64, 18, 16);
        Blocks blocks = Blocks.of(7, 2, data, metadata);
        pi.generate(blocks, pi.tags(7).application(0x1234).storage(0x3ffff));
        assertThat(hex(0, 16)).isEqualTo("6482d367eb22b64e1234ffffc0000007");
        assertThat(hex(16, 16)).isEqualTo("6482d367eb22b64e1234ffffc0000008");
        assertThat(pi.fields(blocks, 1))
                .isEqualTo(new ProtectionInformation.Fields(0x6482d367eb22b64eL, 0x1234, 8, 0x3ffff, false));
        assertThat(pi.offset(blocks, 1)).isEqualTo(16);
    }

    @Test
    void aMismatchIsReportedInWords() {
        ProtectionInformation pi = format(1, 16, 0, 8);
        Blocks blocks = Blocks.of(0x1_0000_0005L, 8, data, metadata);
        ProtectionInformation.Tags tags = pi.tags(0x1_0000_0005L).application(0x1234);
        assertThat(tags.reference()).isEqualTo(5);
        pi.generate(blocks, tags);
        assertThat(pi.check(blocks, tags)).isEmpty();
        assertThat(pi.check(blocks, tags.application(0x1235, 0xff0f)))
                .hasValueSatisfying(
                        m -> assertThat(m).hasToString("LBA 4294967301: the application tag is 1204h, expected 1205h"));
        assertThat(pi.check(blocks, tags.application(0x1235, 0xfff0))).isEmpty();
        data.put(3 * 4096, (byte) 1);
        assertThat(pi.check(blocks, tags))
                .hasValueSatisfying(
                        m -> assertThat(m.toString()).startsWith("LBA 4294967304: the guard is 0h, expected "));
        assertThat(pi.check(blocks, tags, EnumSet.of(ProtectionInformation.Field.REFERENCE_TAG)))
                .isEmpty();
        assertThat(pi.check(blocks, tags.reference(6)).orElseThrow().field())
                .isEqualTo(ProtectionInformation.Field.REFERENCE_TAG);
    }

    @Test
    void tagsOfEveryWidthFillTheFieldsOfACommand() {
        ProtectionInformation.Tags tags =
                new ProtectionInformation.Tags(0x1122334455667788L, 0xabcd, 0xff00, 0x99aabbccddeeff00L);
        Command command = format(1, 16, 0, 8).control(tags).on(NvmCommands.read(1, 0, 1));
        assertThat(command.dword(14)).isEqualTo(0x55667788);
        assertThat(command.dword(3) | command.dword(2))
                .as("without a storage tag")
                .isZero();
        assertThat(command.dword(15)).isEqualTo(0xff00abcd);
        command = format(1, 32, 16, 16).control(tags).on(NvmCommands.read(1, 0, 1));
        assertThat(command.dword(2)).isEqualTo(0xff00);
        assertThat(command.dword(3)).isEqualTo(0x11223344);
        assertThat(command.dword(14)).isEqualTo(0x55667788);
        command = format(1, 32, 64, 16).control(tags).on(NvmCommands.read(1, 0, 1));
        assertThat(command.dword(2)).isEqualTo(0x99aa);
        assertThat(command.dword(3)).isEqualTo(0xbbccddee);
        assertThat(command.dword(14)).isEqualTo(0xff007788);
        command = format(1, 64, 48, 16).control(tags).on(NvmCommands.read(1, 0, 1));
        assertThat(command.dword(3) & 0xffff).isEqualTo(0xbbcc);
        assertThat(command.dword(14)).isEqualTo(0xddeeff00);
    }

    @Test
    void sourceRangesOfACopyHaveBothFormats() {
        ProtectionInformation.Tags tags = new ProtectionInformation.Tags(0x01020304, 0xabcd, 0xfff0, 0x5566);
        ProtectionInformation pi = format(1, 16, 0, 8);
        pi.copyRange(metadata, 1, new Namespace.Range(0x1122334455L, 3), tags);
        assertThat(hex(32, 32)).isEqualTo("00000000000000005544332211000000" + "0200000000000000" + "04030201cdabf0ff");
        pi = format(1, 32, 32, 16);
        pi.copyRange(metadata, 0, new Namespace.Range(0x1122334455L, 3), tags);
        assertThat(hex(0, 40))
                .isEqualTo("00000000000000005544332211000000" + "02000000000000000000" + "00005566000001020304"
                        + "cdabf0ff");
    }

    @Test
    void wrongArgumentsAreRefusedBeforeMemoryIsTouched() {
        ProtectionInformation pi = format(1, 16, 0, 8);
        ProtectionInformation.Tags tags = pi.tags(0);
        assertThatThrownBy(() -> pi.generate(Blocks.of(0, 17, data, metadata), tags))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> pi.check(new Blocks(0, 2, data, 0, metadata, 4088), tags))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> pi.fields(Blocks.of(0, 1, data, metadata), 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> format(1, 64, 49, 16).generate(Blocks.of(0, 1, data, metadata), tags))
                .isInstanceOf(ProtectionInformation.FormatException.class)
                .hasMessageContaining("49");
        assertThatThrownBy(() -> format(4, 16, 0, 8).check(Blocks.of(0, 1, data, metadata), tags))
                .isInstanceOf(ProtectionInformation.FormatException.class)
                .hasMessageContaining("not 4");
        Buffer closed = device.allocate(4096);
        closed.close();
        assertThatThrownBy(() -> pi.generate(Blocks.of(0, 1, data, closed), tags))
                .isInstanceOf(Device.ClosedException.class);
        data.pin();
        data.unpin();
    }
}
