package dev.doorbell.testplans.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.doorbell.driver.DiscoveredDevice;
import dev.doorbell.driver.Discovery;
import dev.doorbell.driver.PciPlace;
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
        description =
                "Lists devices: simulated, virtual, the NVMe functions of this machine and the controllers of its kernel.")
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
        Table table = new Table(
                "DEVICE", "KIND", "MODEL", "SERIAL", "FIRMWARE", ">CAPACITY", "DRIVER", ">IOMMU", "LINK", ">NUMA");
        for (DiscoveredDevice d : devices) {
            PciPlace place = d.place();
            table.row(
                    d.address().text(),
                    kind(d),
                    d.name(),
                    d.serial(),
                    d.firmware(),
                    d.capacityBytes() == 0 ? "" : Quantities.bytes(d.capacityBytes()),
                    d.kernelDriver(),
                    place.iommuGroup(),
                    link(place),
                    place.numaNode() < 0 ? "" : Integer.toString(place.numaNode()));
        }
        Style style = Style.detect();
        table.print(out, style::bold);
        for (DiscoveredDevice d : devices) {
            if (!d.openable()) {
                out.println();
                out.println(style.bold(d.address().text()) + " cannot be opened now: " + d.reason());
            } else if (!d.place().users().isEmpty()) {
                out.println();
                out.println(style.bold(d.address().text()) + " is in use: "
                        + d.place().users());
            }
        }
        return ExitCodes.OK;
    }

    /** "8 GT/s x2 of 16 GT/s x4", or "8 GT/s x2" where it is all that the function can do. */
    private static String link(PciPlace place) {
        if (place.linkWidth() == 0) {
            return "";
        }
        String now = link(place.linkGigatransfers(), place.linkWidth());
        return place.linkReduced() ? now + " of " + link(place.linkGigatransfersMax(), place.linkWidthMax()) : now;
    }

    private static String link(double gigatransfers, int lanes) {
        String speed = gigatransfers == Math.rint(gigatransfers) ? "%.0f" : "%.1f";
        return (speed + " GT/s x%d").formatted(gigatransfers, lanes);
    }

    private static void print(List<DiscoveredDevice> devices, PrintWriter out) {
        ObjectNode root = Json.object();
        ArrayNode array = root.putArray("devices");
        for (DiscoveredDevice d : devices) {
            ObjectNode device = array.addObject()
                    .put("address", d.address().text())
                    .put("kind", kind(d))
                    .put("name", d.name())
                    .put("model", d.model())
                    .put("serial", d.serial())
                    .put("firmware", d.firmware())
                    .put("capacity_bytes", d.capacityBytes())
                    .put("kernel_driver", d.kernelDriver())
                    .put("kernel_node", d.kernelNode())
                    .put("openable", d.openable())
                    .put("reason", d.reason());
            if (d.place().exists()) {
                device.set("pci", json(d.place()));
            }
        }
        Json.print(root, out);
    }

    /** What is not known is left out. */
    private static ObjectNode json(PciPlace place) {
        ObjectNode pci = Json.object()
                .put("function", place.function())
                .put("vendor_id", place.vendorId())
                .put("device_id", place.deviceId());
        if (!place.iommuGroup().isEmpty()) {
            pci.put("iommu_group", Integer.parseInt(place.iommuGroup()));
        }
        if (place.linkWidth() > 0) {
            pci.put("link_speed_gigatransfers_per_s", place.linkGigatransfers())
                    .put("link_speed_max_gigatransfers_per_s", place.linkGigatransfersMax())
                    .put("link_width_lanes", place.linkWidth())
                    .put("link_width_max_lanes", place.linkWidthMax());
        }
        if (place.numaNode() >= 0) {
            pci.put("numa_node", place.numaNode());
        }
        return pci.put("in_use", place.users()).put("open_in", place.holder());
    }

    private static String kind(DiscoveredDevice d) {
        return d.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
