package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Metadata and end-to-end protection on devices: what a host generates passes, what a device inserts is what a host would have generated, and
 * what is wrong is found. Formats are chosen by Format NVM.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProtectionTest {
    private static final int COUNT = 6, LBA = 1003, MEMORY = 65536;

    /** A format as the device describes it. */
    private record Format(
            int index, int lbaBytes, int metadataBytes, int guardBits, int type, boolean first, boolean extended) {
        AdminFormat command() {
            return new AdminFormat(index | (extended ? 1 << 4 : 0) | type << 5 | (first ? 1 << 8 : 0));
        }

        @Override
        public String toString() {
            return String.format(
                    "%d+%d%s, type %d, %d-bit guard in the %s bytes",
                    lbaBytes, metadataBytes, extended ? " extended" : "", type, guardBits, first ? "first" : "last");
        }
    }

    private record AdminFormat(int cdw10) {
        Command to(int nsid) {
            return Command.of(0x80).nsid(nsid).cdw10(cdw10);
        }
    }

    static List<String> devices() {
        return TestDevices.among(
                "sim:ns=1,size=64MiB,time-scale=1000000",
                "sim:ns=1,size=64MiB,time-scale=1000000,storage-tag=19",
                "vfio-user:ns=1,size=64MiB,time-scale=1000000",
                "qemu:size=32MiB",
                "qemu:size=32MiB,lba=4096,ms=16,guard=64");
    }

    /** One of each kind that the device has: every size of metadata with a type, a place and a way across the interface. */
    private static List<Format> formats(String address, Controller controller) {
        ByteBuffer id = words(controller.identify(0, 1, 0, 0));
        ByteBuffer nvm = words(controller.identify(5, 1, 0, 0));
        List<Format> formats = new ArrayList<>();
        for (int i = 0; i <= (id.get(25) & 0xff); i++) {
            int lbaf = id.getInt(128 + 4 * i);
            int guard = 16 << (nvm.getInt(12 + 4 * i) >> 7 & 3);
            // QEMU 7.2 has one guard for all of a namespace's formats, and says so of the one that it starts with.
            boolean told = !address.contains("qemu:") || !address.contains("guard=64") || i == (id.get(26) & 0xf);
            if (told && (lbaf & 0xffff) >= (guard == 16 ? 8 : 16)) {
                for (int type = 1; type <= 3; type++) {
                    boolean first = (i + type) % 2 == 0;
                    boolean extended = (i / 2 + type) % 2 == 0;
                    formats.add(new Format(i, 1 << (lbaf >> 16 & 0xff), lbaf & 0xffff, guard, type, first, extended));
                }
            }
        }
        return formats;
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** What a test does with blocks of one format. */
    private interface Body {
        void run(Rig rig);
    }

    private record Rig(
            Format format, Namespace namespace, ProtectionInformation pi, Qpair qpair, Blocks blocks, Blocks kept) {
        ProtectionInformation.Tags tags() {
            return pi.tags(LBA).application(0x5aa5).storage(0x2c3d4);
        }

        IoControl checks() {
            boolean reference = pi.fields().contains(ProtectionInformation.Field.REFERENCE_TAG);
            return pi.control(tags()).check(true, true, reference);
        }

        void fill(int seed) {
            blocks.data().fill(Buffer.Pattern.random(seed));
            if (blocks.separate()) {
                blocks.metadata().fill(Buffer.Pattern.random(seed + 1));
            }
        }

        void keep() {
            kept.data().put(0, blocks.data().toBytes());
            if (blocks.separate()) {
                kept.metadata().put(0, blocks.metadata().toBytes());
            }
        }

        void wipe() {
            blocks.data().fill((byte) 0xee);
            if (blocks.separate()) {
                blocks.metadata().fill((byte) 0xee);
            }
        }

        byte[] protection(Blocks from, int index) {
            return (from.separate() ? from.metadata() : from.data()).get(pi.offset(from, index), pi.bytes());
        }
    }

    private static void onEveryFormat(String address, Body body) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(8);
                Buffer data = controller.device().allocate(MEMORY);
                Buffer metadata = controller.device().allocate(MEMORY);
                Buffer keptData = controller.device().allocate(MEMORY);
                Buffer keptMetadata = controller.device().allocate(MEMORY)) {
            HostBehavior.of(controller).extendedFormats(true).apply(controller);
            assertThat(HostBehavior.of(controller).extendedFormats()).isTrue();
            List<Format> formats = formats(address, controller);
            assertThat(formats).hasSizeGreaterThanOrEqualTo(3);
            for (Format format : formats) {
                controller.execute(format.command().to(1)).orThrow("Format NVM, " + format);
                Namespace namespace = controller.namespace(1);
                namespace.refresh();
                ProtectionInformation pi = namespace.protection().orElseThrow();
                assertThat(new Format(
                                format.index,
                                namespace.lbaBytes(),
                                namespace.metadataBytes(),
                                pi.guardBits(),
                                pi.type(),
                                pi.first(),
                                pi.extended()))
                        .isEqualTo(format);
                Blocks blocks = format.extended ? Blocks.of(LBA, COUNT, data) : Blocks.of(LBA, COUNT, data, metadata);
                Blocks kept = format.extended
                        ? Blocks.of(LBA, COUNT, keptData)
                        : Blocks.of(LBA, COUNT, keptData, keptMetadata);
                try {
                    body.run(new Rig(format, namespace, pi, qpair, blocks, kept));
                } catch (AssertionError | DoorbellException e) {
                    throw new AssertionError(address + ", " + format + ": " + e.getMessage(), e);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("devices")
    void whatTheHostGeneratesPassesAndComesBack(String address) {
        onEveryFormat(address, rig -> {
            rig.fill(3);
            rig.pi.generate(rig.blocks, rig.tags());
            rig.keep();
            IoControl control = rig.checks();
            rig.namespace.write(rig.qpair, rig.blocks, control).orThrow("write");
            rig.wipe();
            rig.namespace.read(rig.qpair, rig.blocks, control).orThrow("read");
            assertThat(rig.pi.check(rig.blocks, rig.tags())).isEmpty();
            assertThat(rig.blocks.data().get(0, COUNT * rig.format.lbaBytes))
                    .isEqualTo(rig.kept.data().get(0, COUNT * rig.format.lbaBytes));
            assertThat(rig.protection(rig.blocks, COUNT - 1)).isEqualTo(rig.protection(rig.kept, COUNT - 1));
            rig.namespace.compare(rig.qpair, rig.blocks, control).orThrow("compare");
            rig.qpair
                    .execute(control.on(rig.namespace.verifyCommand(LBA, COUNT)))
                    .orThrow("verify");
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void whatTheDeviceInsertsIsWhatAHostWouldGenerate(String address) {
        onEveryFormat(address, rig -> {
            rig.fill(5);
            rig.keep();
            IoControl inserting = rig.pi.control(rig.tags()).protectionAction();
            rig.namespace.write(rig.qpair, rig.blocks, inserting).orThrow("write, inserting");
            rig.wipe();
            rig.namespace.read(rig.qpair, rig.blocks, IoControl.none()).orThrow("read, passing");
            assertThat(rig.pi.check(rig.blocks, rig.tags())).isEmpty();
            ProtectionInformation.Fields fields = rig.pi.fields(rig.blocks, 2);
            assertThat(fields.application()).isEqualTo(0x5aa5);
            assertThat(fields.escaped()).isFalse();

            rig.wipe();
            rig.namespace
                    .read(rig.qpair, rig.blocks, rig.checks().protectionAction())
                    .orThrow("read, stripping");
            if (rig.pi.strippedByAction()) {
                int bytes = COUNT * rig.format.lbaBytes;
                assertThat(rig.blocks.data().get(0, bytes))
                        .isEqualTo(rig.kept.data().get(0, bytes));
                assertThat(rig.blocks.data().get(bytes)).isEqualTo((byte) 0xee);
            } else {
                assertThat(rig.pi.check(rig.blocks, rig.tags())).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everyWrongFieldIsFoundByTheDeviceAndByTheDriver(String address) {
        onEveryFormat(address, rig -> {
            for (ProtectionInformation.Field field : rig.pi.fields()) {
                if (field == ProtectionInformation.Field.STORAGE_TAG) {
                    continue; // the simulator's own tests look at it: there is no other device that has one
                }
                rig.fill(7);
                rig.pi.generate(rig.blocks, rig.tags());
                int guard = rig.format.guardBits / 8;
                int at = rig.pi.offset(rig.blocks, 3)
                        + switch (field) {
                            case GUARD -> 0;
                            case APPLICATION_TAG -> guard;
                            default -> rig.pi.bytes() - 1;
                        };
                Buffer holder = rig.blocks.separate() ? rig.blocks.metadata() : rig.blocks.data();
                holder.put(at, (byte) (holder.get(at) ^ 1));
                String status = switch (field) {
                    case GUARD -> "02/82";
                    case APPLICATION_TAG -> "02/83";
                    default -> "02/84";
                };
                assertThat(rig.namespace
                                .write(rig.qpair, rig.blocks, rig.checks())
                                .statusCode())
                        .as("write, wrong " + field)
                        .isEqualTo(status);
                assertThat(rig.pi.check(rig.blocks, rig.tags()))
                        .as(field.toString())
                        .hasValueSatisfying(mismatch -> {
                            assertThat(mismatch.field()).isEqualTo(field);
                            assertThat(mismatch.lba()).isEqualTo(LBA + 3);
                            assertThat(mismatch.toString()).startsWith("LBA " + (LBA + 3) + ": the ");
                        });
                rig.namespace
                        .write(rig.qpair, rig.blocks, rig.pi.control(rig.tags()))
                        .orThrow("write, checking nothing");
                assertThat(rig.namespace
                                .read(rig.qpair, rig.blocks, rig.checks())
                                .statusCode())
                        .as("read, wrong " + field)
                        .isEqualTo(status);
                assertThat(rig.qpair
                                .execute(rig.checks().on(rig.namespace.verifyCommand(LBA, COUNT)))
                                .statusCode())
                        .as("verify, wrong " + field)
                        .isEqualTo(status);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void whatNobodyWroteIsNotCheckedAndSaysSo(String address) {
        onEveryFormat(address, rig -> {
            rig.wipe();
            rig.namespace.read(rig.qpair, rig.blocks, rig.checks()).orThrow("read");
            assertThat(rig.protection(rig.blocks, 0)).containsOnly(0xff);
            assertThat(rig.pi.fields(rig.blocks, 1).escaped()).isTrue();
            assertThat(rig.pi.check(rig.blocks, rig.tags())).isEmpty();
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void settingsThatDoNotFitTheFormatAreInvalid(String address) {
        onEveryFormat(address, rig -> {
            IoControl reference = rig.pi.control(rig.tags().reference(LBA + 1)).check(false, false, true);
            rig.fill(9);
            rig.pi.generate(rig.blocks, rig.tags().reference(LBA + 1));
            String expected = rig.format.type == 2 || rig.pi.referenceTagBits() == 0 ? "00/00" : "01/81";
            assertThat(rig.namespace.write(rig.qpair, rig.blocks, reference).statusCode())
                    .isEqualTo(expected);
            assertThat(rig.namespace.read(rig.qpair, rig.blocks, reference).statusCode())
                    .isEqualTo(expected);
            assertThat(rig.namespace
                            .compare(
                                    rig.qpair,
                                    rig.blocks,
                                    rig.pi.control(rig.tags()).protectionAction())
                            .statusCode())
                    .as("an action for Compare")
                    .isEqualTo("01/81");
            assertThat(rig.qpair
                            .execute(IoControl.none()
                                    .check(true, false, false)
                                    .on(rig.namespace.writeZeroesCommand(LBA, 1)))
                            .statusCode())
                    .as("a check for Write Zeroes")
                    .isEqualTo("01/81");
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void zeroesAreProtectedByTheDevice(String address) {
        onEveryFormat(address, rig -> {
            rig.fill(11);
            rig.namespace
                    .write(rig.qpair, rig.blocks, rig.pi.control(rig.tags()).protectionAction())
                    .orThrow("write");
            // QEMU 7.2 leaves the guard zero, which is no CRC of zeroes with 64 bits.
            boolean guardLeft = address.startsWith("qemu:") && rig.format.guardBits == 64;
            rig.qpair
                    .execute(rig.pi
                            .control(rig.tags())
                            .protectionAction()
                            .on(rig.namespace.writeZeroesCommand(LBA, COUNT)))
                    .orThrow("write zeroes");
            rig.wipe();
            rig.namespace
                    .read(rig.qpair, rig.blocks, guardLeft ? IoControl.none() : rig.checks())
                    .orThrow("read");
            assertThat(rig.blocks.data().get(0, rig.format.lbaBytes)).containsOnly(0);
            if (!guardLeft) {
                assertThat(rig.pi.check(rig.blocks, rig.tags())).isEmpty();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("devices")
    void aCopyIsProtectedForItsNewPlace(String address) {
        onEveryFormat(address, rig -> {
            int target = 2000;
            ProtectionInformation.Tags there =
                    rig.pi.type() == 1 ? rig.pi.tags(target).application(0x5aa5).storage(0x2c3d4) : rig.tags();
            rig.fill(13);
            rig.pi.generate(rig.blocks, rig.tags());
            rig.namespace.write(rig.qpair, rig.blocks, rig.checks()).orThrow("write");
            rig.pi.copyRange(rig.kept.data(), 0, new Namespace.Range(LBA, 2), rig.tags());
            rig.pi.copyRange(
                    rig.kept.data(),
                    1,
                    new Namespace.Range(LBA + 2, COUNT - 2),
                    rig.pi.type() == 3
                            ? rig.tags()
                            : rig.tags().reference(rig.tags().reference() + 2));
            // PRINFOR: an action, and checks of guard and application tag; PRINFOW: an action.
            Command copy =
                    rig.pi.control(there).protectionAction().on(NvmCommands.copy(1, target, 2, rig.pi.copyFormat()));
            rig.qpair
                    .execute(copy.cdw12(copy.dword(12) | 0xe << 12).data(rig.kept.data(), 0, 4096))
                    .orThrow("copy");
            Blocks at = new Blocks(target, COUNT, rig.blocks.data(), 0, rig.blocks.metadata(), 0);
            rig.wipe();
            rig.namespace.read(rig.qpair, at, IoControl.none()).orThrow("read");
            assertThat(rig.pi.check(at, there)).isEmpty();
        });
    }
}
