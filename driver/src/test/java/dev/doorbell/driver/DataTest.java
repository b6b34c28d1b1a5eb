package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How commands name their data: PRPs and SGLs of any length, metadata, fused pairs. */
class DataTest {
    static List<String> largeTransfers() {
        return TestDevices.among("sim:mdts=16MiB", "qemu:mdts=16MiB");
    }

    static List<String> all() {
        return TestDevices.all();
    }

    static List<String> metadata() {
        return TestDevices.among("sim:ms=16,size=64MiB", "vfio-user:ms=16,size=64MiB", "qemu:ms=16,size=64MiB");
    }

    @ParameterizedTest
    @MethodSource("largeTransfers")
    void prpListsAreChainedForDataOfAnyLength(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer out = controller.device().allocate(17 << 20);
                Buffer in = controller.device().allocate(17 << 20)) {
            assertThat(controller.maxTransferBytes()).isEqualTo(16 << 20);
            Namespace namespace = controller.namespace(1);
            out.fill(Buffer.Pattern.random(7));
            // 513 pages fit one list, 514 need two, 4095 need nine; some twice, for longer and shorter ones share
            // slots.
            // QEMU's model takes 1024 pieces of memory a command.
            int[] most = address.startsWith("qemu:") ? new int[] {1020} : new int[] {1024, 1025, 4095};
            int[] sizes = IntStream.concat(IntStream.of(3, 513, 514, 5, 1000), IntStream.of(most))
                    .toArray();
            for (int pages : sizes) {
                for (int offset : new int[] {0, 2048}) {
                    int bytes = (pages << 12) - offset;
                    int blocks = bytes / namespace.lbaBytes();
                    in.fill((byte) 0);
                    qpair.execute(namespace.writeCommand(1, blocks, out).data(out, offset, bytes))
                            .orThrow();
                    qpair.execute(namespace.readCommand(1, blocks, in).data(in, offset + 4, bytes))
                            .orThrow();
                    assertThat(Arrays.equals(in.get(offset + 4, bytes), out.get(offset, bytes)))
                            .as("%d pages from %d on", pages, offset)
                            .isTrue();
                    assertThat(in.getInt(offset)).isZero();
                    assertThat(in.getInt(offset + 4 + bytes)).isZero();
                }
            }
        }
    }

    /** Bits 1:0 of SGLS, Identify controller bytes 539:536. */
    private static boolean takesSgls(Controller controller) {
        return (controller.identifyController()[536] & 3) != 0;
    }

    /** Bit 16 of SGLS. */
    private static boolean takesBitBuckets(Controller controller) {
        return (controller.identifyController()[538] & 1) != 0;
    }

    @ParameterizedTest
    @MethodSource("all")
    void oneSglDataBlockCarriesData(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer out = controller.device().allocate(16384);
                Buffer in = controller.device().allocate(16384)) {
            Namespace namespace = controller.namespace(1);
            int blocks = 16384 / namespace.lbaBytes();
            out.fill(Buffer.Pattern.random(3));
            Completion end =
                    qpair.execute(namespace.writeCommand(0, blocks, out).sgl());
            CmdLog.Entry entry = qpair.cmdLog().latest(1).getFirst();
            ByteBuffer sqe = ByteBuffer.wrap(entry.sqe()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(sqe.get(1) >> 6 & 3).as("PSDT").isEqualTo(1);
            assertThat(sqe.getLong(24)).isEqualTo(out.iova());
            assertThat(sqe.getInt(32)).isEqualTo(16384);
            assertThat(sqe.getInt(36)).as("type data block, subtype address").isZero();
            if (!takesSgls(controller)) {
                assertThat(end.statusCode()).as("without SGLs").isEqualTo("00/02");
                return;
            }
            end.orThrow();
            qpair.execute(namespace.readCommand(0, blocks, in).sgl()).orThrow();
            assertThat(in.toBytes()).isEqualTo(out.toBytes());
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void anSglOfManyPiecesGathersAndScatters(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer out = controller.device().allocate(1 << 20);
                Buffer in = controller.device().allocate(1 << 20)) {
            Namespace namespace = controller.namespace(1);
            int bytes = 64 * 1024;
            int blocks = bytes / namespace.lbaBytes();
            Command read = namespace.readCommand(0, blocks, in);
            if (!takesSgls(controller)) {
                Completion end = qpair.execute(
                        read.sgl(Sgl.empty().block(in, 0, bytes / 2).block(in, bytes, bytes / 2)));
                assertThat(end.statusCode()).as("without SGLs").isEqualTo("00/02");
                return;
            }
            out.fill(Buffer.Pattern.random(5));
            // QEMU 7.2 takes the pointer in its second segment for the one that led there: two segments are its most.
            int[] segments = address.startsWith("qemu:") ? new int[] {256, 40} : new int[] {256, 40, 7, 2};
            for (int perSegment : segments) {
                Sgl pieces = Sgl.empty().perSegment(perSegment);
                Sgl places = pieces;
                byte[] expected = new byte[bytes];
                int piece = bytes / 64;
                for (int i = 0; i < 64; i++) {
                    pieces = pieces.block(out, (63 - i) * 3 * piece, piece);
                    System.arraycopy(out.get((63 - i) * 3 * piece, piece), 0, expected, i * piece, piece);
                    places = places.block(in, i * 2 * piece, piece);
                }
                in.fill((byte) 0);
                qpair.execute(namespace.writeCommand(0, blocks, out).sgl(pieces))
                        .orThrow();
                qpair.execute(read).orThrow();
                assertThat(in.get(0, bytes))
                        .as("gathered, %d a segment", perSegment)
                        .isEqualTo(expected);
                in.fill((byte) 0);
                qpair.execute(read.sgl(places)).orThrow();
                for (int i = 0; i < 64; i++) {
                    assertThat(in.get(i * 2 * piece, piece))
                            .isEqualTo(Arrays.copyOfRange(expected, i * piece, (i + 1) * piece));
                    assertThat(in.get((i * 2 + 1) * piece, piece)).containsOnly(0);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBitBucketLeavesOutAPartOfTheData(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer out = controller.device().allocate(8192);
                Buffer in = controller.device().allocate(8192)) {
            Namespace namespace = controller.namespace(1);
            int blocks = 8192 / namespace.lbaBytes();
            out.fill(Buffer.Pattern.random(9));
            namespace.write(qpair, out, 0, blocks).orThrow();
            Completion end = qpair.execute(namespace
                    .readCommand(0, blocks, in)
                    .sgl(Sgl.empty().block(in, 0, 1024).bitBucket(4096).block(in, 1024, 3072)));
            if (!takesSgls(controller)) {
                assertThat(end.statusCode()).as("without SGLs").isEqualTo("00/02");
                return;
            }
            if (!takesBitBuckets(controller)) {
                assertThat(end.statusCode()).as("without bit buckets").isEqualTo("00/11");
                return;
            }
            end.orThrow();
            assertThat(in.get(0, 1024)).isEqualTo(out.get(0, 1024));
            assertThat(in.get(1024, 3072)).isEqualTo(out.get(5120, 3072));
            assertThat(in.get(4096, 4096)).containsOnly(0);
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aWrongSglDescriptorReachesTheDeviceAsItIs(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer in = controller.device().allocate(4096)) {
            byte[] wrong = new byte[16];
            wrong[15] = (byte) 0xe0;
            Completion end = qpair.execute(controller
                    .namespace(1)
                    .readCommand(0, 1, in)
                    .sgl(Sgl.empty().descriptor(wrong)));
            assertThat(end.sct()).isZero();
            // SGL Descriptor Type Invalid, or Invalid SGL Segment Descriptor.
            assertThat(end.sc()).isIn(takesSgls(controller) ? List.of(0x11, 0x0d) : List.of(0x02));
            assertThatThrownBy(() -> Sgl.empty().descriptor(new byte[15]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("15");
            assertThatThrownBy(() -> qpair.submit(Command.of(2).sgl(Sgl.empty())))
                    .isInstanceOf(Command.UnsendableException.class);
            assertThat(qpair.info().outstanding()).isZero();
        }
    }

    /** What the simulator and QEMU agree on; each has more of its own, which its own tests know. */
    @ParameterizedTest
    @MethodSource("all")
    void sglsThatCannotBeAreRefusedWithTheirStatus(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer in = controller.device().allocate(8192)) {
            Namespace namespace = controller.namespace(1);
            int bytes = 2 * namespace.lbaBytes();
            if (!takesSgls(controller)) {
                return; // that SGLs are refused as such is what the tests above see
            }
            Command read = namespace.readCommand(0, 2, in);
            assertThat(qpair.execute(read.sgl(Sgl.empty().block(in, 0, bytes - 4)))
                            .statusCode())
                    .as("too short")
                    .isEqualTo("00/0f");
            assertThat(qpair.execute(
                                    read.sgl(Sgl.empty().block(in, 0, bytes - 4).block(in, bytes, 8)))
                            .statusCode())
                    .as("too long, in a segment")
                    .isIn("00/0f", "00/00");
            assertThat(qpair.execute(read.sgl(Sgl.empty().descriptor(segment(0x30, in.iova(), 24))))
                            .statusCode())
                    .as("a segment of one and a half descriptors")
                    .isEqualTo("00/0d");
            assertThat(qpair.execute(read.sgl(Sgl.empty().descriptor(segment(0x30, in.iova(), 0))))
                            .statusCode())
                    .as("a segment without descriptors")
                    .isEqualTo("00/0d");
            // A last segment that leads on, and a pointer that is not at the end of its segment.
            in.put(0, segment(0x00, in.iova() + 4096, bytes));
            in.put(16, segment(0x30, in.iova(), 16));
            assertThat(qpair.execute(read.sgl(Sgl.empty().descriptor(segment(0x30, in.iova(), 32))))
                            .statusCode())
                    .as("a last segment that leads on")
                    .isEqualTo("00/0d");
            in.put(0, segment(0x30, in.iova() + 64, 16));
            in.put(16, segment(0x00, in.iova() + 4096, bytes));
            assertThat(qpair.execute(read.sgl(Sgl.empty().descriptor(segment(0x30, in.iova(), 32))))
                            .statusCode())
                    .as("a pointer in the middle")
                    .isEqualTo("00/0e");
            in.put(0, segment(0x40, in.iova() + 4096, bytes));
            in.put(16, segment(0x00, in.iova() + 4096, bytes));
            assertThat(qpair.execute(read.sgl(Sgl.empty().descriptor(segment(0x30, in.iova(), 32))))
                            .statusCode())
                    .as("a keyed descriptor")
                    .isEqualTo("00/11");
            qpair.execute(namespace.readCommand(0, 2, in).sgl()).orThrow("and none of it has harmed the queue");
        }
    }

    private static byte[] segment(int type, long address, int length) {
        byte[] descriptor = new byte[16];
        ByteBuffer.wrap(descriptor)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, address)
                .putInt(8, length);
        descriptor[15] = (byte) type;
        return descriptor;
    }

    @Test
    void buffersOfAnSglAndOfMetadataStayOpenWhileTheCommandIsOutstanding() {
        try (Controller controller = Controller.open("sim:");
                Qpair qpair = controller.createQpair(4)) {
            Buffer first = controller.device().allocate(4096);
            Buffer second = controller.device().allocate(4096);
            Buffer metadata = controller.device().allocate(4096);
            qpair.submit(DeviceTest.held(Command.of(2)
                    .nsid(1)
                    .sgl(Sgl.empty().block(first).block(second))
                    .metadata(metadata)));
            for (Buffer buffer : List.of(first, second, metadata)) {
                assertThatThrownBy(buffer::close).isInstanceOf(Device.BusyException.class);
            }
            qpair.ring();
            qpair.waitDone(1);
            for (Buffer buffer : List.of(first, second, metadata)) {
                buffer.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("metadata")
    void metadataTravelsInABufferOfItsOwn(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer data = controller.device().allocate(4096);
                Buffer out = controller.device().allocate(4096);
                Buffer in = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            assertThat(namespace.metadataBytes()).isEqualTo(16);
            int blocks = 4096 / namespace.lbaBytes();
            int bytes = blocks * 16;
            out.fill(Buffer.Pattern.random(11));
            qpair.execute(namespace.writeCommand(4, blocks, data).metadata(out, 256))
                    .orThrow();
            qpair.execute(namespace.readCommand(4, blocks, data).metadata(in, 512))
                    .orThrow();
            assertThat(in.get(512, bytes)).isEqualTo(out.get(256, bytes));
            assertThat(in.get(512 + bytes, 256)).containsOnly(0);

            // With SGLs the metadata pointer is still an address; with PSDT 10b that of a descriptor.
            in.fill((byte) 0);
            qpair.execute(namespace.readCommand(4, blocks, data).sgl().metadata(in))
                    .orThrow();
            assertThat(in.get(0, bytes)).isEqualTo(out.get(256, bytes));
            in.fill((byte) 0);
            in.putLong(0, in.iova() + 1024);
            in.putInt(8, bytes);
            qpair.execute(namespace.readCommand(4, blocks, data).sgl().psdt(2).metadata(in))
                    .orThrow();
            assertThat(in.get(1024, bytes)).isEqualTo(out.get(256, bytes));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void compareAndWriteAreFused(String address) {
        try (Controller controller = Controller.open(address);
                Qpair qpair = controller.createQpair(4);
                Buffer old = controller.device().allocate(4096);
                Buffer fresh = controller.device().allocate(4096)) {
            Namespace namespace = controller.namespace(1);
            fresh.fill(Buffer.Pattern.ones());
            namespace.write(qpair, old, 0, 1).orThrow();
            Qpair.FusedEnds ends =
                    qpair.executeFused(namespace.compareCommand(0, 1, old), namespace.writeCommand(0, 1, fresh));
            boolean fused = (controller.identifyController()[522] & 1) != 0;
            if (!fused) {
                assertThat(ends.first().statusCode()).as("without FUSES").isEqualTo("00/02");
                return;
            }
            assertThat(ends.first().isSuccess()).isTrue();
            assertThat(ends.second().isSuccess()).isTrue();
            ends = qpair.executeFused(namespace.compareCommand(0, 1, old), namespace.writeCommand(0, 1, old));
            assertThat(ends.first().statusCode()).isEqualTo("02/85");
            assertThat(ends.second().statusCode()).isEqualTo("00/09");
            qpair.submit(DeviceTest.held(namespace.flushCommand()));
            qpair.submit(DeviceTest.held(namespace.flushCommand()));
            assertThatThrownBy(() -> qpair.executeFused(namespace.flushCommand(), namespace.flushCommand()))
                    .isInstanceOf(Qpair.FullException.class);
            assertThat(qpair.info().outstanding()).isEqualTo(2);
            qpair.ring();
            qpair.waitDone(2);
        }
    }
}
