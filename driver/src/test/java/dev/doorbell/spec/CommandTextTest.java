package dev.doorbell.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.spec.CommandSpec.Queue;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Lines of the command log. */
class CommandTextTest {
    private final Catalogue catalogue = Catalogue.standard();

    private static byte[] sqe(int opcode, int nsid, int... dwordsFrom10) {
        byte[] sqe = new byte[64];
        sqe[0] = (byte) opcode;
        put(sqe, 1, nsid);
        for (int i = 0; i < dwordsFrom10.length; i++) {
            put(sqe, 10 + i, dwordsFrom10[i]);
        }
        return sqe;
    }

    private static void put(byte[] sqe, int dword, int value) {
        for (int i = 0; i < 4; i++) {
            sqe[dword * 4 + i] = (byte) (value >> 8 * i);
        }
    }

    private String details(Queue queue, byte[] sqe) {
        return CommandText.details(catalogue, queue, sqe, 512);
    }

    @Test
    void adminCommands() {
        assertThat(details(Queue.ADMIN, sqe(6, 0, 1))).isEqualTo("CNS 0x01 controller, 4 KiB");
        assertThat(details(Queue.ADMIN, sqe(6, 1, 0))).isEqualTo("CNS 0x00 ns 1, 4 KiB");
        assertThat(details(Queue.ADMIN, sqe(2, -1, 0x007f0002)))
                .isEqualTo("LID 0x02 SMART / Health Information, 512 B");
        assertThat(details(Queue.ADMIN, sqe(0x80, 1, 0x200))).isEqualTo("ns 1, LBA format 0, user data erase");
        assertThat(details(Queue.ADMIN, sqe(0x0a, 0, 7))).isEqualTo("FID 0x07 Number of Queues, current");
    }

    @Test
    void numbersWithoutANameLeaveNoGap() {
        assertThat(details(Queue.ADMIN, sqe(6, 0, 0x77))).isEqualTo("CNS 0x77, 4 KiB");
        assertThat(details(Queue.ADMIN, sqe(2, 0, 0x007f00c0))).isEqualTo("LID 0xc0, 512 B");
        assertThat(details(Queue.ADMIN, sqe(0x0a, 0, 0x1c0))).isEqualTo("FID 0xc0, default");
        assertThat(details(Queue.ADMIN, sqe(6, 1, 5, 0x02000000))).isEqualTo("CNS 0x05 zoned ns 1, 4 KiB");
        assertThat(details(Queue.ADMIN, sqe(9, 0, 2, 1))).isEqualTo("FID 0x02 Power Management, 0x00000001");
    }

    private String option(int opcode, String field, long value) {
        CommandSpec.DwordField f = catalogue
                .command(Queue.ADMIN, opcode)
                .orElseThrow()
                .field(field)
                .orElseThrow();
        return f.spec().values().getOrDefault(value, "");
    }

    @Test
    void formsOfferTheNamesThatTheCatalogueKnows() {
        assertThat(option(6, "CNS", 1)).isEqualTo("Identify Controller");
        assertThat(option(6, "CNS", 5)).isEqualTo("Identify Namespace for the … Command Set");
        assertThat(option(2, "LID", 2)).isEqualTo("SMART / Health Information");
        assertThat(option(9, "FID", 6)).isEqualTo("Volatile Write Cache");
        assertThat(option(0x0a, "FID", 7)).isEqualTo("Number of Queues");
        assertThat(option(0x0a, "SEL", 3)).isEqualTo("capabilities");
        assertThat(option(0x80, "LBAF", 17)).isEqualTo("LBA format 17");
        assertThat(option(0x10, "FS", 3)).isEqualTo("slot 3");
        assertThat(option(0x84, "SANACT", 4)).isEqualTo("crypto erase");
        assertThat(option(0x82, "SECP", 0xea)).isEqualTo("NVMe RPMB");
    }

