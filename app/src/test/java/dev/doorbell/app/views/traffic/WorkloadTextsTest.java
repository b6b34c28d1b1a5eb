package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.driver.IoOperation;
import dev.doorbell.driver.LbaDistribution;
import dev.doorbell.driver.Workload;
import dev.doorbell.plugin.Texts;
import dev.doorbell.testplans.plan.PlanReader;
import dev.doorbell.testplans.plan.Plans;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A workload that goes through a test plan or a fio job is still the same. */
class WorkloadTextsTest {
    private static final Texts TEXTS = Texts.of(WorkloadTexts.class);

    private static final WorkloadDraft MIXED = WorkloadDraft.DEFAULT.edit(e -> {
        e.preset = "Mixed \"70/30\"";
        e.nsid = 2;
        e.firstLba = 16;
        e.lastLba = 1023;
        e.read(70);
        e.sizes = List.of(new Share(4096, 90), new Share(65536, 10));
        e.workers = 2;
        e.qdepth = 8;
        e.iopsLimit = 4000;
        e.stop = Stop.TIME;
        e.seconds = 2.5;
        e.fill = Workload.Fill.DWORD;
        e.dword = 0xcafe;
    });

    @Test
    void aPlanKeepsWhatItCanSay() {
        assertThat(PlanText.leftOut(TEXTS, MIXED)).isEmpty();
        var plan = PlanReader.readText(PlanText.write(MIXED), "mixed.yaml");
        assertThat(PlanText.read(plan)).containsExactly(MIXED);
        var counted = MIXED.edit(e -> {
            e.stop = Stop.COUNT;
            e.count = 5000;
            e.seconds = WorkloadDraft.DEFAULT.seconds();
            e.randomPercent = 0;
            e.read(0);
        });
        assertThat(PlanText.read(PlanReader.readText(PlanText.write(counted), "counted.yaml")))
                .containsExactly(counted);
    }

    @Test
    void aPlanKeepsAllThatAWorkerCanDo() {
        var rich = MIXED.edit(e -> {
            e.operations = List.of(IoOperation.read(60), IoOperation.write(30), IoOperation.trim(10));
            e.randomPercent = 40;
            e.distribution = LbaDistribution.zipf(1.2);
            e.sizes = List.of(new Share(4096, 65536, 4096, 90, 0), new Share(131072, 131072, 0, 10, 0));
            e.bytesLimit = 64 << 20;
            e.burst = 0.5;
            e.idle = 0.25;
            e.ramp = 1;
            e.rampFrom = 10;
            e.priority = 2;
            e.fresh = true;
            e.compressible = 50;
            e.fill = Workload.Fill.RANDOM;
            e.dword = WorkloadDraft.DEFAULT.dword();
            e.retries = 3;
            e.stopAtError = true;
            e.verify = true;
            e.cmdlog = false;
            e.seed = 0x77;
        });
        assertThat(PlanText.leftOut(TEXTS, rich)).isEmpty();
        assertThat(PlanText.read(PlanReader.readText(PlanText.write(rich), "rich.yaml")))
                .containsExactly(rich);
    }

    @Test
    void aPlanKeepsTheTraceByItsName() {
        var replay = MIXED.edit(e -> {
            e.trace = "/traces/a b.csv";
            e.speed = 2;
        });
        assertThat(PlanText.read(PlanReader.readText(PlanText.write(replay), "replay.yaml")))
                .containsExactly(replay);
    }

    @Test
    void whatAPlanCannotSayIsNamed() {
        var draft = MIXED.edit(e -> {
            e.sizes = List.of(new Share(4096, 4096, 0, 50, 4096), new Share(8192, 8192, 0, 50, 8192));
            e.stop = Stop.NEVER;
        });
        assertThat(PlanText.leftOut(TEXTS, draft)).hasSize(2);
        assertThat(PlanText.read(PlanReader.readText(PlanText.write(draft), "left.yaml")))
                .hasSize(1);
    }

    @Test
    void theWorkersOfABundledPlanCanBeTaken() {
        var drafts = PlanText.read(Plans.bundled("io-performance").orElseThrow());
        assertThat(drafts).isNotEmpty().allMatch(d -> d.stop() != Stop.NEVER).allMatch(d -> d.qdepth() > 0);
    }

    @Test
    void javaMakesEachWorker() {
        var java = WorkloadTexts.java(MIXED, 1 << 20);
        assertThat(java)
                .contains("Workload workload1 = Workload.builder(2)", "Workload workload2 = Workload.builder(2)")
                .contains("controller.createWorker(workload2)")
                .contains("IoWorker.startTogether(workers)");
        assertThat(WorkloadTexts.java(WorkloadDraft.DEFAULT, 1 << 20)).contains("createWorker(workload)");
    }

    @Test
    void aFioJobComesBackAsItWas() {
        var draft = MIXED.edit(e -> {
            e.workers = 1;
            e.fill = Workload.Fill.RANDOM;
        });
        var text = WorkloadTexts.fio(draft, 1 << 20, 512);
        assertThat(text).contains("[w1]").doesNotContain("[doorbell]");
        var back = WorkloadTexts.fio("job", text, 2, 512).draft();
        assertThat(back.operations()).isEqualTo(draft.operations());
        assertThat(back.sizes()).extracting(Share::bytes).containsExactly(4096, 65536);
        assertThat(back.qdepth()).isEqualTo(8);
        assertThat(back.firstLba()).isEqualTo(16);
        assertThat(back.lastLba()).isEqualTo(1023);
        assertThat(back.iopsLimit()).isEqualTo(4000);
        assertThat(WorkloadTexts.fio(MIXED, 1 << 20, 512))
                .contains("[w1]", "[w2]")
                .containsOnlyOnce("[global]");
    }

    @Test
    void aDraftOfAWorkloadMakesThatWorkload() {
        var one = MIXED.edit(e -> e.workers = 1);
        var workload = one.workload(0, 1 << 20, Optional.empty());
        assertThat(WorkloadTexts.draft("x", workload, 1).workload(0, 1 << 20, Optional.empty()))
                .isEqualTo(workload);
    }
}
