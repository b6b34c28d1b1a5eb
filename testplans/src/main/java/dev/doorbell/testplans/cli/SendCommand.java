package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Completion;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec.Danger;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.spec.CommandText;
import dev.doorbell.spec.Decoded;
import dev.doorbell.testplans.plan.Hex;
import dev.doorbell.testplans.plan.Quantities;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = "Sends one command, legal or not, and shows its completion and data.")
final class SendCommand implements Callable<Integer> {
    /** Which queue. */
    enum Queue {
        ADMIN,
        IO
    }

    private static final int MAX_DATA = 64 << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DEVICE", description = "A device's address.")
    private String device;

    @Option(names = "--queue", required = true, paramLabel = "QUEUE", description = "admin or io.")
    private Queue queue;

    @Mixin
    private SqeOptions sqe;

    @ArgGroup
    private Data data = new Data();

    /** The command's data, one way or the other. */
    static final class Data {
        @Option(names = "--data-in", paramLabel = "BYTES", description = "Room for data from the device.")
        private Amount in;

        @Option(names = "--data-out", paramLabel = "FILE", description = "Data for the device.")
        private Path out;
    }

    @Option(names = "--timeout", paramLabel = "TIME", defaultValue = "10s", description = "Time limit; 10s.")
    private Duration timeout;

    @Option(names = "--dry-run", description = "Show the submission queue entry; send nothing, open nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private Shield shield;

    @Mixin
    private FaultOption faults;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        byte[] entry = sqe.bytes();
        Sqe sent = Sqe.of(entry, queue == Queue.ADMIN);
        DeviceAddress address = DeviceAddress.parse(device);
        faults.check(address);
        if (dryRun) {
            if (json) {
                Json.print(sent.json(Json.object().put("device", device).put("dry_run", true)), out);
            } else {
                sent.print(out, Style.detect());
            }
            return ExitCodes.OK;
        }
        sent.spec()
                .filter(s -> s.danger() != Danger.NONE)
                .ifPresent(s -> shield.check(address, s.name() + " can change it for good: " + s.dangerText()));
        try (Controller c = Controller.open(shield.address(address), Controller.Options.defaults())) {
            shield.guard(c.device());
            faults.apply(c.device());
            return run(c, entry, sent, out);
        }
    }

    private int run(Controller c, byte[] entry, Sqe sent, PrintWriter out) {
        Optional<byte[]> payload = Optional.ofNullable(data.out).map(SendCommand::read);
        int size = payload.map(p -> p.length)
                .orElseGet(() -> data.in == null ? 0 : data.in.within("--data-in", 1, MAX_DATA));
        Qpair qpair = queue == Queue.ADMIN ? c.admin() : c.createQpair(2);
        Buffer buffer = c.device().allocate(Math.max(size, 4));
        try {
            buffer.fill((byte) 0);
            payload.ifPresent(p -> buffer.put(0, p));
            dev.doorbell.driver.Command command =
                    dev.doorbell.driver.Command.raw(entry).timeout(timeout);
            Completion end = qpair.execute(size == 0 ? command : command.data(buffer, 0, size));
            byte[] came = data.in == null || !end.isSuccess() ? new byte[0] : buffer.get(0, size);
            if (json) {
                json(sent, end, came, out);
            } else {
                text(sent, end, came, out);
            }
            return end.isSuccess() ? ExitCodes.OK : ExitCodes.FAILED;
        } finally {
            if (!qpair.isAdmin()) {
                qpair.close();
            }
            buffer.close();
        }
    }