    @Test
    void aPluginsLogPageIsOffered() {
        String yaml = "logs: {0xc0 MINE: {title: Mine, ref: Vendor §1}}";
        CommandSpec log = catalogue
                .plus(new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)))
                .command(Queue.ADMIN, 2)
                .orElseThrow();
        assertThat(log.field("LID").orElseThrow().spec().values()).containsEntry(0xc0L, "Mine");
    }

    private int bytes(int opcode, int... dwordsFrom10) {
        return catalogue.command(Queue.ADMIN, opcode).orElseThrow().dataBytes(sqe(opcode, 0, dwordsFrom10), 512);
    }

    @Test
    void featuresMoveTheBytesOfTheirStructure() {
        assertThat(bytes(0x09, 0x0e)).as("set timestamp").isEqualTo(8);
        assertThat(bytes(0x0a, 0x0c)).as("get APST").isEqualTo(256);
        assertThat(bytes(0x0a, 0x30c)).as("capabilities of APST").isZero();
        assertThat(bytes(0x09, 0x07)).as("set queues").isZero();
        assertThat(bytes(0x0a, 0x07)).as("get queues").isZero();
        assertThat(bytes(0x09, 0x0d)).as("set host memory buffer").isZero();
        assertThat(bytes(0x0a, 0x0d)).as("get host memory buffer").isEqualTo(4096);
        assertThat(bytes(0x0d, 0)).as("create namespace").isEqualTo(4096);
        assertThat(bytes(0x0d, 1)).as("delete namespace").isZero();
    }

    @Test
    void ioCommands() {
        assertThat(details(Queue.IO, sqe(2, 1, 4096, 0, 7))).isEqualTo("ns 1, LBA 4\u2009096 +8, 4 KiB");
        assertThat(CommandText.details(catalogue, Queue.IO, sqe(1, 2, 0, 1, 0)))
                .isEqualTo("ns 2, LBA 4\u2009294\u2009967\u2009296 +1");
        assertThat(details(Queue.IO, sqe(9, 1, 0, 4))).isEqualTo("ns 1, deallocate, 1 range");
        assertThat(details(Queue.IO, sqe(0, -1))).isEqualTo("all namespaces");
    }

    @Test
    void unknownCommandsShowTheirDwords() {
        assertThat(CommandText.name(catalogue, Queue.ADMIN, sqe(0xc1, 0))).isEqualTo("Vendor specific 0xc1");
        assertThat(details(Queue.ADMIN, sqe(0xc1, 1, 0, 5))).isEqualTo("ns 1, cdw11 0x00000005");
    }

    @Test
    void splitFieldsAreOneNumber() {
        CommandSpec log = catalogue.command(Queue.ADMIN, 2).orElseThrow();
        CommandSpec.DwordField numd = log.field("NUMD").orElseThrow();
        byte[] sqe = log.set(sqe(2, 0, 0x0002), numd, 0x12345678);
        assertThat(log.get(sqe, numd)).isEqualTo(0x12345678);
        assertThat(sqe[42] & 0xff).isEqualTo(0x78);
        assertThat(sqe[44] & 0xff).isEqualTo(0x34);
        assertThat(log.dataBytes(log.set(sqe, numd, 127), 512)).isEqualTo(512);
        assertThat(log.dataStructure(sqe).orElseThrow().id()).isEqualTo("smart");
        CommandSpec format = catalogue.command(Queue.ADMIN, 0x80).orElseThrow();
        byte[] high = format.set(sqe(0x80, 1), format.field("LBAF").orElseThrow(), 0x21);
        assertThat(high[40] & 0xff).isEqualTo(1);
        assertThat(high[41] & 0xff).isEqualTo(0x20);
    }

    @Test
    void fieldsOfTheCommandChooseItsDataStructure() {
        CommandSpec report = catalogue.command(Queue.IO, 0x0e).orElseThrow();
        assertThat(report.dataStructure(sqe(0x0e, 1, 15, 0)).orElseThrow().id()).isEqualTo("reservation-status");
        assertThat(report.dataStructure(sqe(0x0e, 1, 15, 1)).orElseThrow().id())
                .isEqualTo("reservation-status-extended");
        CommandSpec receive = catalogue.command(Queue.ADMIN, 0x1a).orElseThrow();
        assertThat(receive.dataStructure(sqe(0x1a, 1, 7, 0x0101)).orElseThrow().id())
                .isEqualTo("streams-parameters");
        assertThat(receive.dataStructure(sqe(0x1a, 1, 7, 0x0001)).orElseThrow().id())
                .isEqualTo("directive-parameters");
        assertThat(receive.dataStructure(sqe(0x1a, 1, 7, 0x0103))).isEmpty();
    }

    @Test
    void statusCodes() {
        assertThat(catalogue.statusCodes().describe(0x285)).isEqualTo("Compare Failure");
        assertThat(catalogue.statusCodes().of(1, 0x0d).name()).isEqualTo("Feature Identifier Not Saveable");
        assertThat(catalogue.statusCodes().of(7, 0x11).name()).contains("Vendor specific");
    }
}
