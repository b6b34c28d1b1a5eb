package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.FaultPlan;
import dev.doorbell.driver.Simulator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Lets a simulator misbehave while a command uses it: {@code --faults FILE} or {@code --faults "opcode=read then delay=5ms"}. */
final class FaultOption {
    private static final long LONGEST = 64 * 1024;

    @Option(
            names = "--faults",
            paramLabel = "PLAN",
            description = "Fault plan of a simulator: a file, or the rules themselves.")
    private String plan;

    /** Refuses a wrong plan, or one for a device that is no simulator, before anything is opened. */
    void check(DeviceAddress address) {
        if (plan != null) {
            if (!address.scheme().equals("sim")) {
                throw new IllegalArgumentException(
                        "--faults is for simulators, and " + address.text() + " is none; use sim:, or leave it out");
            }
            try {
                read();
            } catch (FaultPlan.FormatException e) {
                throw new IllegalArgumentException("--faults: " + e.getMessage(), e);
            }
        }
    }

    /** The address of a simulator that begins with the plan, where there is no device to give it to. */
    DeviceAddress address(DeviceAddress asked) {
        if (plan == null) {
            return asked;
        }
        String rules = "faults=" + read().text().replace("\n", "; ");
        return new DeviceAddress(asked.scheme(), asked.rest().isEmpty() ? rules : asked.rest() + "," + rules);
    }

    /** Puts the plan in force. */
    void apply(Device device) {
        if (plan != null) {
            device.simulator().ifPresent(simulator -> simulator.faults(read()));
        }
    }

    private FaultPlan read() {
        return file().map(FaultOption::text).map(FaultPlan::parse).orElseGet(() -> FaultPlan.parse(plan));
    }

    private Optional<Path> file() {
        try {
            return Optional.of(Path.of(plan)).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > LONGEST) {
                throw new IllegalArgumentException("--faults " + file + " is longer than 64 KiB: no fault plan");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("--faults " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<Simulator.FaultState> state(Device device) {
        return plan == null ? Optional.empty() : device.simulator().map(Simulator::faults);
    }

    /** Prints what each rule has hit. */
    void print(Device device, PrintWriter out, Style style) {
        state(device).ifPresent(state -> {
            out.println();
            Table table = new Table("FAULT", ">MATCHED", ">HITS");
            state.rules().forEach(r -> table.row(r.rule().text(), Long.toString(r.matched()), Long.toString(r.hits())));
            table.print(out, style::bold);
        });
    }

    /** Adds what each rule has hit. */
    void json(Device device, ObjectNode root) {
        state(device).ifPresent(state -> {
            ArrayNode rules = root.putArray("faults");
            state.rules()
                    .forEach(r -> rules.addObject()
                            .put("rule", r.rule().text())
                            .put("matched", r.matched())
                            .put("hits", r.hits()));
        });
    }
}
