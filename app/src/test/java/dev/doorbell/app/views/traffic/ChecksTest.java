package dev.doorbell.app.views.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.traffic.Check.Level;
import dev.doorbell.app.views.traffic.WorkloadDraft.Edit;
import dev.doorbell.app.views.traffic.WorkloadDraft.Stop;
import dev.doorbell.plugin.Texts;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ChecksTest {
    private static final DeviceFacts FACTS = new DeviceFacts(
            List.of(new DeviceFacts.Space(1, 512, 1 << 20), new DeviceFacts.Space(2, 4096, 1 << 16)),
            true,
            512 << 10,
            1023,
            4,
            1,
            70);

    private static List<Check> judge(boolean shielded, Consumer<Edit> change) {
        return Checks.of(Texts.of(Checks.class), WorkloadDraft.DEFAULT.edit(change), FACTS, List.of(), shielded, 8);
    }

    private static void refuses(Consumer<Edit> change, String... words) {
        assertThat(Checks.refusal(judge(false, change)))
                .hasValueSatisfying(why -> assertThat(why).contains(words));
    }

    @Test
    void aPresetPassesAndSaysWhatItFits() {
        var checks = judge(false, e -> {});
        assertThat(checks).allMatch(c -> c.level() == Level.FINE);
        assertThat(checks)
                .extracting(Check::text)
                .anyMatch(t -> t.contains("512 B") && t.contains("512 KiB"))
                .anyMatch(t -> t.contains("1\u2009023"))
                .anyMatch(t -> t.startsWith("1 qpair of 3 free"));
    }

    @Test
    void whatDoesNotFitTheDeviceIsRefusedWithItsLimit() {
        refuses(e -> e.sizes = List.of(new Share(1000, 1)), "1", "512 B");
        refuses(e -> e.sizes = List.of(new Share(1 << 20, 1)), "1 MiB", "512 KiB");
        refuses(e -> e.sizes = List.of(new Share(4096, 0)), "weight");
        refuses(e -> e.sizes = List.of(new Share(4096, 1), new Share(4096, 2)), "twice");
        refuses(e -> e.qdepth = 1024, "1024", "CAP.MQES");
        refuses(e -> e.workers = 4, "4 workers", "3 of 4");
        refuses(e -> e.nsid = 7, "7");
        refuses(e -> e.lastLba = 1 << 20, "beyond");
        refuses(
                e -> {
                    e.firstLba = 100;
                    e.lastLba = 99;
                },
                "behind");
        refuses(e -> e.lastLba = 6, "3.50 KiB");
    }

    @Test
    void limitsThatGiveAWorkerNothingAreRefused() {
        refuses(
                e -> {
                    e.workers = 2;
                    e.iopsLimit = 1;
                },
                "IOPS");
        refuses(
                e -> {
                    e.workers = 2;
                    e.stop = Stop.COUNT;
                    e.count = 1;
                },
                "2 workers");
    }

    @Test
    void writesAreNamedWithWhatTheyOverwrite() {
        var all = judge(false, e -> e.read(70));
        assertThat(Checks.refusal(all)).isEmpty();
        assertThat(all).anyMatch(c -> c.level() == Level.MIND && c.text().contains("512 MiB"));
        var part = judge(false, e -> {
            e.read(0);
            e.firstLba = 16;
            e.lastLba = 31;
        });
        assertThat(part)
                .anyMatch(c -> c.text().contains("LBA 16 to 31") && c.text().contains("8 KiB"));
    }

    @Test
    void theShieldRefusesWritesAndLetsReadsThrough() {
        assertThat(Checks.refusal(judge(true, e -> e.read(99))))
                .hasValueSatisfying(why -> assertThat(why).contains("shield"));
        assertThat(Checks.refusal(judge(true, e -> e.read(100)))).isEmpty();
    }

    @Test
    void aTextThatCannotBeReadIsTheFirstReason() {
        var checks = Checks.of(
                Texts.of(Checks.class),
                WorkloadDraft.DEFAULT,
                FACTS,
                List.of("Queue depth: “x” is no number"),
                false,
                8);
        assertThat(Checks.refusal(checks)).contains("Queue depth: “x” is no number");
    }
}
