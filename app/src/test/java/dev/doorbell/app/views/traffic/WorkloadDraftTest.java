package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.traffic.WorkloadDraft.Share;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
        var shares =
                IntStream.range(0, 3).mapToObj(i -> draft.workload(i, BLOCKS)).toList();
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
        assertThat(random.workload(1, BLOCKS).regionStartLba()).isEqualTo(100);
        assertThat(random.workload(1, BLOCKS).regionEndLba()).isEqualTo(1000);

        var sequential = random.edit(e -> e.randomPercent = 0);
        long next = 100;
        for (int i = 0; i < 3; i++) {
            var workload = sequential.workload(i, BLOCKS);
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
        assertThat(timed.workload(0, BLOCKS).duration()).isEqualTo(Duration.ofMillis(1500));
        assertThat(timed.workload(0, BLOCKS).ioCount()).isZero();
        assertThat(WorkloadDraft.DEFAULT.workload(0, BLOCKS).duration()).isZero();
    }

    @Test
    void sizesWithoutWeightAreLeftOut() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> e.sizes = List.of(new Share(4096, 3), new Share(8192, 0)));
        assertThat(draft.workload(0, BLOCKS).ioSizesBytes()).isEqualTo(Map.of(4096, 3));
        assertThat(draft.meanBytes()).isEqualTo(4096);
    }

    @Test
    void survivesItsTextWhateverItsName() {
        var draft = WorkloadDraft.DEFAULT.edit(e -> {
            e.preset = "mine & yours = 50 %, “all”";
            e.sizes = List.of(new Share(512, 1), new Share(1 << 20, 7));
            e.lastLba = 77;
            e.seed = -1;
            e.dword = -1;
            e.fill = Workload.Fill.DWORD;
            e.stop = Stop.TIME;
            e.cmdlog = false;
        });
        assertThat(DraftText.read(DraftText.write(draft))).contains(draft);
        assertThat(DraftText.read("no draft at all")).isEmpty();
        assertThat(DraftText.read("workers=many")).isEmpty();
    }
}
