package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.WorkerResult;
import dev.doorbell.driver.Workload;
import dev.doorbell.testplans.plan.Quantities;
import dev.doorbell.testplans.plan.WorkerSettings;
import dev.doorbell.testplans.plan.WorkloadKeys;
import dev.doorbell.testplans.run.WorkerRun;
import dev.doorbell.testplans.run.WorkerSeries.Total;
import dev.doorbell.testplans.run.WorkerSeries.WorkerSample;
import dev.doorbell.testplans.run.Workloads;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "worker",
        mixinStandardHelpOptions = true,
        description = "Runs I/O workers and shows rate, bandwidth and latencies.")
final class WorkerCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DEVICE", description = "A device's address.")
    private String device;

    @Option(
            names = "--pattern",
            required = true,
            paramLabel = "PATTERN",
            description = "randread, randwrite, read, write or mix.")
    private String pattern;

    @Option(names = "--read-percent", paramLabel = "N", defaultValue = "50", description = "mix: share of reads; 50.")
    private Amount readPercent;

    @Option(names = "--io-size", paramLabel = "SIZE", defaultValue = "4KiB", description = "Bytes of each I/O; 4KiB.")
    private Amount ioSize;

    @Option(names = "--qdepth", paramLabel = "N", defaultValue = "32", description = "I/Os outstanding; 32.")
    private Amount qdepth;

    @Option(
            names = "--time",
            paramLabel = "TIME",
            description = "How long; 3s where nothing else ends it: --ios, --replay, --set bytes=, --set passes=.")
    private Duration time;

    @Option(names = "--ios", paramLabel = "N", description = "I/Os of each worker.")
    private Amount ios;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A part of the workload as in plans: --set 'operations=read 70, trim 30', --set step=16 ...")
    private Map<String, String> parts = new LinkedHashMap<>();

    @Option(names = "--replay", paramLabel = "FILE", description = "Sends a trace: blkparse, fio's iolog or CSV.")
    private Path replay;

    @Option(
            names = "--speed",
            paramLabel = "X",
            defaultValue = "1",
            description = "Of a trace: 1 keeps its times, 0 is as fast as possible; 1.")
    private double speed;

    @Option(names = "--result", paramLabel = "FILE", description = "Writes all measurements as JSON.")
    private Path result;

    @Option(names = "--fio-json", paramLabel = "FILE", description = "Writes them in the layout of fio's JSON+.")
    private Path fioJson;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1", description = "Workers at once; 1.")
    private Amount workers;

    @Option(names = "--nsid", paramLabel = "N", description = "Namespace; the first active one.")
    private Amount nsid;

    @Option(names = "--iops", paramLabel = "N", description = "Pace of each worker; none.")
    private Amount iops;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Seed of the random order; 1.")
    private Amount seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Shield shield;

    @Mixin
    private FaultOption faults;

    @Override
    public Integer call() {
        if (!WorkerSettings.PATTERNS.contains(pattern)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--pattern " + pattern + " is unknown; allowed: " + String.join(", ", WorkerSettings.PATTERNS));
        }
        int reads = Workloads.readPercent(pattern, readPercent.within("--read-percent", 0, 100));
        if (reads < 100 || changesData()) {
            shield.check(DeviceAddress.parse(device), "a worker that writes destroys its data");
        }
        faults.check(DeviceAddress.parse(device));
        PrintWriter out = spec.commandLine().getOut();
        try (Controller c =
                Controller.open(shield.address(DeviceAddress.parse(device)), Controller.Options.defaults())) {
            List<Workload> all = workloads(c, reads);
            faults.apply(c.device());
            Live live = new Live(
                    json || System.console() == null
                            ? Optional.empty()
                            : Optional.of(spec.commandLine().getErr()));
            WorkerRun.Result outcome = new WorkerRun(c, all, "worker").run(LockSupport::parkNanos, live::show);
            live.clear();
            save(outcome);
            if (json) {
                json(outcome, c.device(), out);
            } else {
                text(outcome, out);
                faults.print(c.device(), out, Style.detect());
            }
            return outcome.failure().isPresent() || outcome.series().total().errors() > 0
                    ? ExitCodes.FAILED
                    : ExitCodes.OK;
        }
    }

    private void save(WorkerRun.Result outcome) {
        try {
            if (result != null) {
                Files.writeString(
                        result,
                        outcome.workers().stream()
                                .map(WorkerResult::toJson)
                                .collect(Collectors.joining(",\n", "[", "]\n")));
            }
            if (fioJson != null) {
                Files.writeString(fioJson, WorkerResult.toFioJson(outcome.workers()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the results cannot be written: " + e, e);
        }
    }

    /** What the parts of the workload make of reads. */
    private boolean changesData() {
        Workload w = parted(Workload.builder(1).build());
        return (replay == null ? w : Workloads.replay(w, replay.toString(), speed, 512)).changesData();
    }

    private Workload parted(Workload w) {
        for (Map.Entry<String, String> part : parts.entrySet()) {
            try {
                w = WorkloadKeys.apply(w, part.getKey(), part.getValue());
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--set " + part.getKey() + ": " + e.getMessage());
            }
        }
        return w;
    }

    private Duration duration() {
        boolean ends = ios != null || replay != null || parts.containsKey("bytes") || parts.containsKey("passes");
        return time != null ? time : ends ? Duration.ZERO : Duration.ofSeconds(3);
    }

    private List<Workload> workloads(Controller c, int reads) {
        List<Integer> active = c.activeNamespaces();
        if (nsid == null && active.isEmpty()) {
            throw new IllegalArgumentException(device + " has no active namespace to run a worker on");
        }
        int ns = nsid == null ? active.getFirst() : nsid.dword("--nsid");
        List<Workload> all = new ArrayList<>();
        for (int i = 0; i < workers.within("--workers", 1, 64); i++) {
            Workload.Builder b = Workload.builder(ns)
                    .ioSize(ioSize.within("--io-size", 512, 64 << 20))
                    .randomPercent(Workloads.randomPercent(pattern))
                    .readPercent(reads)
                    .qdepth(qdepth.within("--qdepth", 1, 65535))
                    .duration(duration())
                    .ioCount(ios == null ? 0 : ios.asLong())
                    .seed(seed.asLong() + i);
            if (iops != null) {
                b.iopsLimit(iops.asLong());
            }
            Workload w = parted(b.build());
            all.add(
                    replay == null
                            ? w
                            : Workloads.replay(
                                    w, replay.toString(), speed, c.namespace(ns).lbaBytes()));
        }
        return all;
    }

    private void json(WorkerRun.Result result, Device device, PrintWriter out) {
        Total t = result.series().total();
        ObjectNode root = Json.object();
        root.put("device", this.device)
                .put("workload", result.series().workload())
                .put("iops", t.iops())
                .put("bytes_per_second", t.bytesPerSecond())
                .put("seconds", t.seconds())
                .put("ios", t.ios())
                .put("reads", t.reads())
                .put("writes", t.writes())
                .put("bytes", t.bytes())
                .put("errors", t.errors());
        root.putObject("latency_ns")
                .put("mean", t.meanNanos())
                .put("p50", t.p50Nanos())
                .put("p99", t.p99Nanos())
                .put("p99_9", t.p999Nanos())
                .put("max", t.maxNanos());
        ArrayNode samples = root.putArray("samples");
        for (WorkerSample s : result.series().samples()) {
            samples.addObject()
                    .put("elapsed_ns", s.elapsedNanos())
                    .put("iops", s.iops())
                    .put("bytes_per_second", s.bytesPerSecond())
                    .put("p50_ns", s.p50Nanos())
                    .put("p99_ns", s.p99Nanos())
                    .put("p99_9_ns", s.p999Nanos());
        }
        result.failure().ifPresent(f -> root.put("failure", f));
        faults.json(device, root);
        Json.print(root, out);
    }

    private static void text(WorkerRun.Result result, PrintWriter out) {
        Style style = Style.detect();
        Total t = result.series().total();
        out.println(style.bold(result.series().workload()));
        new Table(">IOPS", ">BANDWIDTH", ">I/OS", ">TIME", ">MEAN", ">P50", ">P99", ">P99.9", ">MAX", ">ERRORS")
                .row(
                        Quantities.rate(t.iops()),
                        Quantities.bytes((long) t.bytesPerSecond()) + "/s",
                        Quantities.grouped(t.ios()),
                        Quantities.nanos((long) (t.seconds() * 1e9)),
                        Quantities.nanos((long) t.meanNanos()),
                        Quantities.nanos(t.p50Nanos()),
                        Quantities.nanos(t.p99Nanos()),
                        Quantities.nanos(t.p999Nanos()),
                        Quantities.nanos(t.maxNanos()),
                        Quantities.grouped(t.errors()))
                .print(out, style::bold);
        result.failure().ifPresent(f -> out.println(style.bad("The worker stopped: " + f)));
    }

    /** A line that is written over while workers run on a terminal. */
    private record Live(Optional<PrintWriter> terminal) {
        void show(WorkerSample s) {
            terminal.ifPresent(out -> {
                out.print("\r\u001b[K%s  %s IOPS  %s/s  p99 %s"
                        .formatted(
                                Quantities.nanos(s.elapsedNanos()),
                                Quantities.rate(s.iops()),
                                Quantities.bytes((long) s.bytesPerSecond()),
                                Quantities.nanos(s.p99Nanos())));
                out.flush();
            });
        }

        void clear() {
            terminal.ifPresent(out -> {
                out.print("\r\u001b[K");
                out.flush();
            });
        }
    }
}
