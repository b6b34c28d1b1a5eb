package dev.doorbell.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a PCI function from its driver so that Doorbell can open it through VFIO, and gives it back; takes it from the system as a whole, as
 * before pulling it out, and looks for what is new on the bus.
 *
 * <p>What is to be done is worked out and checked by anybody, as a {@link Plan}; carrying it out takes root: {@link Elevation}. The driver
 * that the function had is remembered below {@code /run/doorbell/bindings}, which like a binding lasts until the machine restarts.
 */
public final class Binding {
    /** The function cannot be taken or given back now; the message says why and what to do. */
    public static final class RefusedException extends DoorbellException {
        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * One thing to do.
     *
     * @param what for people
     * @param command for a POSIX shell
     */
    public record Step(String what, String command) {}

    /**
     * What binds, unbinds or removes a function, or looks for new ones.
     *
     * @param command of the command line that does the same, "bind"
     * @param function "0000:01:00.0"; "" for all of the bus
     * @param title what it does, for people
     * @param steps in order; none if there is nothing to do
     * @param shell the steps as a POSIX shell script that ends with status 0 when all went well, and else puts back what it changed
     */
    public record Plan(String command, String function, String title, List<Step> steps, String shell) {}

    private static final String VFIO = "vfio-pci";
    private static final String NVME_CLASS = "0x0108";

    private final Path root;

    /** For the machine that {@link Discovery#scan()} looks at. */
    public Binding() {
        this(Discovery.machine());
    }

    /** For a tree of files that stands for a machine: with its own {@code sys}, {@code proc}, {@code dev} and {@code run}. */
    public Binding(Path root) {
        this.root = root;
    }

    private Path sys(String more) {
        return root.resolve("sys/bus/pci").resolve(more);
    }

    private Path folder(String function) {
        return sys("devices").resolve(function);
    }

    private Path memory(String function) {
        return root.resolve("run/doorbell/bindings").resolve(function);
    }

    private String parse(String text) {
        DeviceAddress address = DeviceAddress.parse(text);
        if (!address.scheme().equals("pcie")) {
            throw new RefusedException(
                    text + " is no PCI function; write it as 0000:01:00.0, as \"doorbell list\" shows it");
        }
        return address.rest();
    }

    private PciPlace look(String function) {
        try {
            return PciPlace.of(root, function);
        } catch (Device.OpenException e) {
            throw new RefusedException(e.getMessage());
        }
    }

    /**
     * How to bind a function to vfio-pci.
     *
     * @param text its PCI address
     * @param uid user who may open it afterwards without being root; -1: root only
     * @throws RefusedException if it is no NVMe controller, is in use, or there is no IOMMU
     */
    public Plan bind(String text, int uid) {
        String function = parse(text);
        PciPlace place = look(function);
        String title = "Bind " + function + " to vfio-pci";
        if (place.driver().equals(VFIO)) {
            return new Plan("bind", function, function + " is bound to vfio-pci already", List.of(), "");
        }
        refuseToBind(function, place);
        List<Step> steps = new ArrayList<>();
        if (!Files.exists(sys("drivers/vfio-pci"))) {
            steps.add(new Step("Load the module vfio-pci", "modprobe vfio-pci"));
        }
        steps.add(new Step(
                "Remember its driver" + (place.driver().isEmpty() ? ", which is none" : ", " + place.driver()),
                "mkdir -p " + quoted(memory(function).getParent()) + " && "
                        + echo(place.driver().isEmpty() ? "none" : place.driver(), memory(function))));
        steps.add(new Step("Choose vfio-pci for it", echo(VFIO, folder(function).resolve("driver_override"))));
        if (!place.driver().isEmpty()) {
            steps.add(new Step(
                    "Take it from " + place.driver(),
                    echo(function, folder(function).resolve("driver/unbind"))));
        }
        steps.add(new Step("Look for its driver again", echo(function, sys("drivers_probe"))));
        if (uid > 0) {
            Path node = root.resolve("dev/vfio").resolve(place.iommuGroup());
            steps.add(new Step("Let user " + uid + " open it", "chown " + uid + " " + quoted(node)));
        }
        return new Plan(
                "bind",
                function,
                title,
                List.copyOf(steps),
                script(steps, function, restore(function, place.driver())) + driverAwaited(function, VFIO));
    }

    private void refuseToTake(String function, PciPlace place) {
        if (!Sysfs.text(folder(function).resolve("class")).startsWith(NVME_CLASS)) {
            throw new RefusedException(function + " is no NVMe controller: its class is "
                    + Sysfs.text(folder(function).resolve("class")));
        }
        if (!place.users().isEmpty()) {
            throw new RefusedException(function + " is in use: " + place.users()
                    + "; end that first. Explore it where it is: open /dev/" + node(function) + ", which is read-only");
        }
    }

    private void refuseToBind(String function, PciPlace place) {
        refuseToTake(function, place);
        if (place.iommuGroup().isEmpty()) {
            throw new RefusedException(function + " is behind no IOMMU, without which vfio-pci does not take it: switch"
                    + " it on in the firmware's setup (Intel VT-d, AMD-Vi) and for Intel on the kernel's command line"
                    + " (intel_iommu=on), and restart");
        }
    }

    private String node(String function) {
        List<Path> controllers = Sysfs.list(folder(function).resolve("nvme"));
        return controllers.isEmpty()
                ? "nvme0"
                : controllers.getFirst().getFileName().toString();
    }

