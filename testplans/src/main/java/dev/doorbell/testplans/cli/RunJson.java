package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.testplans.run.CaseResult;
import dev.doorbell.testplans.run.DeviceInfo;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import dev.doorbell.testplans.run.WorkerSeries;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** A run as JSON. */
final class RunJson {
    private RunJson() {}

    static ObjectNode of(RunResult run) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("plan", run.planId())
                .put("title", run.planTitle())
                .put("state", word(run.state()))
                .put("finding", run.finding())
                .put("seed", run.seed())
                .put("started", run.started().toString())
                .put("duration_ns", run.duration().toNanos());
        DeviceInfo d = run.device();
        root.putObject("device")
                .put("address", d.address())
                .put("kind", d.kind())
                .put("model", d.model())
                .put("serial", d.serial())
                .put("firmware", d.firmware())
                .put("nvme_version", d.nvmeVersion())
                .put("capacity_bytes", d.capacityBytes());
        ObjectNode counts = root.putObject("counts");
        for (State s : List.of(State.PASSED, State.FAILED, State.ERROR, State.SKIPPED)) {
            counts.put(word(s), run.count(s));
        }
        ArrayNode cases = root.putArray("cases");
        run.cases().forEach(c -> cases.add(of(c)));
        return root;
    }

    private static ObjectNode of(CaseResult c) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("id", c.id())
                .put("title", c.title())
                .put("spec", c.spec())
                .put("state", word(c.state()))
                .put("finding", c.finding())
                .put("duration_ns", c.durationNanos());
        c.badStep().ifPresent(s -> {
            ObjectNode step = node.putObject("failed_step");
            step.put("path", s.path())
                    .put("title", s.title())
                    .put("source", s.source())
                    .put("expected", s.expected())
                    .put("got", s.got());
            s.difference()
                    .ifPresent(diff -> step.putObject("difference")
                            .put("offset_bytes", diff.offset())
                            .put("differing_bytes", diff.differingBytes())
                            .put("window_offset_bytes", diff.windowOffset())
                            .put("expected_hex", HexFormat.of().formatHex(diff.expected()))
                            .put("got_hex", HexFormat.of().formatHex(diff.got())));
        });
        ArrayNode workers = node.putArray("workers");
        for (WorkerSeries w : c.workers()) {
            workers.addObject()
                    .put("title", w.title())
                    .put("workload", w.workload())
                    .put("iops", w.total().iops())
                    .put("bytes_per_second", w.total().bytesPerSecond())
                    .put("ios", w.total().ios())
                    .put("errors", w.total().errors())
                    .put("p50_ns", w.total().p50Nanos())
                    .put("p99_ns", w.total().p99Nanos())
                    .put("p99_9_ns", w.total().p999Nanos())
                    .put("max_ns", w.total().maxNanos());
        }
        return node;
    }

    private static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
