package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Discovery;
import dev.doorbell.testplans.plan.Quantities;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists devices: simulated, virtual, and the NVMe functions of this machine.")
final class ListCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<DiscoveredDevice> devices = Discovery.scan();
        if (json) {
            print(devices, out);
            return ExitCodes.OK;
        }
        Table table = new Table("DEVICE", "KIND", "NAME", "MODEL", "SERIAL", "FIRMWARE", ">CAPACITY", "DRIVER", "");
        for (DiscoveredDevice d : devices) {
            table.row(
                    d.address().text(),
                    kind(d),
                    d.name().equals(d.model()) ? "" : d.name(),
                    d.model(),
                    d.serial(),
                    d.firmware(),
                    d.capacityBytes() == 0 ? "" : Quantities.bytes(d.capacityBytes()),
                    d.kernelDriver(),
                    d.openable() ? "" : "cannot be opened: " + d.reason());
        }
        table.print(out, Style.detect()::bold);
        return ExitCodes.OK;
    }

    private static void print(List<DiscoveredDevice> devices, PrintWriter out) {
        ObjectNode root = Json.object();
        ArrayNode array = root.putArray("devices");
        for (DiscoveredDevice d : devices) {
            array.addObject()
                    .put("address", d.address().text())
                    .put("kind", kind(d))
                    .put("name", d.name())
                    .put("model", d.model())
                    .put("serial", d.serial())
                    .put("firmware", d.firmware())
                    .put("capacity_bytes", d.capacityBytes())
                    .put("kernel_driver", d.kernelDriver())
                    .put("openable", d.openable())
                    .put("reason", d.reason());
        }
        Json.print(root, out);
    }

    private static String kind(DiscoveredDevice d) {
        return d.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
