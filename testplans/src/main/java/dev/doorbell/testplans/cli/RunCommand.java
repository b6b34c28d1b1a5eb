package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.testplans.plan.Plan;
import dev.doorbell.testplans.plan.PlanReader;
import dev.doorbell.testplans.plan.Plans;
import dev.doorbell.testplans.report.HtmlReport;
import dev.doorbell.testplans.report.JUnitXml;
import dev.doorbell.testplans.run.PlanRun;
import dev.doorbell.testplans.run.RunListener;
import dev.doorbell.testplans.run.RunOptions;
import dev.doorbell.testplans.run.RunResult;
import dev.doorbell.testplans.run.State;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "run", mixinStandardHelpOptions = true, description = "Runs test plans on a device.")
final class RunCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "PLAN",
            arity = "1..*",
            description = "A bundled plan's id, a plan file, or a folder with plans.")
    private List<String> plans;

    @Option(names = "--device", paramLabel = "DEVICE", defaultValue = "sim:", description = "A device's address; sim:")
    private String device;

    @Option(names = "--report", paramLabel = "DIR", description = "Write PLAN.html and PLAN.xml (JUnit) there.")
    private Path report;

    @Option(
            names = "--case",
            paramLabel = "ID",
            description = "Only this group or group/case; may stand several times.")
    private List<String> cases = List.of();

    @Option(names = "--seed", paramLabel = "N", description = "Seed of all random data; the plan's or a new one.")
    private Amount seed;

    @Option(names = "--stop-on-failure", description = "End after the first bad case.")
    private boolean stopOnFailure;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Shield shield;

    @Mixin
    private FaultOption faults;

    @Override
    public Integer call() {
        List<Plan> all = read();
        shield.check(DeviceAddress.parse(device), "test plans write to it");
        faults.check(DeviceAddress.parse(device));
        checkCases(all);
        PrintWriter out = spec.commandLine().getOut();
        OptionalLong seedValue = seed == null ? OptionalLong.empty() : OptionalLong.of(seed.asLong());
        RunOptions options = new RunOptions(seedValue, Set.copyOf(cases), stopOnFailure);
        List<RunResult> results = new ArrayList<>();
        try (Controller c =
                Controller.open(shield.address(DeviceAddress.parse(device)), Controller.Options.defaults())) {
            faults.apply(c.device());
            for (Plan plan : all) {
                RunListener listener = json ? RunListener.NONE : new RunText(out, Style.detect());
                RunResult result = cancellable(new PlanRun(plan, c, options, listener));
                results.add(result);
                write(result, out);
                if (result.state() == State.ERROR) {
                    break;
                }
            }
        }
        if (json) {
            print(results, out);
        }
        return exitCode(results);
    }

    private static int exitCode(List<RunResult> results) {
        if (results.stream().anyMatch(r -> r.state() == State.ERROR)) {
            return ExitCodes.DEVICE;
        }
        return results.stream().allMatch(r -> r.state() == State.PASSED) ? ExitCodes.OK : ExitCodes.FAILED;
    }

    private List<Plan> read() {
        List<Plan> all = new ArrayList<>();
        for (String name : plans) {
            Path path = Path.of(name);
            if (Files.isDirectory(path)) {
                List<Path> files = Plans.files(path);
                if (files.isEmpty()) {
                    throw new ParameterException(spec.commandLine(), "the folder " + name + " holds no plan (*.yaml)");
                }
                files.forEach(f -> all.add(PlanReader.read(f)));
            } else if (Files.isRegularFile(path)) {
                all.add(PlanReader.read(path));
            } else {
                all.add(Plans.bundled(name)
                        .orElseThrow(() -> new ParameterException(
                                spec.commandLine(),
                                "'%s' is neither a file nor a bundled plan; bundled are %s"
                                        .formatted(name, String.join(", ", Plans.bundledIds())))));
            }
        }
        return all;
    }

    private void checkCases(List<Plan> all) {
        for (String id : cases) {
            boolean known = all.stream()
                    .anyMatch(p ->
                            p.findCase(id).isPresent() || p.groups().stream().anyMatch(g -> g.id().equals(id)));
            if (!known) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--case " + id + " is in none of these plans; groups are "
                                + all.stream()
                                        .flatMap(p -> p.groups().stream())
                                        .map(Plan.CaseGroup::id)
                                        .toList());
            }
        }
    }

    /** Ctrl+C ends the run in order: queues are deleted and the report is written. */
    private static RunResult cancellable(PlanRun run) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            run.cancel();
            try {
                ended.await(5, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return run.run();
        } finally {
            ended.countDown();
            if (!run.isCancelled()) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    private void write(RunResult result, PrintWriter out) {
        if (report == null) {
            return;
        }
        Path html = report.resolve(result.planId() + ".html");
        Path xml = report.resolve(result.planId() + ".xml");
        HtmlReport.write(result, html);
        JUnitXml.write(result, xml);
        if (!json) {
            out.println("report: " + html + ", " + xml);
        }
    }

    private void print(List<RunResult> results, PrintWriter out) {
        ObjectNode root = Json.object();
        root.put("device", device);
        root.put("passed", results.stream().allMatch(r -> r.state() == State.PASSED));
        ArrayNode runs = root.putArray("runs");
        results.forEach(r -> runs.add(RunJson.of(r)));
        Json.print(root, out);
    }
}
