package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorbell.driver.Verification.BlockState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data verification on every device: what is known, what is forgotten, and that a good device is never accused. */
@OnEveryDevice
class VerificationTest {
    private final Controller controller;
    private Namespace namespace;
    private Qpair qpair;
    private Buffer out;
    private Buffer in;
    private Verification verification;

    VerificationTest(String address) {
        controller = Controller.open(address);
    }

    @BeforeEach
    void open() {
        namespace = controller.namespace(1);
        qpair = controller.createQpair(64);
        out = controller.device().allocate(1 << 20);
        in = controller.device().allocate(1 << 20);
        out.fill(Buffer.Pattern.random(3));
        verification = Verification.open(namespace);
    }

    @AfterEach
    void close() {
        controller.close();
    }

    @Test
    void whatIsWrittenIsStampedAndCompared() {
        namespace.write(qpair, out, 1000, 16).orThrow();
        int lba = namespace.lbaBytes();
        assertThat(out.getLong(3 * lba)).isEqualTo(1003);
        assertThat(out.getLong(4 * lba - 8)).isEqualTo(4);
        namespace.read(qpair, in, 996, 24).orThrow();
        assertThat(in.get(4 * lba, 16 * lba)).isEqualTo(out.get(0, 16 * lba));
        assertThat(verification.statistics()).isEqualTo(new Verification.Statistics(true, false, 16, 16, 8, 0, 0, 0));
        assertThat(verification.state(1015)).isEqualTo(BlockState.WRITTEN);
        assertThat(verification.state(1016)).isEqualTo(BlockState.UNKNOWN);
        assertThatThrownBy(() -> verification.state(namespace.lbaCount()))
                .isInstanceOf(DoorbellException.class)
                .hasMessageContaining("beyond the namespace");
    }

    @Test
    void commandsByHandObeyTheSameRules() {
        int bytes = 8 * namespace.lbaBytes();
        qpair.execute(NvmCommands.write(1, 2000, 8).data(out, 512, bytes)).orThrow();
        qpair.execute(NvmCommands.read(1, 2000, 8).data(in, 0, bytes)).orThrow();
        qpair.execute(NvmCommands.compare(1, 2000, 8).data(out, 512, bytes)).orThrow();
        assertThat(verification.statistics().checked()).isEqualTo(16);
        namespace.writeZeroes(qpair, 2001, 2).orThrow();
        assertThat(verification.state(2002)).isEqualTo(BlockState.ZEROED);
        namespace.deallocate(qpair, new Namespace.Range(2004, 2)).orThrow();
        assertThat(verification.state(2005)).isEqualTo(BlockState.TRIMMED);
        namespace.read(qpair, in, 2000, 8).orThrow();
        verification.forget(2000, 1);
        assertThat(verification.state(2000)).isEqualTo(BlockState.UNKNOWN);
    }

    @Test
    void manyOverlappingCommandsAccuseNobody() {
        List<Completion> ends = new ArrayList<>();
        java.util.SplittableRandom random = new java.util.SplittableRandom(11);
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 32; i++) {
                int at = 4096 * random.nextInt(64);
                int count = 1 + random.nextInt(4096 / namespace.lbaBytes());
                long lba = random.nextInt(64);
                Command command = random.nextBoolean()
                        ? NvmCommands.write(1, lba, count).data(out, at, count * namespace.lbaBytes())
                        : NvmCommands.read(1, lba, count).data(in, 4096 * i, count * namespace.lbaBytes());
                qpair.submit(command, ends::add);
            }
            qpair.waitDone(32);
        }
        assertThat(ends).hasSize(640).allMatch(Completion::isSuccess);
        assertThat(verification.miscompares()).isEmpty();
        assertThat(verification.statistics().checked()).isPositive();
    }

    @Test
    void whatWasKnownIsSavedAndLoaded(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("known");
        namespace.write(qpair, out, 300, 4).orThrow();
        verification.save(file);
        verification.close();
        verification = Verification.open(namespace);
        assertThat(verification.state(300)).isEqualTo(BlockState.UNKNOWN);
        verification.load(file);
        assertThat(verification.state(303)).isEqualTo(BlockState.WRITTEN);
        namespace.read(qpair, in, 300, 4).orThrow();
        assertThat(verification.statistics().checked()).isEqualTo(4);

        byte[] damaged = Files.readAllBytes(file);
        damaged[70] ^= 1;
        Files.write(file, damaged);
        assertThatThrownBy(() -> verification.load(file))
                .isInstanceOf(Verification.VerificationException.class)
                .hasMessageContaining("damaged");
        assertThat(verification.state(303)).isEqualTo(BlockState.WRITTEN);
    }

    @Test
    void workersVerifyWhatTheyAndOthersWrote() {
        Workload.Builder workload = Workload.builder(1)
                .ioSize(4096)
                .region(0, 256)
                .qdepth(8)
                .readPercent(50)
                .duration(java.time.Duration.ZERO)
                .ioCount(400)
                .verify(true);
        namespace.write(qpair, out, 8, 8).orThrow();
        try (IoWorker worker = controller.createWorker(workload.build())) {
            worker.start();
            assertThat(worker.await(java.time.Duration.ofSeconds(60))).isTrue();
            assertThat(worker.counters().errors()).isZero();
            assertThatThrownBy(verification::close).isInstanceOf(Device.BusyException.class);
        }
        namespace.read(qpair, in, 0, 64).orThrow();
        assertThat(verification.statistics().checked()).isPositive();
        assertThat(verification.miscompares()).isEmpty();
    }

    @Test
    void aNamespaceIsVerifiedOnceAtATime() {
        assertThat(Verification.of(namespace)).contains(verification);
        assertThatThrownBy(() -> Verification.open(namespace))
                .isInstanceOf(Verification.VerificationException.class)
                .hasMessageContaining("already");
        verification.close();
        verification.close();
        assertThat(Verification.of(namespace)).isEmpty();
        assertThatThrownBy(verification::statistics).isInstanceOf(Device.ClosedException.class);
        try (Verification again = Verification.open(
                namespace, Verification.Options.defaults().withStamps(false).withKeepBytes(0))) {
            byte[] before = out.get(0, 4096);
            namespace.write(qpair, out, 0, 1).orThrow();
            assertThat(out.get(0, 4096)).isEqualTo(before);
            assertThat(again.statistics().written()).isEqualTo(1);
        }
    }
}
