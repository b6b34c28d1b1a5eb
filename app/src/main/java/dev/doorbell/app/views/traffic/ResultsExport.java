package dev.doorbell.app.views.traffic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.app.controls.Csv;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs and their workers as files: numbers without formatting, the unit in the name. */
final class ResultsExport {
    private ResultsExport() {}

    /** A row for each worker and each run. */
    static String csv(List<TrafficRun> runs) {
        List<List<String>> rows = new ArrayList<>();
        for (var run : runs) {
            for (var worker : run.workers()) {
                add(rows, run, worker.name(), worker.qid(), worker.stat());
            }
            add(rows, run, "all", 0, run.sum());
        }
        return Csv.text(rows);
    }

    private static void add(List<List<String>> rows, TrafficRun run, String worker, int qid, WorkerStat stat) {
        var figures = figures(stat);
        if (rows.isEmpty()) {
            List<String> head = new ArrayList<>(List.of("run", "preset", "device", "started", "worker", "qid"));
            head.addAll(figures.keySet());
            rows.add(head);
        }
        List<String> row = new ArrayList<>(List.of(
                Integer.toString(run.number()),
                run.draft().preset(),
                run.session().name(),
                run.startedAt().toString(),
                worker,
                Integer.toString(qid)));
        figures.values().forEach(v -> row.add(v.toString()));
        rows.add(row);
    }

    private static Map<String, Object> figures(WorkerStat stat) {
        var c = stat.counters();
        var all = stat.sample().all();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("seconds", c.elapsedNanos() / 1e9);
        figures.put("ios", c.completed());
        figures.put("reads", c.reads());
        figures.put("writes", c.writes());
        figures.put("read_bytes", c.readBytes());
        figures.put("write_bytes", c.writeBytes());
        figures.put("iops", Math.round(c.iops()));
        figures.put("bytes_per_second", Math.round(c.bytesPerSecond()));
        figures.put("errors", c.errors());
        figures.put("cpu_ns", c.cpuNanos());
        figures.put("latency_min_ns", Math.max(0, c.latencyMinNanos()));
        figures.put("latency_mean_ns", Math.round(c.latencyMeanNanos()));
        figures.put("latency_p50_ns", all.percentileNanos(50));
        figures.put("latency_p90_ns", all.percentileNanos(90));
        figures.put("latency_p99_ns", all.percentileNanos(99));
        figures.put("latency_p99_9_ns", all.percentileNanos(99.9));
        figures.put("latency_p99_99_ns", all.percentileNanos(99.99));
        figures.put("latency_max_ns", c.latencyMaxNanos());
        return figures;
    }

    /** The runs, each with its workload and its workers. */
    static String json(List<TrafficRun> runs) {
        var mapper = new ObjectMapper();
        var array = JsonNodeFactory.instance.arrayNode();
        for (var run : runs) {
            var node = array.addObject();
            node.put("run", run.number());
            node.put("preset", run.draft().preset());
            node.put("device", run.session().name());
            node.put("started", run.startedAt().toString());
            node.put("outcome", run.outcome());
            workload(node.putObject("workload"), run.draft());
            node.set("all", mapper.valueToTree(figures(run.sum())));
            var workers = node.putArray("workers");
            for (var worker : run.workers()) {
                var one = workers.addObject();
                one.put("name", worker.name());
                one.put("qid", worker.qid());
                one.put("failure", worker.stat().failure());
                one.setAll((ObjectNode) mapper.valueToTree(figures(worker.stat())));
            }
        }
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void workload(ObjectNode node, WorkloadDraft d) {
        node.put("nsid", Integer.toUnsignedLong(d.nsid()));
        node.put("first_lba", d.firstLba());
        node.put("last_lba", d.lastLba());
        node.put("random_percent", d.randomPercent());
        node.put("distribution", DistributionText.write(d.distribution()));
        d.stepLbas().ifPresent(step -> node.put("step_lbas", step));
        node.put("workers", d.workers());
        node.put("qdepth", d.qdepth());
        node.put("iops_limit", d.iopsLimit());
        node.put("bytes_per_second_limit", d.bytesLimit());
        node.put("fill", d.fill().name().toLowerCase(Locale.ROOT));
        node.put("verify", d.verify());
        node.put("seed", Long.toUnsignedString(d.seed()));
        var operations = node.putArray("operations");
        d.operations()
                .forEach(o -> operations.addObject().put("opcode", o.opcode()).put("percent", o.percent()));
        var sizes = node.putArray("sizes");
        d.sizes()
                .forEach(s -> sizes.addObject()
                        .put("min_bytes", s.bytes())
                        .put("max_bytes", s.most())
                        .put("align_bytes", s.align())
                        .put("weight", s.weight()));
    }
}
