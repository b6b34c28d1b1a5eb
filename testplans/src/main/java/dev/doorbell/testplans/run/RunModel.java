package dev.doorbell.testplans.run;

import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanCase;
import dev.doorbell.testplans.run.RunResult.GroupResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What is known of a run while it goes on; every method may be called from any thread. */
final class RunModel {
    private final Plan plan;
    private final long seed;
    private final HostInfo host = HostInfo.here();
    private final Map<String, CaseResult> cases = new LinkedHashMap<>();
    private final Map<String, Long> estimates = new LinkedHashMap<>();
    private DeviceInfo device;
    private Instant started = Instant.EPOCH;
    private long startNanos;
    private long endNanos;
    private State state = State.PENDING;
    private String finding = "";
    private boolean needsReset;

    RunModel(Plan plan, RunOptions options, long seed, String address) {
        this.plan = plan;
        this.seed = seed;
        this.device = new DeviceInfo(address, "", "", "", "", "", 0, 0);
        for (PlanCase c : plan.cases()) {
            String group = c.fullId().substring(0, c.fullId().indexOf('/'));
            boolean included = options.include().isEmpty()
                    || options.include().contains(c.fullId())
                    || options.include().contains(group);
            cases.put(c.fullId(), Cases.pending(c, included));
            if (included) {
                estimates.put(c.fullId(), Estimate.nanos(c));
            }
        }
    }

    long seed() {
        return seed;
    }

    synchronized void begin() {
        started = Instant.now();
        startNanos = System.nanoTime();
        state = State.RUNNING;
    }

    synchronized void end() {
        endNanos = System.nanoTime();
        boolean bad = cases.values().stream().anyMatch(c -> c.state().isBad());
        state = !finding.isEmpty() ? State.ERROR : bad ? State.FAILED : State.PASSED;
    }

    synchronized void device(DeviceInfo info) {
        device = info;
    }

    synchronized void finding(String text) {
        finding = text;
    }

    synchronized void needsReset() {
        needsReset = true;
    }

    synchronized boolean takeNeedsReset() {
        boolean was = needsReset;
        needsReset = false;
        return was;
    }

    synchronized boolean isPending(PlanCase c) {
        return cases.get(c.fullId()).state() == State.PENDING;
    }

    synchronized CaseResult find(PlanCase c) {
        return cases.get(c.fullId());
    }

    synchronized CaseResult update(PlanCase c, UnaryOperator<CaseResult> change) {
        return cases.compute(c.fullId(), (id, r) -> change.apply(r));
    }

    synchronized RunResult snapshot() {
        List<GroupResult> groups = new ArrayList<>();
        for (Plan.CaseGroup g : plan.groups()) {
            groups.add(new GroupResult(
                    g.id(),
                    g.title(),
                    g.cases().stream().map(c -> cases.get(c.fullId())).toList()));
        }
        return new RunResult(
                plan.id(),
                plan.title(),
                plan.description(),
                plan.at().file(),
                device,
                host,
                seed,
                started,
                elapsed(),
                state,
                finding,
                groups);
    }

    synchronized Progress progress() {
        long all = 0;
        long done = 0;
        int count = 0;
        for (var e : estimates.entrySet()) {
            all += e.getValue();
            CaseResult c = cases.get(e.getKey());
            if (c.state().isDone()) {
                done += e.getValue();
                count++;
            } else if (c.state() == State.RUNNING) {
                long ran = Duration.between(c.started(), Instant.now()).toNanos();
                done += Math.min(ran, e.getValue() * 9 / 10);
            }
        }
        double fraction = state.isDone() || all == 0 ? 1 : (double) done / all;
        Duration elapsed = elapsed();
        Duration remaining = fraction <= 0 || state.isDone()
                ? Duration.ZERO
                : Duration.ofNanos((long) (elapsed.toNanos() * (1 - fraction) / fraction));
        return new Progress(fraction, elapsed, remaining, count, estimates.size());
    }

    private Duration elapsed() {
        if (state == State.PENDING) {
            return Duration.ZERO;
        }
        return Duration.ofNanos((endNanos == 0 ? System.nanoTime() : endNanos) - startNanos);
    }
}
