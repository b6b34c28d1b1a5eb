package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.FioJob;
import dev.doorbell.driver.Pace;
import dev.doorbell.driver.Trace;
import dev.doorbell.driver.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A draft as text for other places, and drafts from such text: Java, and job files of fio. */
final class WorkloadTexts {
    private static final String FIO_SECTION = "[doorbell]";

    private WorkloadTexts() {}

    private static List<Workload> workloads(WorkloadDraft d, long lbaCount) {
        Optional<Trace> recorded = d.replays() ? Optional.of(Trace.of(List.of())) : Optional.empty();
        List<Workload> all = new ArrayList<>();
        for (int i = 0; i < d.workers(); i++) {
            all.add(d.workload(i, lbaCount, recorded));
        }
        return all;
    }

    /** What each of the draft's workers does where all do the same: its share of the limits, in the whole region. */
    static Workload forEach(WorkloadDraft d) {
        Workload first = d.workload(0, Long.MAX_VALUE, Optional.empty());
        var region = new Workload.Region(
                d.firstLba(),
                d.lastLba() < 0 ? 0 : d.lastLba() + 1,
                d.randomPercent(),
                d.distribution(),
                OptionalLong.empty(),
                d.stepLbas());
        return first.toBuilder().region(region).build();
    }

    /** Java that makes the workers, starts them together and waits for their end. */
    static String java(WorkloadDraft d, long lbaCount) {
        StringBuilder text = new StringBuilder("// ").append(d.preset()).append('\n');
        List<String> names = new ArrayList<>();
        for (Workload each : workloads(d, lbaCount)) {
            String name = d.workers() == 1 ? "workload" : "workload" + (names.size() + 1);
            text.append(each.toJava().replaceFirst("Workload workload = ", "Workload " + name + " = "));
            names.add("controller.createWorker(" + name + ")");
        }
        return text.append("List<IoWorker> workers = List.of(")
                .append(names.size() == 1 ? "" : "\n        ")
                .append(String.join(",\n        ", names))
                .append(");\n")
                .append("IoWorker.startTogether(workers);\n")
                .append("for (IoWorker worker : workers) {\n")
                .append("    worker.await(Duration.ofDays(1));\n")
                .append("    System.out.println(worker.result());\n")
                .append("    worker.close();\n")
                .append("}\n")
                .toString();
    }

    /** A job file of fio, with a job for each worker. */
    static String fio(WorkloadDraft d, long lbaCount, int lbaBytes) {
        StringBuilder text = new StringBuilder("# ").append(d.preset()).append('\n');
        int number = 0;
        for (Workload each : workloads(d, lbaCount)) {
            String job = each.toFioJob(lbaBytes);
            int section = job.indexOf(FIO_SECTION);
            if (number == 0) {
                text.append(job, 0, section);
            }
            number++;
            text.append(number == 1 ? "" : "\n")
                    .append("[w")
                    .append(number)
                    .append(']')
                    .append(job.substring(section + FIO_SECTION.length()));
        }
        return text.toString();
    }

    /** What a fio job file says, and the options in it that say nothing here. */
    record Read(WorkloadDraft draft, List<String> ignored) {}

    /** @throws FioJob.FormatException with the reason if it cannot be read */
    static Read fio(String name, String text, int nsid, int lbaBytes) {
        var jobs = FioJob.parse(text, nsid, lbaBytes);
        if (jobs.workloads().isEmpty()) {
            throw new IllegalArgumentException(name + " has no job in it");
        }
        return new Read(
                draft(name, jobs.workloads().getFirst(), jobs.workloads().size()), jobs.ignored());
    }

    /** The draft of so many workers that do the same. */
    static WorkloadDraft draft(String name, Workload w, int workers) {
        return WorkloadDraft.DEFAULT.edit(e -> {
            e.preset = name;
            e.nsid = w.nsid();
            e.workers = workers;
            e.firstLba = w.region().startLba();
            e.lastLba = w.region().endLba() == 0 ? -1 : w.region().endLba() - 1;
            e.randomPercent = w.region().randomPercent();
            e.distribution = w.region().distribution();
            e.stepLbas = w.region().stepLbas();
            e.operations = w.operations();
            e.sizes = w.sizes().stream()
                    .map(s -> new Share(s.minBytes(), s.maxBytes(), s.stepBytes(), s.weight(), s.alignBytes()))
                    .toList();
            e.qdepth = w.qdepth();
            e.priority = w.priority();
            pace(e, w.pace(), workers);
            limits(e, w.limits(), workers);
            e.fill = w.data().fill();
            e.dword = w.data().fill() == Workload.Fill.DWORD ? w.data().value() : e.dword;
            e.fresh = w.data().fresh();
            e.compressible = w.data().compressiblePercent();
            e.dedupable = w.data().dedupablePercent();
            e.retries = w.onError().retries();
            e.stopAtError = w.onError().stop();
            e.seed = w.seed();
            e.verify = w.verify();
            e.cmdlog = w.cmdlog();
            e.trace = w.replay().map(r -> r.source()).orElse("");
            e.speed = w.replay().map(r -> r.speed()).orElse(1.0);
        });
    }

    private static void pace(WorkloadDraft.Edit e, Pace pace, int workers) {
        e.iopsLimit = pace.iops() * workers;
        e.bytesLimit = pace.bytesPerSecond() * workers;
        e.burst = seconds(pace.burst());
        e.idle = seconds(pace.idle());
        e.ramp = seconds(pace.ramp());
        e.rampFrom = pace.rampFromPercent();
    }

    /** A draft has one end; where there are several, the first of time, count, data and passes. */
    private static void limits(WorkloadDraft.Edit e, Workload.Limits limits, int workers) {
        e.stop = !limits.duration().isZero()
                ? WorkloadDraft.Stop.TIME
                : limits.ioCount() > 0
                        ? WorkloadDraft.Stop.COUNT
                        : limits.bytes() > 0
                                ? WorkloadDraft.Stop.DATA
                                : limits.passes() > 0 ? WorkloadDraft.Stop.PASSES : WorkloadDraft.Stop.NEVER;
        switch (e.stop) {
            case TIME -> e.seconds = seconds(limits.duration());
            case COUNT -> e.count = limits.ioCount() * workers;
            case DATA -> e.bytes = limits.bytes() * workers;
            case PASSES -> e.passes = limits.passes();
            case NEVER -> {}
        }
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }
}
