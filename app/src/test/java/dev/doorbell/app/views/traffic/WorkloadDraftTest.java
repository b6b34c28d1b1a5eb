package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.IoControl;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadDraftTest {
    private static final long BLOCKS = 1000;

    @Test
    void limitsOfAllWorkersAreSharedWithoutLosingAny() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> {
            e.workers = 3;
            e.iopsLimit = 100;
            e.stop = Stop.COUNT;
            e.count = 1001;
        });
        var shares = IntStream.range(0, 3)
                .mapToObj(i -> draft.workload(i, BLOCKS, Optional.empty()))
                .toList();
        assertThat(shares.stream().mapToLong(Workload::iopsLimit).sum()).isEqualTo(100);
        assertThat(shares.stream().mapToLong(Workload::ioCount).sum()).isEqualTo(1001);
        assertThat(shares).extracting(Workload::seed).doesNotHaveDuplicates();
    }

    @Test
    void randomWorkersShareTheRangeAndSequentialOnesDivideIt() {
        var random = WorkloadDraft.DEFAULT.edit(e -> {
            e.workers = 3;
            e.firstLba = 100;
        });
        assertThat(random.workload(1, BLOCKS, Optional.empty()).regionStartLba())
                .isEqualTo(100);
        assertThat(random.workload(1, BLOCKS, Optional.empty()).regionEndLba()).isEqualTo(1000);

        var sequential = random.edit(e -> e.randomPercent = 0);
        long next = 100;
        for (int i = 0; i < 3; i++) {
            var workload = sequential.workload(i, BLOCKS, Optional.empty());
            assertThat(workload.regionStartLba()).isEqualTo(next);
            next = workload.regionEndLba();
        }
        assertThat(next).isEqualTo(1000);
    }

    @Test
    void onlyTheChosenLimitCounts() {
        var timed = WorkloadDraft.DEFAULT.edit(e -> {
            e.stop = Stop.TIME;
            e.seconds = 1.5;
        });
        assertThat(timed.workload(0, BLOCKS, Optional.empty()).duration()).isEqualTo(Duration.ofMillis(1500));
        assertThat(timed.workload(0, BLOCKS, Optional.empty()).ioCount()).isZero();
        assertThat(WorkloadDraft.DEFAULT.workload(0, BLOCKS, Optional.empty()).duration())
                .isZero();
    }

    @Test
    void sizesWithoutWeightAreLeftOut() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> e.sizes = List.of(new Share(4096, 3), new Share(8192, 0)));
        assertThat(draft.workload(0, BLOCKS, Optional.empty()).ioSizesBytes()).isEqualTo(Map.of(4096, 3));
        assertThat(draft.meanBytes()).isEqualTo(4096);
    }

    @Test
    void everythingTheEditorHasReachesTheWorker() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> {
            e.workers = 2;
            e.operations = List.of(IoOperation.read(90), IoOperation.trim(10));
            e.distribution = LbaDistribution.zipf(1.2);
            e.stepLbas = OptionalLong.of(0);
            e.bytesLimit = 1001;
            e.burst = 1;
            e.idle = 2;
            e.stop = Stop.DATA;
            e.bytes = 1 << 20;
            e.compressible = 30;
            e.retries = 2;
            e.stopAtError = true;
            e.verify = true;
            e.priority = 2;
        });
        var first = draft.workload(0, BLOCKS, Optional.empty());
        var second = draft.workload(1, BLOCKS, Optional.empty());
        assertThat(first.operations()).isEqualTo(draft.operations());
        assertThat(first.region().distribution()).isEqualTo(LbaDistribution.zipf(1.2));
        assertThat(first.region().stepLbas()).hasValue(0);
        assertThat(first.pace().bytesPerSecond() + second.pace().bytesPerSecond())
                .isEqualTo(1001);
        assertThat(first.pace().burst()).isEqualTo(Duration.ofSeconds(1));
        assertThat(first.limits().bytes() + second.limits().bytes()).isEqualTo(1 << 20);
        assertThat(first.data().compressiblePercent()).isEqualTo(30);
        assertThat(first.onError().retries()).isEqualTo(2);
        assertThat(first.onError().stop()).isTrue();
        assertThat(first.verify()).isTrue();
        assertThat(first.priority()).isEqualTo(2);
    }

    @Test
    void sizesGrowToBlocksThatCanDoThem() {
        var fit = WorkloadDraft.DEFAULT
                .edit(e -> e.sizes =
                        List.of(new Share(512, 4), new Share(1024, 1), new Share(4096, 67), new Share(8192, 9)))
                .fitting(4096);
        assertThat(fit.sizes()).containsExactly(new Share(4096, 72), new Share(8192, 9));
        assertThat(fit.fitting(512)).isSameAs(fit);
    }

    @Test
    void survivesItsTextWhateverItsName() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> {
            e.preset = "mine & yours = 50 %, “all”";
            e.sizes = List.of(new Share(512, 1), new Share(1 << 20, 7), new Share(4096, 65536, 4096, 2, 8192));
            e.lastLba = 77;
            e.seed = -1;
            e.dword = -1;
            e.fill = Workload.Fill.DWORD;
            e.stop = Stop.PASSES;
            e.passes = 3;
            e.cmdlog = false;
            e.distribution = LbaDistribution.normal(12.5, 3);
            e.stepLbas = OptionalLong.of(-8);
            e.operations = List.of(
                    IoOperation.read(33.5),
                    IoOperation.write(60)
                            .control(IoControl.none().forceUnitAccess().applicationTag(7, 0xffff)),
                    IoOperation.trim(5).ranges(16),
                    IoOperation.of(0xc1, 1.5));
            e.bytesLimit = 1L << 30;
            e.burst = 2.5;
            e.idle = 0.5;
            e.ramp = 10;
            e.rampFrom = 5;
            e.fresh = true;
            e.compressible = 40;
            e.dedupable = 20;
            e.retries = 2;
            e.stopAtError = true;
            e.verify = true;
            e.priority = 3;
            e.trace = "/some where/a & b.csv";
            e.speed = 0.5;
        });
        assertThat(DraftText.read(DraftText.write(draft))).contains(draft);
        assertThat(DraftText.read("no draft at all")).isEmpty();
        assertThat(DraftText.read("workers=many")).isEmpty();
    }
}
