package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.Queue;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Named commands against the catalogue, which has every field from the standard: the right ones are set, and no others. */
class CommandFieldsTest {
    private final Catalogue catalogue = Catalogue.standard();

    private void admin(Command command, String name, Object... fields) {
        check(Queue.ADMIN, command, name, fields);
    }

    private void io(Command command, String name, Object... fields) {
        check(Queue.IO, command, name, fields);
    }

    /** @param fields names and values of all fields that are not zero */
    private void check(Queue queue, Command command, String name, Object... fields) {
        CommandSpec spec = catalogue.command(queue, command.opcode()).orElseThrow();
        assertThat(spec.name()).isEqualTo(name);
        Map<String, Long> expected = new TreeMap<>();
        for (int i = 0; i < fields.length; i += 2) {
            expected.put((String) fields[i], ((Number) fields[i + 1]).longValue());
        }
        Map<String, Long> found = new TreeMap<>();
        byte[] sqe = command.sqe();
        for (CommandSpec.DwordField field : spec.fields()) {
            long value = field.get(sqe);
            sqe = field.set(sqe, 0);
            if (value != 0) {
                found.put(field.name(), value);
            }
        }
        Command left = Command.raw(sqe);
        assertThat(found).as(name).isEqualTo(expected);
        for (int dword = 10; dword < 16; dword++) {
            assertThat(left.dword(dword))
                    .as("%s: dword %d without its fields", name, dword)
                    .isZero();
        }
    }

    @Test
    void queueCommands() {
        admin(
                AdminCommands.createCompletionQueue(3, 64, true, true, 5),
                "Create I/O Completion Queue",
                "QID",
                3,
                "QSIZE",
                63,
                "PC",
                1,
                "IEN",
                1,
                "IV",
                5);
        admin(
                AdminCommands.createSubmissionQueue(4, 1024, false, 2, 3, 9),
                "Create I/O Submission Queue",
                "QID",
                4,
                "QSIZE",
                1023,
                "QPRIO",
                2,
                "CQID",
                3,
                "NVMSETID",
                9);
        admin(AdminCommands.deleteSubmissionQueue(0xffff), "Delete I/O Submission Queue", "QID", 0xffff);
        admin(AdminCommands.deleteCompletionQueue(7), "Delete I/O Completion Queue", "QID", 7);
        admin(AdminCommands.abort(3, 0x1234), "Abort", "SQID", 3, "CID", 0x1234);
    }

    @Test
    void dataFeaturesAndLogs() {
        admin(AdminCommands.identify(0x1b, 1, 9, 2), "Identify", "CNS", 0x1b, "CNTID", 9, "CSI", 2);
        admin(
                AdminCommands.getLogPage(0x0c, 3, 1 << 20, 0x1_0000_0010L, 5, true),
                "Get Log Page",
                "LID",
                0x0c,
                "LSP",
                5,
                "RAE",
                1,
                "NUMD",
                (1 << 18) - 1,
                "LPO",
                0x1_0000_0010L);
        admin(AdminCommands.setFeatures(0x0b, 0, 0x101, true), "Set Features", "FID", 0x0b, "SV", 1, "CDW11", 0x101);
        admin(
                AdminCommands.getFeatures(0x0c, Controller.Select.SAVED, 0, 3),
                "Get Features",
                "FID",
                0x0c,
                "SEL",
                2,
                "CDW11",
                3);
    }

    @Test
    void namespaceAndFirmware() {
        admin(AdminCommands.createNamespace(2), "Namespace Management", "CSI", 2);
        admin(AdminCommands.deleteNamespace(4), "Namespace Management", "SEL", 1);
        admin(AdminCommands.attachment(4, false), "Namespace Attachment", "SEL", 1);
        admin(AdminCommands.firmwareCommit(3, 6), "Firmware Commit", "FS", 3, "CA", 6);
        admin(AdminCommands.firmwareDownload(4096, 8192), "Firmware Image Download", "NUMD", 1023, "OFST", 2048);
        admin(
                AdminCommands.format(1, 0x21, 2, 3, true, true),
                "Format NVM",
                "LBAF",
                0x21,
                "MSET",
                1,
                "PI",
                3,
                "PIL",
                1,
                "SES",
                2);
    }

    @Test
    void background() {
        admin(AdminCommands.selfTest(-1, 2), "Device Self-test", "STC", 2);
        admin(
                AdminCommands.sanitize(3, 0xdeadbeef, true, 16, true, true),
                "Sanitize",
                "SANACT",
                3,
                "AUSE",
                1,
                "OIPBP",
                1,
                "NDAS",
                1,
                "OVRPAT",
                0xdeadbeefL);
        admin(AdminCommands.sanitize(2, 0, false, 5), "Sanitize", "SANACT", 2, "OWPASS", 5);
        admin(AdminCommands.keepAlive(), "Keep Alive");
        admin(AdminCommands.asyncEventRequest(), "Asynchronous Event Request");
    }

