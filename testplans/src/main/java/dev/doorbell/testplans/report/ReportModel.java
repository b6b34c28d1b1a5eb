package dev.doorbell.testplans.report;

import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.CommandLine;
import dev.doorbell.testplans.run.Difference;
import dev.doorbell.testplans.run.LogLine;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import dev.doorbell.testplans.run.StepResult;
import dev.doorbell.testplans.run.WorkerSeries;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run as the page's template shows it: texts ready to print. The template reads every member by its name. */
public final class ReportModel {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss", Locale.ENGLISH);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private ReportModel() {}

    public record Page(
            String title,
            String description,
            String state,
            String verdict,
            String finding,
            String device,
            List<Fact> facts,
            List<Count> counts,
            List<Slice> slices,
            List<Group> groups,
            boolean hasFailures) {}

    /** A name and a value at the top; {@code mono} when it is a number or an address. */
    public record Fact(String name, String value, boolean mono) {}

    public record Count(String state, long number, String word) {}

    /** A part of the bar, in percent. */
    public record Slice(String state, String percent) {}

    public record Group(String title, String summary, String state, String time, List<Case> cases) {}

    public record Case(
            String id,
            String title,
            String description,
            String spec,
            String state,
            String finding,
            String result,
            String time,
            boolean open,
            List<Fact> parameters,
            List<Step> steps,
            List<Diff> differences,
            List<Command> commands,
            List<Chart> workers,
            List<Line> log) {}

    public record Step(
            String path, String title, String state, String expected, String got, String time, String source) {}

    public record Diff(String summary, List<Block> blocks, List<HexRow> rows) {}

    public record Block(String lba, boolean differs, String content) {}

    public record HexRow(String offset, List<Byte> expected, List<Byte> got) {}

    /** A byte and the class that colours it. */
    public record Byte(String hex, String type) {}

    public record Command(
            String sequence,
            String qid,
            String name,
            String details,
            String status,
            boolean bad,
            String latency,
            String sqe) {}

    public record Chart(
            String title, String workload, List<Fact> totals, String iops, String latency, String histogram) {}

    public record Line(String time, String level, String message) {}

    static Page of(RunResult run) {
        return new Page(
                run.planTitle(),
                run.planDescription(),
                word(run.state()),
                verdict(run),
                run.finding(),
                run.device().model().isEmpty()
                        ? run.device().address()
                        : run.device().model(),
                facts(run),
                counts(run),
                slices(run),
                run.groups().stream().map(ReportModel::group).toList(),
                run.cases().stream().anyMatch(c -> c.state().isBad()));
    }

    private static String verdict(RunResult run) {
        return switch (run.state()) {
            case PASSED -> "Passed";
            case FAILED -> "Failed";
            case ERROR -> "Ended early";
            default -> "Running";
        };
    }

    private static List<Fact> facts(RunResult run) {
        List<Fact> facts = new ArrayList<>();
        var d = run.device();
        facts.add(new Fact("Device", d.address(), true));
        facts.add(new Fact("Model", d.model(), false));
        facts.add(new Fact("Serial number", d.serial(), true));
        facts.add(new Fact("Firmware", d.firmware(), true));
        facts.add(new Fact("NVMe version", d.nvmeVersion(), true));
        facts.add(new Fact(
                "Capacity",
                Quantities.bytes(d.capacityBytes()) + " in "
                        + (d.namespaces() == 1 ? "1 namespace" : d.namespaces() + " namespaces"),
                false));
        facts.add(new Fact("Started", DATE.format(run.started().atZone(ZoneId.systemDefault())), false));
        facts.add(new Fact("Duration", Quantities.nanos(run.duration().toNanos()), true));
        facts.add(new Fact("Seed", "0x%x".formatted(run.seed()), true));
        facts.add(new Fact("Plan", run.source(), true));
        facts.add(new Fact("Host", run.host().name() + ", " + run.host().system(), false));
        facts.add(
                new Fact("Processor", run.host().processor() + ", " + run.host().processors() + " threads", false));
        facts.add(new Fact(
                "Doorbell", run.host().doorbell() + ", Java " + run.host().java(), false));
        facts.removeIf(f -> f.value().isBlank());
        return facts;
    }

    private static List<Count> counts(RunResult run) {
        List<Count> counts = new ArrayList<>();
        for (State s : List.of(State.PASSED, State.FAILED, State.ERROR, State.SKIPPED, State.PENDING)) {
            long n = run.count(s);
            if (n > 0 || s == State.PASSED || s == State.FAILED) {
                String text = s == State.ERROR ? n == 1 ? "error" : "errors" : s == State.PENDING ? "not run" : word(s);
                counts.add(new Count(word(s), n, text));
            }
        }
        return counts;
    }

    private static List<Slice> slices(RunResult run) {
        double all = Math.max(1, run.cases().size());
        return List.of(State.PASSED, State.FAILED, State.ERROR, State.SKIPPED).stream()
                .filter(s -> run.count(s) > 0)
                .map(s -> new Slice(word(s), String.format(Locale.ROOT, "%.3f", run.count(s) * 100 / all)))
                .toList();
    }

