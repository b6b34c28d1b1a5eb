package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.DeviceAddress;
import dev.doorbell.driver.FabricsDiscovery;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "discover",
        mixinStandardHelpOptions = true,
        description = "Asks an NVMe over Fabrics discovery service which subsystems there are.")
final class DiscoverCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SERVICE",
            description = "tcp://host:port, with options of tcp addresses if need be; port 8009 unless given.")
    private String service;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--no-referrals", description = "Do not ask the services that this one refers to.")
    private boolean alone;

    @Override
    public Integer call() {
        DeviceAddress address = DeviceAddress.parse(service);
        if (!address.scheme().equals("tcp")) {
            throw new ParameterException(
                    spec.commandLine(), service + " is no discovery service; write it as tcp://host:port");
        }
        PrintWriter out = spec.commandLine().getOut();
        Map<DeviceAddress, FabricsDiscovery.Log> pages =
                alone ? Map.of(address, FabricsDiscovery.read(address)) : FabricsDiscovery.readAll(address);
        if (json) {
            printJson(pages, out);
        } else {
            pages.forEach((from, page) -> print(from, page, out));
        }
        return ExitCodes.OK;
    }

    private static void print(DeviceAddress from, FabricsDiscovery.Log page, PrintWriter out) {
        Style style = Style.detect();
        if (page.generation() < 0) {
            out.println(style.bold(from.text()) + " does not answer");
            return;
        }
        out.println(style.bold(from.text()) + ", generation " + Long.toUnsignedString(page.generation()) + ", "
                + page.entries().size() + (page.entries().size() == 1 ? " entry" : " entries"));
        Table table = new Table("TYPE", "SUBSYSTEM", "ADDRESS", ">PORT ID", ">CONTROLLER", ">ADMIN QUEUE", "SECURITY");
        for (FabricsDiscovery.Entry e : page.entries()) {
            table.row(
                    e.type().name().toLowerCase(Locale.ROOT),
                    e.subsystem(),
                    e.device()
                            .map(DeviceAddress::text)
                            .orElse(e.transportName() + " " + e.address() + " " + e.service()),
                    Integer.toString(e.port()),
                    controller(e.controller()),
                    Integer.toString(e.adminEntries()),
                    security(e));
        }
        if (!table.isEmpty()) {
            table.print(out, style::bold);
        }
        out.println();
    }

    private static String controller(int id) {
        return switch (id) {
            case 0xffff -> "dynamic";
            case 0xfffe -> "static";
            default -> Integer.toString(id);
        };
    }

    private static String security(FabricsDiscovery.Entry e) {
        return switch (e.security()) {
            case 0 -> "";
            case 1 -> "TLS 1.2";
            case 2 -> "TLS 1.3";
            default -> Integer.toString(e.security());
        };
    }

    private static void printJson(Map<DeviceAddress, FabricsDiscovery.Log> pages, PrintWriter out) {
        ObjectNode root = Json.object();
        ArrayNode services = root.putArray("services");
        pages.forEach((from, page) -> {
            ObjectNode node = services.addObject()
                    .put("address", from.text())
                    .put("answered", page.generation() >= 0)
                    .put("generation", page.generation());
            ArrayNode entries = node.putArray("entries");
            for (FabricsDiscovery.Entry e : page.entries()) {
                entries.addObject()
                        .put("type", e.type().name().toLowerCase(Locale.ROOT))
                        .put("device", e.device().map(DeviceAddress::text).orElse(""))
                        .put("subsystem_nqn", e.subsystem())
                        .put("transport", e.transportName())
                        .put("address_family", e.family())
                        .put("transport_address", e.address())
                        .put("transport_service", e.service())
                        .put("requirements", e.requirements())
                        .put("port_id", e.port())
                        .put("controller_id", e.controller())
                        .put("admin_queue_entries", e.adminEntries())
                        .put("flags", e.flags())
                        .put("security_type", e.security());
            }
        });
        Json.print(root, out);
    }
}