    @Test
    void directivesAndManagement() {
        admin(
                AdminCommands.directiveSend(1, 1, 2, 0x77, 64),
                "Directive Send",
                "NUMD",
                15,
                "DOPER",
                2,
                "DTYPE",
                1,
                "DSPEC",
                0x77);
        admin(
                AdminCommands.directiveReceive(1, 1, 3, 0, 0).cdw12(5),
                "Directive Receive",
                "DOPER",
                3,
                "DTYPE",
                1,
                "CDW12",
                5);
        admin(
                AdminCommands.virtualizationManagement(8, 1, 0x2a, 4),
                "Virtualization Management",
                "ACT",
                8,
                "RT",
                1,
                "CNTLID",
                0x2a,
                "NR",
                4);
        admin(
                AdminCommands.capacityManagement(1, 0x33, 5L << 32 | 7),
                "Capacity Management",
                "OPER",
                1,
                "ELID",
                0x33,
                "CAP",
                5L << 32 | 7);
        admin(AdminCommands.lockdown(2, true, 1, 0x81), "Lockdown", "SCP", 2, "PRHBT", 1, "IFC", 1, "OFI", 0x81);
        admin(
                AdminCommands.securitySend(0xef, 0x1234, 5, 512),
                "Security Send",
                "SECP",
                0xef,
                "SPSP",
                0x1234,
                "NSSF",
                5,
                "TL",
                512);
        admin(
                AdminCommands.securityReceive(1, 0x7ffe, 0, 2048),
                "Security Receive",
                "SECP",
                1,
                "SPSP",
                0x7ffe,
                "AL",
                2048);
        admin(
                AdminCommands.getLbaStatus(1, 0x1_0000_0002L, 9, 0x10, 4096),
                "Get LBA Status",
                "SLBA",
                0x1_0000_0002L,
                "MNDW",
                1023,
                "RL",
                9,
                "ATYPE",
                0x10);
        admin(AdminCommands.miSend(1, 2, 3), "NVMe-MI Send", "MT", 4, "NMIMT", 1, "OPC", 1, "CDW12", 2, "CDW13", 3);
        admin(
                AdminCommands.miReceive(1, 2, 3),
                "NVMe-MI Receive",
                "MT",
                4,
                "NMIMT",
                1,
                "OPC",
                1,
                "CDW12",
                2,
                "CDW13",
                3);
        Command shadow = AdminCommands.doorbellBufferConfig(0x1000, 0x2000);
        admin(shadow, "Doorbell Buffer Config");
        assertThat(shadow.dword(6)).isEqualTo(0x1000);
        assertThat(shadow.dword(8)).isEqualTo(0x2000);
    }

    @Test
    void blocks() {
        IoControl everything = IoControl.none()
                .forceUnitAccess()
                .limitedRetry()
                .protectionAction()
                .check(true, true, true)
                .checkStorageTag()
                .referenceTag(0x1234_5678L)
                .applicationTag(0x55, 0xff00)
                .hints(0x53);
        io(
                everything.on(NvmCommands.read(1, 0x1_0000_0000L, 65536)),
                "Read",
                "SLBA",
                0x1_0000_0000L,
                "NLB",
                65535,
                "FUA",
                1,
                "LR",
                1,
                "PRACT",
                1,
                "PRCHKGUARD",
                1,
                "PRCHKAPP",
                1,
                "PRCHKREF",
                1,
                "STC",
                1,
                "EILBRT",
                0x12345678,
                "ELBAT",
                0x55,
                "ELBATM",
                0xff00,
                "AF",
                3,
                "AL",
                1,
                "SEQ",
                1);
        io(
                IoControl.none().directive(1, 0xabc).on(NvmCommands.write(1, 5, 1)),
                "Write",
                "SLBA",
                5,
                "DTYPE",
                1,
                "DSPEC",
                0xabc);
        io(NvmCommands.compare(1, 6, 2), "Compare", "SLBA", 6, "NLB", 1);
        io(NvmCommands.verify(1, 7, 3), "Verify", "SLBA", 7, "NLB", 2);
        io(NvmCommands.writeUncorrectable(1, 8, 4), "Write Uncorrectable", "SLBA", 8, "NLB", 3);
        io(NvmCommands.writeZeroes(1, 9, 5, true), "Write Zeroes", "SLBA", 9, "NLB", 4, "DEAC", 1);
        io(NvmCommands.flush(1), "Flush");
        io(NvmCommands.datasetManagement(1, 256, 6), "Dataset Management", "NR", 255, "IDW", 1, "AD", 1);
        io(NvmCommands.copy(1, 10, 3, 1), "Copy", "SDLBA", 10, "NR", 2, "DESFMT", 1);
        Command wide = IoControl.none()
                .referenceTag(0x1122334455667788L)
                .tagsHigh(0x99aa)
                .on(NvmCommands.write(1, 0, 1));
        assertThat(wide.dword(14)).isEqualTo(0x55667788);
        assertThat(wide.dword(3)).isEqualTo(0x11223344);
        assertThat(wide.dword(2)).isEqualTo(0x99aa);
    }

    @Test
    void reservations() {
        io(NvmCommands.reservationRegister(1, 2, true, 3), "Reservation Register", "RREGA", 2, "IEKEY", 1, "CPTPL", 3);
        io(NvmCommands.reservationReport(1, 4096, true), "Reservation Report", "NUMD", 1023, "EDS", 1);
        io(NvmCommands.reservationAcquire(1, 1, false, 3), "Reservation Acquire", "RACQA", 1, "RTYPE", 3);
        io(NvmCommands.reservationRelease(1, 1, true, 6), "Reservation Release", "RRELA", 1, "IEKEY", 1, "RTYPE", 6);
    }
}