    private static Group group(RunResult.GroupResult g) {
        List<String> parts = new ArrayList<>();
        for (State s : List.of(State.PASSED, State.FAILED, State.ERROR, State.SKIPPED, State.PENDING)) {
            if (g.count(s) > 0) {
                parts.add(g.count(s) + " " + word(s));
            }
        }
        return new Group(
                g.title(),
                String.join(", ", parts),
                word(g.state()),
                g.duration().isZero() ? "" : Quantities.nanos(g.duration().toNanos()),
                g.cases().stream().map(ReportModel::oneCase).toList());
    }

    private static Case oneCase(CaseResult c) {
        List<Diff> differences = c.steps().stream()
                .flatMap(s -> s.difference().stream())
                .map(ReportModel::diff)
                .toList();
        String time = c.durationNanos() == 0 ? "" : Quantities.nanos(c.durationNanos());
        return new Case(
                c.id(),
                c.title(),
                c.description(),
                c.spec(),
                word(c.state()),
                c.finding(),
                result(c),
                time,
                c.state().isBad(),
                c.parameters().entrySet().stream()
                        .map(e -> new Fact(e.getKey(), e.getValue(), true))
                        .toList(),
                c.steps().stream().map(ReportModel::step).toList(),
                differences,
                c.commands().stream().map(ReportModel::command).toList(),
                c.workers().stream().map(ReportModel::chart).toList(),
                c.log().size() < 2
                        ? List.of()
                        : c.log().stream().map(ReportModel::line).toList());
    }

    private static String result(CaseResult c) {
        return switch (c.state()) {
            case FAILED, ERROR, SKIPPED -> c.finding();
            default ->
                c.workers().stream()
                        .map(w -> Quantities.rate(w.total().iops()) + " IOPS")
                        .collect(Collectors.joining(", "));
        };
    }

    private static Step step(StepResult s) {
        return new Step(
                s.path(),
                s.title(),
                word(s.state()),
                s.expected(),
                s.got(),
                Quantities.nanos(s.durationNanos()),
                s.source());
    }

    private static Diff diff(Difference d) {
        String summary = "%s of %s bytes differ"
                .formatted(Quantities.grouped(d.differingBytes()), Quantities.grouped(d.totalBytes()));
        return new Diff(
                summary,
                d.blocks().stream()
                        .map(b -> new Block(Quantities.grouped(b.lba()), b.differs(), b.content()))
                        .toList(),
                HexRows.of(d).stream()
                        .map(r -> new HexRow(
                                "%04x".formatted(r.offset()), bytes(r.expected(), false), bytes(r.got(), true)))
                        .toList());
    }

    private static List<Byte> bytes(List<HexRows.Cell> cells, boolean marked) {
        return cells.stream()
                .map(c -> new Byte(c.hex(), c.differs() ? marked ? "bad" : "want" : c.zero() ? "zero" : ""))
                .toList();
    }

    private static Command command(CommandLine c) {
        return new Command(
                Long.toString(c.sequence()),
                Integer.toString(c.qid()),
                c.name(),
                c.details(),
                c.done() ? c.status() : "outstanding",
                c.done() && !c.success(),
                c.done() ? Quantities.nanos(c.latencyNanos()) : "",
                dwords(c.sqe()));
    }

    /** The sixteen dwords of an SQE, for a tooltip. */
    private static String dwords(byte[] sqe) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i + 3 < sqe.length; i += 4) {
            out.append(i == 0 ? "" : i % 16 == 0 ? "\n" : " ")
                    .append("%02x%02x%02x%02x".formatted(sqe[i + 3], sqe[i + 2], sqe[i + 1], sqe[i]));
        }
        return out.toString();
    }

    private static Chart chart(WorkerSeries w) {
        WorkerSeries.Total t = w.total();
        List<Fact> totals = List.of(
                new Fact("IOPS", Quantities.rate(t.iops()), true),
                new Fact("Bandwidth", Quantities.bytes((long) t.bytesPerSecond()) + "/s", true),
                new Fact("I/Os", Quantities.grouped(t.ios()), true),
                new Fact("Mean", Quantities.nanos((long) t.meanNanos()), true),
                new Fact("p50", Quantities.nanos(t.p50Nanos()), true),
                new Fact("p99", Quantities.nanos(t.p99Nanos()), true),
                new Fact("p99.9", Quantities.nanos(t.p999Nanos()), true),
                new Fact("Max", Quantities.nanos(t.maxNanos()), true),
                new Fact("Errors", Quantities.grouped(t.errors()), true));
        return new Chart(
                w.title(),
                w.workload(),
                totals,
                WorkerCharts.iops(w),
                WorkerCharts.latency(w),
                WorkerCharts.histogram(w));
    }

    private static Line line(LogLine l) {
        return new Line(
                CLOCK.format(l.time().atZone(ZoneId.systemDefault())),
                l.level().name().toLowerCase(Locale.ROOT),
                l.message());
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
