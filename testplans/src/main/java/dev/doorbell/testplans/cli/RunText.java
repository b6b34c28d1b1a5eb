package dev.doorbell.testplans.cli;

import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.CommandLine;
import dev.doorbell.testplans.run.Difference;
import dev.doorbell.testplans.run.LogLine;
import dev.doorbell.testplans.run.RunListener;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.RunResult.GroupResult;
import dev.doorbell.testplans.run.State;
import dev.doorbell.testplans.run.StepResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A run as lines of text while it goes on: one for each case, more for what failed. */
final class RunText implements RunListener {
    private static final int MAX_TITLE = 90;
    private static final int COMMANDS = 6;

    private final PrintWriter out;
    private final Style style;
    private Map<String, String> groups = Map.of();
    private String group = "";
    private int titleWidth = MAX_TITLE;

    RunText(PrintWriter out, Style style) {
        this.out = out;
        this.style = style;
    }

    @Override
    public void started(RunResult run) {
        groups = run.groups().stream().collect(Collectors.toMap(GroupResult::id, GroupResult::title));
        titleWidth = Math.min(
                MAX_TITLE,
                run.cases().stream().mapToInt(c -> c.title().length()).max().orElse(0));
        out.println(style.bold(run.planTitle() + " on " + run.device().address())
                + style.muted("  seed 0x%x".formatted(run.seed())));
        out.flush();
    }

    @Override
    public void log(LogLine line) {
        // What belongs to a case is told with the case; what belongs to the run is told by finished().
        if (line.level() == LogLine.Level.WARN && line.caseTitle().isEmpty()) {
            out.println(style.warn(line.message()));
        }
    }

    @Override
    public void caseFinished(CaseResult c) {
        if (!c.groupId().equals(group)) {
            group = c.groupId();
            out.println(style.bold(groups.getOrDefault(group, group)));
        }
        String time = c.durationNanos() == 0 ? "" : Quantities.nanos(c.durationNanos());
        String title = c.title().length() > titleWidth ? c.title().substring(0, titleWidth - 1) + "…" : c.title();
        String right = c.state() == State.SKIPPED ? c.finding() : time;
        out.println("  %s %s  %s".formatted(mark(c.state()), pad(title), style.muted(right)));
        if (c.state().isBad()) {
            failure(c);
        }
        out.flush();
    }

    @Override
    public void finished(RunResult run) {
        List<String> parts = new ArrayList<>();
        for (State s : List.of(State.PASSED, State.FAILED, State.ERROR, State.SKIPPED)) {
            if (run.count(s) > 0 || s == State.PASSED) {
                String text = run.count(s) + " " + s.name().toLowerCase(Locale.ROOT);
                parts.add(s.isBad() ? style.bad(text) : s == State.PASSED ? style.good(text) : text);
            }
        }
        out.println(String.join(", ", parts) + " in "
                + Quantities.nanos(run.duration().toNanos()));
        if (!run.finding().isEmpty()) {
            out.println(style.bad(run.finding()));
        }
        out.flush();
    }

    private void failure(CaseResult c) {
        out.println("    " + style.bad(c.finding()));
        c.badStep().ifPresent(this::step);
        if (!c.spec().isEmpty()) {
            line("requires", c.spec());
        }
        List<CommandLine> last = c.commands()
                .subList(
                        Math.max(0, c.commands().size() - COMMANDS),
                        c.commands().size());
        if (!last.isEmpty()) {
            Table table = new Table(">    #", ">Q", "COMMAND", "DETAILS", "STATUS", ">LATENCY");
            last.forEach(k -> table.row(
                    "    " + k.sequence(),
                    "" + k.qid(),
                    k.name(),
                    k.details(),
                    k.status(),
                    Quantities.nanos(k.latencyNanos())));
            table.print(out, style::muted);
        }
    }

    private void step(StepResult s) {
        line("step", s.path() + ", " + s.title() + "  (" + s.source() + ")");
        if (!s.expected().isEmpty()) {
            line("expected", s.expected());
        }
        if (!s.got().isEmpty()) {
            line("got", s.got());
        }
        s.difference().ifPresent(this::difference);
    }

    private void difference(Difference d) {
        line("bytes", "from 0x%x: expected %s".formatted(d.windowOffset(), Hex.text(head(d.expected()))));
        line(
                "",
                " ".repeat("from 0x%x: ".formatted(d.windowOffset()).length()) + "got      " + Hex.text(head(d.got())));
    }

    private static byte[] head(byte[] data) {
        return java.util.Arrays.copyOf(data, Math.min(24, data.length));
    }

    private void line(String name, String text) {
        out.println("    " + style.muted("%-9s".formatted(name)) + text);
    }

    private String mark(State state) {
        return switch (state) {
            case PASSED -> style.good("✔");
            case FAILED -> style.bad("✘");
            case ERROR -> style.bad("!");
            default -> style.muted("–");
        };
    }

    private String pad(String title) {
        return title + " ".repeat(Math.max(0, titleWidth - title.codePointCount(0, title.length())));
    }
}
