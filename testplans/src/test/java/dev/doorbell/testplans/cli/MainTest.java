package dev.doorbell.testplans.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.TcpTarget;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MainTest {
    @TempDir
    private Path folder;

    private record Ran(int code, String out, String err) {
        JsonNode json() throws IOException {
            assertThat(err).isEmpty();
            return new ObjectMapper().readTree(out);
        }
    }

    private static Ran run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.execute(new PrintWriter(out, true), new PrintWriter(err, true), args);
        return new Ran(code, out.toString(), err.toString());
    }

    @Test
    void listShowsTheSimulator() throws IOException {
        Ran text = run("list");
        assertThat(text.code()).isZero();
        assertThat(text.out().lines().findFirst().orElseThrow())
                .startsWith("DEVICE")
                .contains("KIND");
        assertThat(text.out()).containsPattern("(?m)^sim: +sim ");
        JsonNode json = run("list", "--json").json();
        assertThat(json.path("schema_version").asInt()).isEqualTo(1);
        assertThat(json.path("devices").findValuesAsText("address")).contains("sim:");
        assertThat(json.path("devices").get(0).path("capacity_bytes").isNumber())
                .isTrue();
    }

    @Test
    void discoverListsTheSubsystemsOfATarget() throws IOException {
        try (TcpTarget target = TcpTarget.open(TcpTarget.Options.of(DeviceAddress.parse("sim:size=16MiB")))) {
            Thread.ofPlatform().name("target").daemon().start(target::run);
            String service = "tcp://" + target.listening().getFirst();
            String device = target.addresses().getFirst().text();
            Ran text = run("discover", service);
            assertThat(text.code()).isZero();
            assertThat(text.out()).contains("generation", target.nqns().getFirst(), device);
            JsonNode entries = run("discover", service, "--no-referrals", "--json")
                    .json()
                    .path("services")
                    .get(0)
                    .path("entries");
            assertThat(entries.findValuesAsText("device")).contains(device);
            assertThat(entries.findValuesAsText("subsystem_nqn"))
                    .contains(target.nqns().getFirst());
        }
        assertThat(run("discover", "sim:").code()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("discover", "tcp://127.0.0.1:1").err()).contains("refuses the connection");
    }

    @Test
    void faultsOfTheCommandLineAreInForceAndCounted() throws IOException {
        String[] read = {"send", "sim:", "--queue", "io", "--opcode", "2", "--nsid", "1", "--data-in", "512"};
        assertThat(run(with(read, "--faults", "opcode=read then status=2/0x81")).out())
                .contains("02/81");
        Path file = folder.resolve("a.faults");
        Files.writeString(file, "# every second\nopcode=read every=2 then status=2/0x81\n");
        Ran worker = run(
                "worker", "sim:", "--pattern", "randread", "--time", "200ms", "--faults", file.toString(), "--json");
        assertThat(worker.code()).isEqualTo(ExitCodes.FAILED);
        JsonNode rule = worker.json().path("faults").get(0);
        assertThat(rule.path("rule").asText()).isEqualTo("io opcode=read every=2 then status=2/0x81");
        assertThat(rule.path("hits").asLong()).isEqualTo(rule.path("matched").asLong() / 2);
        assertThat(worker.json().path("errors").asLong())
                .isEqualTo(rule.path("hits").asLong());

        Ran wrong = run(with(read, "--faults", "io then explode"));
        assertThat(wrong.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err()).contains("'explode'");
        Ran real = run("run", "smoke", "--device", "qemu:", "--faults", "io then drop");
        assertThat(real.code()).isEqualTo(ExitCodes.USAGE);
        assertThat(real.err()).contains("--faults is for simulators");
    }

    private static String[] with(String[] args, String... more) {
        return java.util.stream.Stream.of(args, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
    }

    @Test
    void dryRunPrintsTheDecodedEntryAndOpensNothing() throws IOException {
        // No such device: a dry run must not care.
        String[] read = {
            "send",
            "0000:ff:1f.7",
            "--queue",
            "io",
            "--opcode",
            "0x02",
            "--nsid",
            "1",
            "--cdw10",
            "0x1000",
            "--cdw12",
            "7",
            "--dry-run"
        };
        Ran text = run(read);
        assertThat(text.code()).isZero();
        assertThat(text.out().lines())
                .anyMatch(l -> l.startsWith("Read  ns 1, LBA 4"))
                .anyMatch(l -> l.matches("1 +0x00000001 +NSID .*"))
                .anyMatch(l -> l.matches("10 +0x00001000 +SLBA .*"))
                .anyMatch(l -> l.matches("12 +0x00000007 +NLB .*8 logical blocks.*"));
        String[] withJson = java.util.Arrays.copyOf(read, read.length + 1);
        withJson[read.length] = "--json";
        JsonNode json = run(withJson).json();
        assertThat(json.path("sqe_dwords").get(10).asLong()).isEqualTo(0x1000);
        assertThat(json.path("fields").path("slba").asLong()).isEqualTo(0x1000);
        assertThat(json.path("command").asText()).isEqualTo("Read");
    }

    @Test
    void sendShowsCompletionAndDecodedData() throws IOException {
        String[] identify = {"send", "sim:", "--queue", "admin", "--opcode", "6", "--cdw10", "1", "--data-in", "4KiB"};
        Ran text = run(identify);
        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("Success (00/00)").containsPattern("(?m)63:24 +MN +\\S");
        JsonNode json = run(
                        "send",
                        "sim:",
                        "--queue",
                        "admin",
                        "--opcode",
                        "6",
                        "--cdw10",
                        "1",
                        "--data-in",
                        "4096",
                        "--json")
                .json();
        assertThat(json.path("completion").path("success").asBoolean()).isTrue();
        assertThat(json.path("completion").path("latency_ns").asLong()).isPositive();
        assertThat(json.path("data").path("mn").asText()).isNotBlank();
        assertThat(json.path("data_hex").asText()).hasSize(8192);
    }

    @Test
    void anErrorStatusIsExitCode1() throws IOException {
        Ran text = run("send", "sim:", "--queue", "admin", "--opcode", "0x7b");
        assertThat(text.code()).isEqualTo(1);
        assertThat(text.out()).contains("Invalid Command Opcode (00/01)");
    }

    @Test
    void dataGoesOutFromAFileAndComesBack() throws IOException {
        byte[] bytes = new byte[512];
        java.util.Arrays.fill(bytes, (byte) 0x5c);
        Path file = Files.write(folder.resolve("data.bin"), bytes);
        String disk = "sim:size=64MiB,file=" + folder.resolve("disk.img");
        assertThat(run("send", disk, "--queue", "io", "--opcode", "1", "--nsid", "1", "--data-out", file.toString())
                        .code())
                .isZero();
        Ran read = run("send", disk, "--queue", "io", "--opcode", "2", "--nsid", "1", "--data-in", "512");
        assertThat(read.out()).contains("0000  5c 5c 5c 5c 5c 5c 5c 5c  5c");
    }

    @Test
    void showDecodesEveryKind() throws IOException {
        assertThat(run("show", "config", "sim:").out()).containsPattern("(?m)^ +1:0 +VID +0x");
        assertThat(run("show", "registers", "sim:").out()).containsPattern("VS +0x00020000 +Version");
        assertThat(run("show", "identify", "sim:").out()).containsPattern("(?m)^ *23:4 +SN +\\S");
        assertThat(run("show", "identify", "sim:", "--nsid", "1").out()).contains("NSZE");
        assertThat(run("show", "log", "sim:", "--lid", "2").out()).contains("Composite Temperature");
        assertThat(run("show", "feature", "sim:", "--fid", "7").out()).contains("Number of Queues");
        assertThat(run("show", "identify", "sim:", "--json")
                        .json()
                        .path("data")
                        .path("sqes")
                        .path("raw")
                        .asInt())
                .isEqualTo(0x66);
        assertThat(run("show", "log", "sim:", "--lid", "2", "--json")
                        .json()
                        .path("hex")
                        .asText())
                .hasSize(1024);
        assertThat(run("show", "feature", "sim:", "--fid", "4", "--json")
                        .json()
                        .path("value")
                        .asLong())
                .isPositive();
    }

    @Test
    void workerJsonHasIopsOnTop() throws IOException {
        JsonNode json = run(
                        "worker",
                        "sim:",
                        "--pattern",
                        "mix",
                        "--read-percent",
                        "70",
                        "--io-size",
                        "4KiB",
                        "--qdepth",
                        "8",
                        "--time",
                        "300ms",
                        "--workers",
                        "2",
                        "--json")
                .json();
        assertThat(json.path("iops").asDouble()).isPositive();
        assertThat(json.path("errors").asLong()).isZero();
        assertThat(json.path("reads").asLong()).isPositive();
        assertThat(json.path("latency_ns").path("p99").asLong()).isPositive();
        Ran text = run("worker", "sim:", "--pattern", "randread", "--time", "200ms");
        assertThat(text.out()).contains("4 KiB random read, qdepth 32", "IOPS", "P99.9");
    }

    @Test
    void runWritesReportsAndGivesTheExitCode() throws IOException {
        Path plan = Files.writeString(folder.resolve("mini.yaml"), """
                plan: mini
                title: Mini
                groups:
                  - group: g
                    title: Things
                    cases:
                      - {case: good, title: Good, steps: [{command: flush}]}
                      - {case: bad, title: Bad, steps: [{command: 0x7b, queue: io}]}
                """);
        Ran all = run(
                "run",
                plan.toString(),
                "--device",
                "sim:size=64MiB",
                "--report",
                folder.resolve("out").toString());
        assertThat(all.code()).isEqualTo(1);
        assertThat(all.out().lines())
                .anyMatch(l -> l.startsWith("Mini on sim:size=64MiB  seed 0x"))
                .anyMatch(l -> l.startsWith("  ✔ Good"))
                .anyMatch(l -> l.startsWith("  ✘ Bad"))
                .anyMatch(l -> l.contains("Opcode 0x7b ended with 00/01 Invalid Command Opcode, expected Success."))
                .anyMatch(l -> l.startsWith("1 passed, 1 failed in "));
        assertThat(folder.resolve("out/mini.html")).exists();
        assertThat(folder.resolve("out/mini.xml")).exists();
        assertThat(run("run", folder.toString(), "--case", "g/good").code()).isZero();
        JsonNode json = run("run", plan.toString(), "--seed", "0x10", "--json").json();
        assertThat(json.path("passed").asBoolean()).isFalse();
        assertThat(json.path("runs").get(0).path("seed").asLong()).isEqualTo(16);
        assertThat(json.path("runs").get(0).path("counts").path("failed").asInt())
                .isEqualTo(1);
    }

    @Test
    void mistakesAreOneLineThatSaysWhatIsAllowed() throws IOException {
        assertMistake(
                2,
                "a command is missing: list, discover, show, send, worker, run, serve, bind, unbind, remove or rescan");
        assertMistake(2, "--pattern rnd is unknown; allowed: randread", "worker", "sim:", "--pattern", "rnd");
        assertMistake(
                2, "'3' is no time; allowed: 500ms, 3s, 2min", "worker", "sim:", "--pattern", "read", "--time", "3");
        assertMistake(
                2,
                "--opcode 256 is out of range; allowed: 0 to 255",
                "send",
                "sim:",
                "--queue",
                "io",
                "--opcode",
                "256");
        assertMistake(2, "'nope' is neither a file nor a bundled plan; bundled are smoke", "run", "nope");
        assertMistake(3, "there is no option 'colour'", "show", "registers", "sim:colour=red");
        assertMistake(2, "0000:01:00.0 is a real device", "run", "smoke", "--device", "0000:01:00.0");
        Path wrong = Files.writeString(folder.resolve("w.yaml"), "plan: w\ntitle: W\nx: 1\n");
        assertMistake(2, "w.yaml:3: 'x' is no part of a plan", "run", wrong.toString());
        assertMistake(3, "", "show", "registers", "0000:ff:1f.7");
        assertMistake(3, "0000:ff:1f.7: there is no such PCI function", "bind", "--dry-run", "ff:1f.7");
        assertMistake(3, "/dev/nvme0 is no PCI function; write it as 0000:01:00.0", "unbind", "/dev/nvme0");
        assertMistake(3, "0000:ff:1f.7: there is no such PCI function", "remove", "--dry-run", "ff:1f.7");
        assertMistake(3, "/dev/nvme0 is no PCI function; write it as 0000:01:00.0", "rescan", "/dev/nvme0");
        assertMistake(2, "\"nvme0\" is not a device address", "bind", "nvme0");
    }

    private static void assertMistake(int code, String message, String... args) {
        Ran ran = run(args);
        assertThat(ran.err()).startsWith("doorbell: ").contains(message).doesNotContain("\tat ");
        assertThat(ran.code()).as(ran.err()).isEqualTo(code);
    }

    @Test
    void serveLetsAnotherUseTheSimulatorUntilItIsEnded() throws Exception {
        Path socket = folder.resolve("cntrl");
        java.util.concurrent.FutureTask<Ran> serving = new java.util.concurrent.FutureTask<>(
                () -> run("serve", "sim:size=64MiB", "--vfio-user", socket.toString()));
        Thread thread = Thread.ofPlatform().start(serving);
        while (!Files.exists(socket) && thread.isAlive()) {
            Thread.sleep(5);
        }
        JsonNode worker = run(
                        "worker",
                        "vfio-user:" + socket,
                        "--pattern",
                        "read",
                        "--time",
                        "600ms",
                        "--qdepth",
                        "4",
                        "--json")
                .json();
        assertThat(worker.findValue("errors").asInt()).isZero();
        thread.interrupt();
        Ran ran = serving.get();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("open it as vfio-user:" + socket + "; Ctrl-C ends")
                .contains("client 1 has connected");
        assertThat(socket).doesNotExist();
    }

    @Test
    void serveListensForHostsUntilItIsEnded() throws Exception {
        Path trace = folder.resolve("trace.pcapng");
        java.util.concurrent.FutureTask<Ran> serving = new java.util.concurrent.FutureTask<>(() -> run(
                "serve",
                "sim:size=64MiB",
                "sim:size=32MiB",
                "--listen",
                "127.0.0.1:0",
                "--nqn",
                "nqn.2026-01.org.example:first",
                "--trace",
                trace.toString()));
        Thread thread = Thread.ofPlatform().start(serving);
        while (!Files.exists(trace) && thread.isAlive()) {
            Thread.sleep(5);
        }
        thread.interrupt();
        Ran ran = serving.get();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .containsPattern("serving tcp://127\\.0\\.0\\.1:\\d+/nqn\\.2026-01\\.org\\.example:first")
                .containsPattern("serving tcp://127\\.0\\.0\\.1:\\d+/nqn\\.2026-01\\.dev\\.doorbell:sim:SIM0*2\\n")
                .containsPattern("listening at 127\\.0\\.0\\.1:\\d+; Ctrl-C ends");
        assertThat(Files.size(trace)).isEqualTo(60);
    }

    @Test
    void serveSaysWhatItCannotServe() {
        Ran ran = run("serve", "qemu:", "--vfio-user", folder.resolve("cntrl").toString());
        assertThat(ran.code()).isEqualTo(ExitCodes.DEVICE);
        assertThat(ran.err()).contains("only simulated devices can");
        assertMistake(ExitCodes.USAGE, "either --vfio-user PATH or --listen ADDRESS", "serve", "sim:");
        assertMistake(ExitCodes.DEVICE, "no IPv4 or IPv6 address", "serve", "sim:", "--listen", "nowhere:1");
        assertMistake(ExitCodes.DEVICE, "only simulated devices can", "serve", "qemu:", "--listen", "127.0.0.1:0");
        assertMistake(ExitCodes.USAGE, "serves one device", "serve", "sim:", "sim:", "--vfio-user", "/tmp/none");
        assertMistake(
                ExitCodes.USAGE,
                "2 names for 1 devices",
                "serve",
                "sim:",
                "--listen",
                "[::1]:0",
                "--nqn",
                "a",
                "--nqn",
                "b");
    }
}
