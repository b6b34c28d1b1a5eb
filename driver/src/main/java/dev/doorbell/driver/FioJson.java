package dev.doorbell.driver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Results in the layout of fio's JSON+ output: keys and units are fio's. */
final class FioJson {
    private FioJson() {}

    static JsonNode of(List<WorkerResult> results) {
        Instant now = Instant.now();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        // Readers look at the number; the rest says who wrote it.
        root.put("fio version", "fio-3.36-doorbell")
                .put("timestamp", now.getEpochSecond())
                .put("timestamp_ms", now.toEpochMilli())
                .put(
                        "time",
                        DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT)
                                .format(now.atOffset(ZoneOffset.UTC)));
        root.putObject("global options").put("ioengine", "doorbell").put("direct", "1");
        var jobs = root.putArray("jobs");
        for (WorkerResult r : results) {
            jobs.add(job(r));
        }
        return root;
    }

    private static ObjectNode job(WorkerResult r) {
        Workload w = r.workload();
        ObjectNode job = JsonNodeFactory.instance.objectNode();
        IoWorker.Counters c = r.counters();
        job.put("jobname", "qpair" + r.qid())
                .put("groupid", 0)
                .put("error", c.errors() == 0 ? 0 : 5)
                .put("eta", 0)
                .put("elapsed", Math.ceilDiv(c.elapsedNanos(), 1_000_000_000L));
        ObjectNode options = job.putObject("job options");
        // The text has one option a line behind the section.
        w.toFioJob(1).lines().filter(l -> !l.startsWith("#") && l.contains("=")).forEach(l -> {
            int at = l.indexOf('=');
            String name = l.substring(0, at);
            if (!name.equals("offset") && !name.equals("size")) {
                options.put(name, l.substring(at + 1));
            }
        });
        options.put("numjobs", "1");
        job.set("read", direction(r, IoOperation::isRead));
        job.set("write", direction(r, IoOperation::isWrite));
        job.set("trim", direction(r, o -> o == IoOperation.TRIM));
        ObjectNode sync = job.putObject("sync");
        LatencyHistogram flushes = latency(r, o -> o == IoOperation.FLUSH);
        sync.put("total_ios", flushes.count());
        sync.set("lat_ns", times(flushes, 0, 0, 0, true));
        job.put("job_runtime", c.elapsedNanos() / 1_000_000)
                .put("usr_cpu", 100 * c.cpuShare())
                .put("sys_cpu", 0.0)
                .put("ctx", 0)
                .put("majf", 0)
                .put("minf", 0);
        job.putObject("iodepth_level").put(String.valueOf(w.qdepth()), 100.0);
        job.put("latency_depth", w.qdepth())
                .put("latency_target", 0)
                .put("latency_percentile", 100.0)
                .put("latency_window", 0);
        return job;
    }

    private static LatencyHistogram latency(WorkerResult r, IntPredicate opcodes) {
        LatencyHistogram all = LatencyHistogram.empty();
        for (int o : r.operations().stream()
                .mapToInt(OperationCount::opcode)
                .filter(opcodes)
                .distinct()
                .toArray()) {
            all = all.plus(r.operations().stream()
                    .filter(x -> x.opcode() == o)
                    .findFirst()
                    .orElseThrow()
                    .latency());
        }
        return all;
    }

    private static ObjectNode direction(WorkerResult r, IntPredicate opcodes) {
        List<OperationCount> ops =
                r.operations().stream().filter(o -> opcodes.test(o.opcode())).toList();
        long bytes = ops.stream().mapToLong(OperationCount::bytes).sum();
        long ios = ops.stream().mapToLong(OperationCount::completed).sum();
        long sum = ops.stream().mapToLong(OperationCount::latencySumNanos).sum();
        long min = ops.stream()
                .filter(o -> o.latencyMaxNanos() != 0)
                .mapToLong(OperationCount::latencyMinNanos)
                .min()
                .orElse(0);
        long max = ops.stream().mapToLong(OperationCount::latencyMaxNanos).max().orElse(0);
        double seconds = r.counters().elapsedNanos() / 1e9;
        double bandwidth = seconds == 0 ? 0 : bytes / seconds;
        LatencyHistogram h = latency(r, opcodes);
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("io_bytes", bytes)
                .put("io_kbytes", bytes / 1024)
                .put("bw_bytes", (long) bandwidth)
                .put("bw", (long) (bandwidth / 1024))
                .put("iops", seconds == 0 || ios == 0 ? 0 : ios / seconds)
                .put("runtime", ios == 0 ? 0 : r.counters().elapsedNanos() / 1_000_000)
                .put("total_ios", ios)
                .put("short_ios", 0)
                .put("drop_ios", 0);
        node.set("slat_ns", times(LatencyHistogram.empty(), 0, 0, 0, false));
        node.set("clat_ns", times(h, sum, min, max, true));
        node.set("lat_ns", times(h, sum, min, max, false));
        series(node, r, opcodes, ios);
        return node;
    }

    /** Figures of the intervals; those of reads and writes only, as intervals know no other kinds. */
    private static void series(ObjectNode node, WorkerResult r, IntPredicate opcodes, long ios) {
        boolean reads = opcodes.test(IoOperation.READ);
        boolean known = ios > 0 && (reads || opcodes.test(IoOperation.WRITE));
        List<WorkerInterval> all = known
                ? r.intervals().stream()
                        .filter(i -> i.endNanos() - i.startNanos()
                                >= r.workload().measurement().interval().toNanos())
                        .toList()
                : List.of();
        double[] iops = all.stream()
                .mapToDouble(i -> (reads ? i.reads() : i.writes()) / i.seconds())
                .toArray();
        double[] kib = all.stream()
                .mapToDouble(i -> (reads ? i.readBytes() : i.writeBytes()) / i.seconds() / 1024)
                .toArray();
        statistics(node, "bw", kib);
        statistics(node, "iops", iops);
    }

    private static void statistics(ObjectNode node, String name, double[] values) {
        double mean = java.util.Arrays.stream(values).average().orElse(0);
        double squares = java.util.Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElse(0);
        node.put(name + "_min", Math.round(java.util.Arrays.stream(values).min().orElse(0)))
                .put(
                        name + "_max",
                        Math.round(java.util.Arrays.stream(values).max().orElse(0)));
        if (name.equals("bw")) {
            node.put("bw_agg", values.length == 0 ? 0.0 : 100.0);
        }
        node.put(name + "_mean", mean).put(name + "_dev", Math.sqrt(squares)).put(name + "_samples", values.length);
    }

    private static ObjectNode times(LatencyHistogram h, long sum, long min, long max, boolean bins) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        double mean = h.count() == 0 ? 0 : sum == 0 ? h.meanNanos() : (double) sum / h.count();
        double[] squares = {0};
        h.forEachBucket((from, to, n) -> {
            double middle = (from + to - 1) / 2.0;
            squares[0] += n * (middle - mean) * (middle - mean);
        });
        node.put("min", min == 0 ? h.minNanos() : min)
                .put("max", max == 0 ? h.maxNanos() : max)
                .put("mean", mean)
                .put("stddev", h.count() == 0 ? 0 : Math.sqrt(squares[0] / h.count()))
                .put("N", h.count());
        if (bins) {
            node.set("percentile", WorkerResultJson.percentiles(h));
            ObjectNode counts = node.putObject("bins");
            h.forEachBucket((from, to, n) -> counts.put(String.valueOf((from + to - 1) / 2), n));
        }
        return node;
    }
}