    /**
     * How to give a function back to the driver that it had before {@link #bind}, or to the kernel's nvme driver where that is not known.
     *
     * @param text its PCI address
     * @throws RefusedException if a process has it open
     */
    public Plan unbind(String text) {
        String function = parse(text);
        PciPlace place = look(function);
        String remembered = Sysfs.text(memory(function));
        String former = remembered.isEmpty() ? "nvme" : remembered.equals("none") ? "" : remembered;
        if (!place.driver().equals(VFIO)) {
            return new Plan(
                    "unbind",
                    function,
                    function + " is not bound to vfio-pci, but to "
                            + (place.driver().isEmpty() ? "no driver" : place.driver()),
                    List.of(),
                    "");
        }
        refuseWhileOpen(function, place);
        List<Step> steps = new ArrayList<>();
        steps.add(new Step(
                "Choose no driver for it any more",
                "echo > " + quoted(folder(function).resolve("driver_override"))));
        steps.add(new Step("Take it from vfio-pci", echo(function, sys("drivers/vfio-pci/unbind"))));
        if (!former.isEmpty()) {
            if (!Files.exists(sys("drivers").resolve(former))) {
                steps.add(new Step("Load the module " + former, "modprobe " + former));
            }
            steps.add(new Step("Give it back to " + former, echo(function, sys("drivers_probe"))));
        }
        steps.add(new Step("Forget its former driver", "rm -f " + quoted(memory(function))));
        return new Plan(
                "unbind",
                function,
                former.isEmpty() ? "Take " + function + " from vfio-pci" : "Give " + function + " back to " + former,
                List.copyOf(steps),
                script(steps, function, ":") + driverAwaited(function, former));
    }

    private static void refuseWhileOpen(String function, PciPlace place) {
        if (!place.holder().isEmpty()) {
            throw new RefusedException(function + " is open in " + place.holder() + "; close it there first");
        }
    }

    /**
     * How to take a function out of the system, as before it is pulled out of its slot: its driver lets go of it, and it is no longer there until
     * {@link #rescan}. A binding ends with that.
     *
     * @param text its PCI address
     * @throws RefusedException if it is no NVMe controller, or is in use
     */
    public Plan remove(String text) {
        String function = parse(text);
        PciPlace place = look(function);
        refuseToTake(function, place);
        refuseWhileOpen(function, place);
        List<Step> steps = new ArrayList<>();
        steps.add(
                new Step("Take it out of the system", echo("1", folder(function).resolve("remove"))));
        if (Files.exists(memory(function))) {
            steps.add(new Step("Forget its former driver", "rm -f " + quoted(memory(function))));
        }
        String there = "[ -e " + quoted(folder(function)) + " ]";
        return new Plan(
                "remove",
                function,
                "Remove " + function,
                List.copyOf(steps),
                script(steps, function, ":") + awaited(there, "it is still there; the kernel's log (dmesg) says why"));
    }

    /**
     * How to look for functions that are new on the bus, or were removed.
     *
     * @param text the PCI address of one that has to be there afterwards; "" to take what comes
     * @throws RefusedException if that is no PCI address
     */
    public Plan rescan(String text) {
        String function = text.isBlank() ? "" : parse(text);
        List<Step> steps = List.of(new Step("Look for new functions on all buses", echo("1", sys("rescan"))));
        String missing = "[ ! -e " + quoted(folder(function)) + " ]";
        return new Plan(
                "rescan",
                function,
                "Rescan the PCI buses" + (function.isEmpty() ? "" : " for " + function),
                steps,
                script(steps, function.isEmpty() ? "PCI" : function, ":")
                        + (function.isEmpty()
                                ? ""
                                : awaited(
                                        missing,
                                        "it is not there; look whether it is plugged in and has power, and at the"
                                                + " kernel's log (dmesg)")));
    }

    /** Undoes a bind that failed half way. */
    private String restore(String function, String former) {
        return "echo > " + quoted(folder(function).resolve("driver_override"))
                + (former.isEmpty() ? "" : "; " + echo(function, sys("drivers_probe"))) + "; rm -f "
                + quoted(memory(function));
    }

    private String script(List<Step> steps, String function, String restore) {
        StringBuilder script = new StringBuilder("restore() { " + restore + "; }\n");
        script.append("fail() { echo \"").append(function).append(": $1\" >&2; restore 2>/dev/null; exit 1; }\n");
        for (Step step : steps) {
            script.append(step.command())
                    .append(" || fail 'this step failed: ")
                    .append(step.what())
                    .append("'\n");
        }
        return script.toString();
    }

    private String driverAwaited(String function, String driver) {
        return "now() { basename \"$(readlink " + quoted(folder(function).resolve("driver")) + ")\"; }\n"
                + awaited(
                        "[ \"$(now)\" != '" + driver + "' ]",
                        (driver.isEmpty() ? "it still has a driver" : driver + " has not taken it")
                                + "; the kernel's log (dmesg) says why");
    }

    /** The kernel has done it when the write returns; a slow device is given five seconds all the same. */
    private static String awaited(String not, String failure) {
        return "tries=0; while " + not + " && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done\n" + "if "
                + not + "; then fail " + quotedText(failure) + "; fi\n";
    }

    private static String echo(String value, Path file) {
        return "echo " + value + " > " + quoted(file);
    }

    private static String quoted(Path path) {
        return quotedText(path.toString());
    }

    private static String quotedText(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
