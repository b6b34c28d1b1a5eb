package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Typed commands on devices: what a device has works, what it has not it refuses by the standard's status. */
@OnEveryTransport
class TypedCommandsTest extends DeviceTest {
    private static final int SECURITY = 1, FIRMWARE = 1 << 2, NAMESPACES = 1 << 3, SELF_TEST = 1 << 4;
    private static final int DIRECTIVES = 1 << 5, MANAGEMENT = 1 << 6;

    /** Whether OACS (Identify controller bytes 257:256) has the bit. */
    private boolean has(int oacs) {
        byte[] id = controller.identifyController();
        return ((id[256] & 0xff | (id[257] & 0xff) << 8) & oacs) != 0;
    }

    private static void refusesOpcode(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        Command.StatusException.class,
                        e -> assertThat(e.completion().statusCode()).isIn("00/01", "00/02"));
    }

    @Test
    void firmwareIsDownloadedFromAFileAndCommitted(@TempDir Path folder) throws IOException {
        Firmware firmware = new Firmware(controller);
        Firmware.Slots slots = firmware.slots();
        assertThat(slots.active()).isBetween(1, 7);
        assertThat(slots.revisions().get(slots.active() - 1)).isNotBlank();
        Path image = folder.resolve("image.bin");
        Files.write(image, Arrays.copyOf("2.7-test".getBytes(StandardCharsets.US_ASCII), 4 * 4096));
        List<Double> shares = new ArrayList<>();
        if (!has(FIRMWARE)) {
            refusesOpcode(() -> firmware.download(image, shares::add));
            return;
        }
        assertThat(firmware.granularity()).isPositive();
        firmware.download(image, shares::add);
        assertThat(shares).hasSize(4).isSorted().endsWith(1.0);
        Completion end = firmware.commit(2, Firmware.Action.REPLACE_AND_ACTIVATE_AT_RESET);
        assertThat(end.isSuccess() || Firmware.needsReset(end)).isTrue();
        assertThat(firmware.slots().next()).isEqualTo(2);
        controller.reset();
        assertThat(firmware.slots().active()).isEqualTo(2);
        assertThat(firmware.slots().revisions().get(1)).isEqualTo("2.7-test");
        assertThatThrownBy(() -> firmware.download(new byte[8], 6, share -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("6");
        assertThatThrownBy(() -> firmware.download(folder.resolve("none"), share -> {}))
                .isInstanceOf(DoorbellException.class)
                .hasMessageContaining("none");
    }

    @Test
    void sanitizeErasesAndTellsItsProgress() {
        Sanitize sanitize = new Sanitize(controller);
        boolean blockErase = (controller.identifyController()[328] & 2) != 0;
        if (!blockErase) {
            refusesOpcode(() -> sanitize.start(Sanitize.Action.BLOCK_ERASE));
            return;
        }
        assertThat(sanitize.status().state()).isEqualTo(Sanitize.State.NEVER);
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(4);
                Buffer data = buffer(4096)) {
            data.fill(Buffer.Pattern.ones());
            namespace.write(qpair, data, 0, 1).orThrow();
            sanitize.start(Sanitize.Action.BLOCK_ERASE);
            List<Double> shares = new ArrayList<>();
            Sanitize.Status status = sanitize.await(Duration.ofSeconds(60), shares::add);
            assertThat(status.state()).isEqualTo(Sanitize.State.COMPLETED);
            assertThat(status.globalDataErased()).isTrue();
            assertThat(shares).isSorted().endsWith(1.0);
            namespace.read(qpair, data, 0, 1).orThrow();
            assertThat(data.get(0, namespace.lbaBytes())).containsOnly(0);
        }
    }

    @Test
    void aSelfTestRunsAndLeavesAResult() {
        SelfTest selfTest = new SelfTest(controller);
        if (!has(SELF_TEST)) {
            refusesOpcode(() -> selfTest.start(0, SelfTest.Code.SHORT));
            return;
        }
        assertThat(selfTest.status().results()).isEmpty();
        selfTest.start(0, SelfTest.Code.EXTENDED);
        assertThat(selfTest.status().running()).isEqualTo(2);
        selfTest.abort(0);
        SelfTest.Result aborted = selfTest.await(Duration.ofSeconds(30), share -> {});
        assertThat(aborted.code()).isEqualTo(2);
        assertThat(aborted.result()).isEqualTo(1);
        selfTest.start(0, SelfTest.Code.SHORT);
        SelfTest.Result result = selfTest.await(Duration.ofSeconds(60), share -> {});
        assertThat(result.passed()).isTrue();
        assertThat(result.code()).isEqualTo(1);
        assertThat(selfTest.status().results()).hasSize(2);
        assertThat(controller.logPage(0x06, 564)[4 + 2 * 28] & 0xf)
                .as("an entry that is not used")
                .isEqualTo(15);
    }

    @Test
    void namespacesAreDetachedDeletedCreatedAndAttached() {
        NamespaceManagement management = new NamespaceManagement(controller);
        if (!has(NAMESPACES)) {
            refusesOpcode(() -> management.delete(1));
            return;
        }
        if (isQemuModel()) {
            // QEMU's model creates and deletes nothing, and attaches only in a subsystem of its own.
            refusesOpcode(() -> management.delete(1));
            refusesOpcode(() -> management.create(NamespaceManagement.Layout.of(1000, 0)));
            return;
        }
        int id = management.controllerId();
        management.delete(-1);
        assertThat(management.allocated()).isEmpty();
        assertThat(management.create(NamespaceManagement.Layout.of(1000, 0))).isEqualTo(1);
        assertThat(management.allocated()).containsExactly(1);
        assertThat(controller.activeNamespaces()).isEmpty();
        management.attach(1);
        assertThat(controller.namespace(1).lbaCount()).isEqualTo(1000);
        assertThat(controller.activeNamespaces()).containsExactly(1);
        assertThat(management.attachedControllers(1)).contains(id);
        assertThat(management.controllers()).contains(id);
        management.detach(1);
        assertThat(controller.activeNamespaces()).isEmpty();
        assertThatThrownBy(() -> controller.namespace(1)).isInstanceOf(DoorbellException.class);
        management.attach(1, id);
        try (Qpair qpair = controller.createQpair(4)) {
            assertThat(controller.namespace(1).flush(qpair).isSuccess()).isTrue();
        }
    }

    @Test
    void formatChangesTheBlocksAndWhatIsKnownOfThem() {
        Namespace namespace = namespace();
        byte[] id = namespace.identify();
        int other = -1;
        for (int format = 0; format <= (id[25] & 0xff); format++) {
            int ms = id[128 + 4 * format] & 0xff | (id[129 + 4 * format] & 0xff) << 8;
            int bytes = 1 << (id[130 + 4 * format] & 0xff);
            if (ms == 0 && bytes != 1 && bytes != namespace.lbaBytes()) {
                other = format;
            }
        }
        assertThat(other).as("another format without metadata").isNotNegative();
        long sizeBytes = namespace.sizeBytes();
        int before = namespace.lbaBytes();
        controller.format(namespace.nsid(), other, 0);
        assertThat(namespace.lbaBytes()).isNotEqualTo(before);
        assertThat(namespace.sizeBytes()).isEqualTo(sizeBytes);
        assertThatThrownBy(() -> controller.format(namespace.nsid(), 15, 0))
                .isInstanceOf(Command.StatusException.class);
    }

    @Test
    void securityProtocolsAreListed() {
        Security security = new Security(controller);
        if (!has(SECURITY)) {
            refusesOpcode(security::protocols);
            return;
        }
        assertThat(security.protocols()).contains(0);
    }

    @Test
    void directivesAreToldOrRefused() {
        Directives directives = new Directives(controller);
        if (!has(DIRECTIVES)) {
            refusesOpcode(() -> directives.supported(1));
            return;
        }
        assertThat(directives.supported(1)).contains(Directives.IDENTIFY);
        assertThat(directives.enabled(1)).contains(Directives.IDENTIFY);
        if (directives.supported(1).contains(Directives.STREAMS)) {
            streamsOpenByWriting(directives);
        }
    }

    private void streamsOpenByWriting(Directives directives) {
        directives.enable(1, Directives.STREAMS, true);
        assertThat(directives.enabled(1)).contains(Directives.STREAMS);
        Directives.Streams before = directives.streams(1);
        assertThat(before.maxStreams()).isPositive();
        assertThat(directives.allocateStreams(1, 2)).isEqualTo(2);
        assertThat(directives.streams(1).allocated()).isEqualTo(2);
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(4096)) {
            for (int stream : new int[] {7, 8}) {
                IoControl control = IoControl.none().directive(Directives.STREAMS, stream);
                qpair.execute(control.on(namespace.writeCommand(0, 1, data))).orThrow();
            }
            assertThat(directives.openStreams(1)).containsExactlyInAnyOrder(7, 8);
            directives.releaseStream(1, 7);
            assertThat(directives.openStreams(1)).containsExactly(8);
            directives.releaseStreams(1);
            assertThat(directives.streams(1).available()).isEqualTo(before.available());
            directives.enable(1, Directives.STREAMS, false);
            assertThat(directives.enabled(1)).doesNotContain(Directives.STREAMS);
            IoControl control = IoControl.none().directive(Directives.STREAMS, 7);
            assertThat(qpair.execute(control.on(namespace.writeCommand(0, 1, data)))
                            .statusCode())
                    .isEqualTo("00/02");
        }
    }

    @Test
    void managementMessagesAreAnsweredOrRefused() {
        ManagementInterface mi = new ManagementInterface(controller);
        if (!has(MANAGEMENT)) {
            // Read NVMe-MI Data Structure, subsystem information.
            refusesOpcode(() -> mi.receive(0x00, 0, 0, 32));
            return;
        }
        assertThat(mi.receive(0x00, 0, 0, 32).status()).isZero();
    }

    @Test
    void reservationsAreTakenReportedAndReleasedOrRefused() {
        Namespace namespace = namespace();
        try (Qpair qpair = controller.createQpair(8)) {
            Reservations reservations = new Reservations(namespace, qpair);
            boolean supported = (controller.identifyController()[520] & 1 << 5) != 0;
            Completion registered = reservations.register(0x1234);
            if (!supported) {
                assertThat(registered.statusCode()).isIn("00/01", "00/02");
                refusesOpcode(() -> reservations.report(false));
                return;
            }
            registered.orThrow();
            reservations
                    .acquire(Reservations.Acquire.ACQUIRE, Reservations.Type.WRITE_EXCLUSIVE, 0x1234, 0)
                    .orThrow();
            Reservations.Report report = reservations.report(true);
            assertThat(report.type()).isEqualTo(1);
            assertThat(report.registrants())
                    .singleElement()
                    .satisfies(r -> assertThat(r.holder()).isTrue());
            reservations
                    .release(Reservations.Release.RELEASE, Reservations.Type.WRITE_EXCLUSIVE, 0x1234)
                    .orThrow();
            // Over a fabric a host's identifier has 128 bits, and only the extended structure has room for it.
            boolean extended = controller.device().pci().isEmpty();
            assertThat(reservations.report(extended).type()).isZero();
            reservations
                    .register(Reservations.Register.UNREGISTER, 0x1234, 0, false, Reservations.Persistence.NO_CHANGE)
                    .orThrow();
            assertThat(reservations.report(extended).registrants()).isEmpty();
        }
    }

    @Test
    void reservationReportsOfBothKindsAreTakenApart() {
        ByteBuffer b = ByteBuffer.allocate(24 + 2 * 24).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(0, -1).put(4, (byte) 3).putShort(5, (short) 2).put(9, (byte) 1);
        b.putShort(24, (short) 0xffff).putLong(32, 5).putLong(40, 0x1111);
        b.putShort(48, (short) 7).put(50, (byte) 1).putLong(56, 6).putLong(64, 0x2222);
        Reservations.Report report = Reservations.parse(b.array(), false);
        assertThat(report.generation()).isEqualTo(0xffff_ffffL);
        assertThat(report.type()).isEqualTo(3);
        assertThat(report.persistent()).isTrue();
        assertThat(report.registrants())
                .extracting(Reservations.Registrant::key)
                .containsExactly(0x1111L, 0x2222L);
        assertThat(report.registrants())
                .extracting(Reservations.Registrant::holder)
                .containsExactly(false, true);
        assertThat(report.registrants().getFirst().controllerId()).isEqualTo(0xffff);
        assertThat(report.registrants().getLast().hostId()).startsWith(6).hasSize(8);

        ByteBuffer extended = ByteBuffer.allocate(64 + 64).order(ByteOrder.LITTLE_ENDIAN);
        extended.putShort(5, (short) 1);
        extended.putShort(64, (short) 9).put(66, (byte) 1).putLong(72, 0x3333).putLong(80, 8);
        Reservations.Registrant only =
                Reservations.parse(extended.array(), true).registrants().getFirst();
        assertThat(only.key()).isEqualTo(0x3333);
        assertThat(only.hostId()).startsWith(8).hasSize(16);
    }

    @Test
    void unrecoverableBlocksAreListedOrTheCommandIsRefused() {
        if (has(1 << 9)) {
            assertThat(namespace().unrecoverable(0, 0, false)).isEmpty();
        } else {
            refusesOpcode(() -> namespace().unrecoverable(0, 0, false));
        }
    }

    @Test
    void copyVerifyAndCompareWorkWhereTheDeviceHasThem() {
        Namespace namespace = namespace();
        int oncs = controller.identifyController()[520] & 0xff | (controller.identifyController()[521] & 0xff) << 8;
        try (Qpair qpair = controller.createQpair(8);
                Buffer data = buffer(4096)) {
            data.fill(Buffer.Pattern.random(1));
            IoControl fua = IoControl.none().forceUnitAccess();
            qpair.execute(fua.on(namespace.writeCommand(3, 2, data))).orThrow();
            if ((oncs & 1) != 0) {
                namespace.compare(qpair, data, 3, 2).orThrow();
            }
            if ((oncs & 1 << 7) != 0) {
                namespace.verify(qpair, 3, 2).orThrow();
            }
            if ((oncs & 1 << 8) != 0) {
                namespace
                        .copy(qpair, 100, new Namespace.Range(3, 1), new Namespace.Range(4, 1))
                        .orThrow();
                try (Buffer back = buffer(4096)) {
                    namespace.read(qpair, back, 100, 2).orThrow();
                    int bytes = 2 * namespace.lbaBytes();
                    assertThat(back.get(0, Math.min(bytes, 4096))).isEqualTo(data.get(0, Math.min(bytes, 4096)));
                }
            }
        }
    }
}
