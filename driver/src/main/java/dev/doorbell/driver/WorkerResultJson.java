package dev.doorbell.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;

/** A worker's result as JSON. */
final class WorkerResultJson {
    private static final double[] PERCENTILES = {
        1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 99.9999, 99.99999
    };

    private WorkerResultJson() {}

    static JsonNode of(WorkerResult r) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("format", "doorbell-worker").put("version", 1);
        root.put("workload_java", r.workload().toJava())
                .put("qid", r.qid())
                .put("state", r.state().name());
        r.failure().ifPresent(f -> root.put("failure", f));
        IoWorker.Counters c = r.counters();
        root.putObject("totals")
                .put("elapsed_ns", c.elapsedNanos())
                .put("submitted", c.submitted())
                .put("completed", c.completed())
                .put("reads", c.reads())
                .put("writes", c.writes())
                .put("read_bytes", c.readBytes())
                .put("write_bytes", c.writeBytes())
                .put("errors", c.errors())
                .put("first_error_status", c.firstErrorStatus())
                .put("first_error_lba", c.firstErrorLba())
                .put("iops", c.iops())
                .put("bytes_per_second", c.bytesPerSecond())
                .put("latency_min_ns", Math.max(0, c.latencyMinNanos()))
                .put("latency_mean_ns", c.latencyMeanNanos())
                .put("latency_max_ns", c.latencyMaxNanos())
                .put("cpu_ns", c.cpuNanos());
        ArrayNode operations = root.putArray("operations");
        for (OperationCount o : r.operations()) {
            ObjectNode node = operations.addObject();
            node.put("opcode", o.opcode())
                    .put("name", IoOperation.title(o.opcode()))
                    .put("completed", o.completed())
                    .put("bytes", o.bytes())
                    .put("errors", o.errors())
                    .put("retries", o.retries())
                    .put("latency_min_ns", o.latencyMinNanos())
                    .put("latency_mean_ns", o.latencyMeanNanos())
                    .put("latency_max_ns", o.latencyMaxNanos());
            node.set("percentiles_ns", percentiles(o.latency()));
            ArrayNode buckets = node.putArray("histogram");
            o.latency()
                    .forEachBucket((from, to, n) ->
                            buckets.addArray().add(from).add(to).add(n));
        }
        ArrayNode intervals = root.putArray("intervals");
        for (WorkerInterval i : r.intervals()) {
            intervals
                    .addObject()
                    .put("number", i.number())
                    .put("start_ns", i.startNanos() - c.startedNanos())
                    .put("end_ns", i.endNanos() - c.startedNanos())
                    .put("reads", i.reads())
                    .put("writes", i.writes())
                    .put("others", i.others())
                    .put("read_bytes", i.readBytes())
                    .put("write_bytes", i.writeBytes())
                    .put("errors", i.errors())
                    .put("latency_min_ns", i.latencyMinNanos())
                    .put("latency_mean_ns", i.latencyMeanNanos())
                    .put("p50_ns", i.p50Nanos())
                    .put("p99_ns", i.p99Nanos())
                    .put("p99_9_ns", i.p999Nanos())
                    .put("p99_99_ns", i.p9999Nanos())
                    .put("latency_max_ns", i.latencyMaxNanos());
        }
        root.set("errors", commands(r.errors(), c));
        root.set("slowest", commands(r.slowest(), c));
        return root;
    }

    private static ArrayNode commands(List<KeptCommand> all, IoWorker.Counters c) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (KeptCommand k : all) {
            array.addObject()
                    .put("number", k.number())
                    .put("opcode", k.opcode())
                    .put("lba", k.lba())
                    .put("submitted_ns", k.submittedNanos() - c.startedNanos())
                    .put("latency_ns", k.latencyNanos())
                    .put("status", k.statusField())
                    .put("attempts", k.attempts())
                    .put("timed_out", k.timedOut())
                    .put("sqe", HexFormat.of().formatHex(k.sqe()))
                    .put("cqe", HexFormat.of().formatHex(k.cqe()));
        }
        return array;
    }

    /** By percentile with six decimals, as fio writes it. */
    static ObjectNode percentiles(LatencyHistogram h) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (h.count() != 0) {
            for (double p : PERCENTILES) {
                node.put(String.format(java.util.Locale.ROOT, "%.6f", p), h.percentileNanos(p));
            }
        }
        return node;
    }
}
