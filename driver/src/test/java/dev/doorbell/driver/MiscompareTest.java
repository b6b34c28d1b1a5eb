package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a simulator corrupts is found, with its LBA and both blocks. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MiscompareTest {
    private Controller controller;
    private Namespace namespace;
    private Qpair qpair;
    private Buffer data;
    private Verification verification;

    @BeforeEach
    void open() {
        controller = Controller.open("sim:size=64MiB,ns=1,lba=512");
        namespace = controller.namespace(1);
        qpair = controller.createQpair(16);
        data = controller.device().allocate(64 << 10);
        data.fill(Buffer.Pattern.random(5));
        verification = Verification.open(namespace);
    }

    @AfterEach
    void close() {
        controller.close();
    }

    private void plan(String text) {
        controller.device().simulator().orElseThrow().faults(FaultPlan.parse(text));
    }

    @Test
    void aCorruptReadNamesItsBlockAndHasBothContents() {
        namespace.write(qpair, data, 40, 8).orThrow();
        byte[] written = data.get(0, 4096);
        plan("io opcode=read times=1 then corrupt=1 at=1124");
        Completion end = namespace.read(qpair, data, 40, 8);
        assertThat(end.isSuccess()).isFalse();
        assertThat(end.sc()).isZero();
        assertThat(end.statusText()).isEqualTo("miscompare");
        assertThat(end.miscompares()).hasSize(1);
        Miscompare found = end.miscompares().getFirst();
        assertThat(found.lba()).isEqualTo(42);
        assertThat(found.kind()).isEqualTo(Miscompare.Kind.DATA);
        assertThat(found.expectedVersion()).hasValue(3);
        assertThat(found.foundLba()).isEqualTo(42);
        assertThat(found.foundVersion()).isEqualTo(3);
        assertThat(found.differentBytes()).isEqualTo(1);
        assertThat(found.firstByte()).isEqualTo(100);
        assertThat(found.expectedBlock().orElseThrow()).isEqualTo(java.util.Arrays.copyOfRange(written, 1024, 1536));
        assertThat(found.foundBlock().orElseThrow()).isEqualTo(data.get(1024, 512));
        assertThat(verification.miscompares())
                .singleElement()
                .satisfies(m -> assertThat(m.text())
                        .contains(
                                "LBA 42 of namespace 1", "stamp LBA 42 version 3", "1 bytes differ, the first at 100"));
        assertThatThrownBy(end::orThrow)
                .isInstanceOf(Command.MiscompareException.class)
                .hasMessageContaining("LBA 42");
        namespace.read(qpair, data, 40, 8).orThrow();
    }

    @Test
    void aWorkerCountsAMiscompareAsItsErrorAndNamesTheLba() {
        verification.close(); // the worker begins one of its own
        Workload.Builder workload = Workload.builder(1)
                .ioSize(4096)
                .randomPercent(0)
                .region(0, 256)
                .qdepth(4)
                .duration(java.time.Duration.ZERO)
                .ioCount(32)
                .verify(true);
        run(workload.readPercent(0).build(), 0);
        plan("io opcode=read lba=64 times=1 then corrupt=1 at=700");
        run(workload.readPercent(100).build(), 1);
        Miscompare found =
                Verification.of(namespace).orElseThrow().miscompares().getFirst();
        assertThat(found.lba()).isEqualTo(65);
        assertThat(found.firstByte()).isEqualTo(188);
        assertThat(found.expectedBlock()).isPresent();
    }

    private void run(Workload workload, long errors) {
        try (IoWorker worker = controller.createWorker(workload)) {
            worker.start();
            assertThat(worker.await(java.time.Duration.ofSeconds(50))).isTrue();
            assertThat(worker.counters().errors()).isEqualTo(errors);
            if (errors > 0) {
                assertThat(worker.counters().firstErrorLba()).isEqualTo(64);
            }
        }
    }

    @Test
    void readsThatAreNotToBeComparedAreNot() {
        namespace.write(qpair, data, 40, 8).orThrow();
        plan("io opcode=read then corrupt=1 at=0");
        qpair.verifyReads(false);
        namespace.read(qpair, data, 40, 1).orThrow();
        qpair.verifyReads(true);
        verification.check(false);
        namespace.read(qpair, data, 40, 1).orThrow();
        verification.check(true);
        assertThat(namespace.read(qpair, data, 40, 1).isSuccess()).isFalse();
        assertThat(verification.statistics().miscompares()).isEqualTo(1);
    }

    @Test
    void aPowerCycleBetweenWriteAndReadIsVerified() {
        namespace.write(qpair, data, 100, 8).orThrow();
        namespace.flush(qpair).orThrow();
        qpair.close();
        new Subsystem(controller).powerCycle(java.time.Duration.ofMillis(10));
        controller.initialise();
        qpair = controller.createQpair(16);
        namespace = controller.namespace(1);
        namespace.read(qpair, data, 100, 8).orThrow();
        assertThat(verification.statistics().checked()).isEqualTo(8);
        plan("io opcode=read then corrupt=1 at=600");
        assertThat(namespace.read(qpair, data, 100, 8).miscompares().getFirst().lba())
                .isEqualTo(101);
    }

    @Test
    void aFormatForgetsAndAnotherFormatSuspends() {
        namespace.write(qpair, data, 0, 8).orThrow();
        controller.format(1, 0, 0);
        assertThat(verification.state(0)).isEqualTo(Verification.BlockState.FORMATTED);
        assertThat(verification.statistics().suspended()).isFalse();
        controller.format(1, 1, 0);
        assertThat(verification.statistics().suspended()).isTrue();
    }
}