    private static byte[] read(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length == 0 || bytes.length > MAX_DATA) {
                throw new IllegalArgumentException(
                        file + " has " + bytes.length + " bytes; allowed for a command's data: 1 byte to 64 MiB");
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void json(Sqe sent, Completion end, byte[] came, PrintWriter out) {
        ObjectNode root = sent.json(Json.object().put("device", device));
        ObjectNode completion = root.putObject("completion");
        completion.put("success", end.isSuccess());
        completion.put("timed_out", end.timedOut());
        completion.put("status", status(end));
        completion.put("sct", end.sct()).put("sc", end.sc());
        completion.put("dnr", end.dnr()).put("more", end.more()).put("crd", end.crd());
        completion.put("latency_ns", end.latencyNanos());
        ArrayNode dwords = completion.putArray("dwords");
        for (int i = 0; i < 4; i++) {
            dwords.add(Integer.toUnsignedLong(end.dword(i)));
        }
        if (came.length > 0) {
            decode(sent, came).ifPresent(d -> root.set("data", d.toJson()));
            root.put("data_hex", HexFormat.of().formatHex(came));
        }
        Json.print(root, out);
    }

    private void text(Sqe sent, Completion end, byte[] came, PrintWriter out) {
        Style style = Style.detect();
        String status = status(end) + (end.timedOut() ? "" : " (" + end.statusCode() + ")");
        Table table = new Table("COMMAND", "DETAILS", "STATUS", ">DWORD 0", ">LATENCY");
        table.row(
                sent.name(),
                sent.details(),
                status + (end.dnr() && !end.timedOut() ? ", do not retry" : ""),
                "0x%08x".formatted(end.cdw0()),
                Quantities.nanos(end.latencyNanos()));
        table.print(out, style::bold);
        if (came.length > 0) {
            out.println();
            Optional<Decoded> decoded = decode(sent, came);
            decoded.ifPresent(d -> new DecodedText(style, false).print(d, out, "BYTES"));
            if (decoded.isEmpty()) {
                out.print(Hex.dump(came));
            }
        }
    }

    private static String status(Completion end) {
        return end.timedOut()
                ? "no end within the time limit"
                : end.lost() ? "lost" : Catalogue.standard().statusCodes().describe(end.statusField());
    }

    private static Optional<Decoded> decode(Sqe sent, byte[] data) {
        return sent.spec().flatMap(s -> s.dataStructure(sent.bytes())).map(s -> s.decode(data));
    }

    /** A submission queue entry with what the catalogue says of it. */
    record Sqe(byte[] bytes, boolean admin, Optional<dev.doorbell.spec.CommandSpec> spec, String name, String details) {
        static Sqe of(byte[] bytes, boolean admin) {
            Catalogue catalogue = Catalogue.standard();
            dev.doorbell.spec.CommandSpec.Queue q =
                    admin ? dev.doorbell.spec.CommandSpec.Queue.ADMIN : dev.doorbell.spec.CommandSpec.Queue.IO;
            return new Sqe(
                    bytes,
                    admin,
                    catalogue.command(q, bytes[0] & 0xff),
                    CommandText.name(catalogue, q, bytes),
                    CommandText.details(catalogue, q, bytes));
        }

        int dword(int i) {
            return java.nio.ByteBuffer.wrap(bytes)
                    .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                    .getInt(4 * i);
        }

        ObjectNode json(ObjectNode root) {
            root.put("queue", admin ? "admin" : "io");
            root.put("opcode", bytes[0] & 0xff).put("command", name).put("details", details);
            ArrayNode dwords = root.putArray("sqe_dwords");
            for (int i = 0; i < 16; i++) {
                dwords.add(Integer.toUnsignedLong(dword(i)));
            }
            ObjectNode fields = root.putObject("fields");
            spec.ifPresent(s -> s.fields().forEach(f -> fields.put(f.name().toLowerCase(Locale.ROOT), f.get(bytes))));
            return root;
        }

        void print(PrintWriter out, Style style) {
            out.println(style.bold(name)
                    + (details.isEmpty() ? "" : "  " + details)
                    + style.muted(admin ? "  admin queue" : "  I/O queue"));
            Table table = new Table("DWORD", "VALUE", "FIELD", ">NUMBER", "MEANING");
            for (int i = 0; i < 16; i++) {
                int index = i;
                boolean first = true;
                for (DwordField f :
                        fields().stream().filter(f -> f.dword() == index).toList()) {
                    Decoded value = f.decode(f.get(bytes));
                    String meaning = value.meaning().isEmpty() ? f.title() : f.title() + ": " + value.meaning();
                    table.row(first ? "" + i : "", first ? hex(i) : "", f.name(), value.value(), meaning);
                    first = false;
                }
                if (first) {
                    table.row("" + i, hex(i), "", "", "");
                }
            }
            table.print(out, style::bold);
        }

        private java.util.List<DwordField> fields() {
            java.util.List<DwordField> all =
                    new java.util.ArrayList<>(Catalogue.standard().commonFields());
            spec.ifPresent(s -> all.addAll(s.fields()));
            return all;
        }

        private String hex(int i) {
            return "0x%08x".formatted(dword(i));
        }
    }
}
