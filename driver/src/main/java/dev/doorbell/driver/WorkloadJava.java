package dev.doorbell.driver;

import java.time.Duration;
import java.util.stream.Collectors;

/** The Java text that builds a workload. */
final class WorkloadJava {
    private static final Workload DEFAULTS =
            Workload.builder(1).limits(Workload.Limits.none()).build();

    private final StringBuilder out = new StringBuilder();

    private WorkloadJava() {}

    static String of(Workload w) {
        WorkloadJava j = new WorkloadJava();
        j.out.append("Workload workload = Workload.builder(").append(w.nsid()).append(')');
        j.sizes(w);
        j.operations(w);
        j.region(w.region());
        j.call(w.qdepth() != DEFAULTS.qdepth(), "qdepth(" + w.qdepth() + ")");
        j.call(w.priority() != 0, "priority(" + w.priority() + ")");
        Workload.Limits l = w.limits();
        j.call(
                true,
                "limits(new Workload.Limits(%s, %s, %s, %s))"
                        .formatted(time(l.duration()), number(l.ioCount()), number(l.bytes()), number(l.passes())));
        j.pace(w.pace());
        j.data(w.data());
        ErrorPolicy e = w.onError();
        j.call(!e.equals(ErrorPolicy.count()), "onError(new ErrorPolicy(" + e.retries() + ", " + e.stop() + "))");
        Measurement m = w.measurement();
        j.call(
                !m.equals(Measurement.standard()),
                "measurement(new Measurement(%s, %s, %s, %d, %d))"
                        .formatted(time(m.interval()), m.histogram(), m.cmdlog(), m.slowest(), m.last()));
        j.call(w.seed() != DEFAULTS.seed(), "seed(" + number(w.seed()) + ")");
        w.cpu().ifPresent(cpu -> j.call(true, "cpu(" + cpu + ")"));
        j.call(w.verify(), "verify(true)");
        w.replay()
                .ifPresent(r -> j.call(
                        true,
                        "replay(new Replay(TraceReader.read(Path.of(%s), namespace.lbaBytes()), %s, %s))"
                                .formatted(quoted(r.source()), quoted(r.source()), r.speed())));
        return j.out.append("\n        .build();\n").toString();
    }

    private void call(boolean needed, String text) {
        if (needed) {
            out.append("\n        .").append(text);
        }
    }

    private static String number(long value) {
        return (int) value == value ? String.valueOf(value) : value + "L";
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String time(Duration d) {
        if (d.isZero()) {
            return "Duration.ZERO";
        }
        if (d.getNano() == 0) {
            return "Duration.ofSeconds(" + number(d.getSeconds()) + ")";
        }
        return d.getNano() % 1_000_000 == 0
                ? "Duration.ofMillis(" + number(d.toMillis()) + ")"
                : "Duration.ofNanos(" + number(d.toNanos()) + ")";
    }

    private void sizes(Workload w) {
        if (w.sizes().size() == 1
                && w.sizes().getFirst().equals(IoSize.of(w.sizes().getFirst().minBytes()))) {
            call(true, "ioSize(" + w.sizes().getFirst().minBytes() + ")");
            return;
        }
        call(
                true,
                "ioSizes(List.of(" + w.sizes().stream().map(WorkloadJava::size).collect(Collectors.joining(", "))
                        + "))");
    }

    private static String size(IoSize s) {
        return (s.isRange()
                        ? "IoSize.range(" + s.minBytes() + ", " + s.maxBytes() + ", " + s.stepBytes() + ")"
                        : "IoSize.of(" + s.minBytes() + ")")
                + (s.weight() == 1 ? "" : ".weight(" + s.weight() + ")")
                + (s.alignBytes() == 0 ? "" : ".aligned(" + s.alignBytes() + ")");
    }

    private void operations(Workload w) {
        if (w.equals(w.toBuilder().readPercent(w.readPercent()).build())) {
            call(w.readPercent() != 100, "readPercent(" + w.readPercent() + ")");
            return;
        }
        call(
                true,
                "operations("
                        + w.operations().stream().map(WorkloadJava::operation).collect(Collectors.joining(", ")) + ")");
    }

    private static String operation(IoOperation o) {
        IoControl c = o.control();
        return "IoOperation.of(0x%02x, %s)".formatted(o.opcode(), o.percent())
                + (c.equals(IoControl.none())
                        ? ""
                        : ".control(new IoControl(0x%x, 0x%x, 0x%xL, 0x%x, 0x%x))"
                                .formatted(c.cdw12(), c.cdw13(), c.tags(), c.tagsHigh(), c.cdw15()))
                + (o.ranges() == 1 ? "" : ".ranges(" + o.ranges() + ")");
    }

    private void region(Workload.Region r) {
        call(r.startLba() != 0 || r.endLba() != 0, "region(" + number(r.startLba()) + ", " + number(r.endLba()) + ")");
        call(r.randomPercent() != 100, "randomPercent(" + r.randomPercent() + ")");
        switch (r.distribution()) {
            case LbaDistribution.Uniform u -> {}
            case LbaDistribution.Sections s ->
                call(
                        true,
                        "distribution(LbaDistribution.sections(List.of("
                                + s.shares().stream().map(String::valueOf).collect(Collectors.joining(", ")) + ")))");
            case LbaDistribution.Zipf z -> call(true, "distribution(LbaDistribution.zipf(" + z.theta() + "))");
            case LbaDistribution.Pareto p -> call(true, "distribution(LbaDistribution.pareto(" + p.h() + "))");
            case LbaDistribution.Normal n ->
                call(
                        true,
                        "distribution(LbaDistribution.normal(" + n.centrePercent() + ", " + n.deviationPercent()
                                + "))");
        }
        r.firstLba().ifPresent(lba -> call(true, "firstLba(" + number(lba) + ")"));
        r.stepLbas().ifPresent(step -> call(true, "stepLbas(" + number(step) + ")"));
    }

    private void pace(Pace p) {
        if (p.equals(Pace.unlimited().iops(p.iops()))) {
            call(p.iops() != 0, "iopsLimit(" + number(p.iops()) + ")");
            return;
        }
        call(
                true,
                "pace(new Pace(%s, %s, %s, %s, %s, %s))"
                        .formatted(
                                number(p.iops()),
                                number(p.bytesPerSecond()),
                                time(p.burst()),
                                time(p.idle()),
                                time(p.ramp()),
                                p.rampFromPercent()));
    }

    private void data(WriteData d) {
        if (d.equals(WriteData.of(d.fill()))) {
            call(d.fill() != Workload.Fill.RANDOM, "fill(Workload.Fill." + d.fill() + ")");
        } else if (d.equals(WriteData.dword(d.value()))) {
            call(true, "fillDword(0x%08x)".formatted(d.value()));
        } else {
            call(
                    true,
                    "data(new WriteData(Workload.Fill.%s, %d, %s, %d, %d))"
                            .formatted(d.fill(), d.value(), d.fresh(), d.compressiblePercent(), d.dedupablePercent()));
        }
    }
}
