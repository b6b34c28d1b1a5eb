package dev.doorbell.testplans.run;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.Namespace;
import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.Decoded;
import dev.doorbell.spec.RegisterSpec;
import dev.doorbell.testplans.plan.Scope;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What plans may ask of the device by name: {@code device nsid namespaces lbaBytes lbaCount maxTransfer queues}, fields
 * of Identify Controller ({@code ctrl.OACS}), of Identify Namespace ({@code ns.NSZE}) and of registers
 * ({@code reg.CAP.MQES}). Identify data is read when it is first asked for
 * and kept for the case.
 */
final class DeviceFacts implements Scope {
    static final String CONTROLLER_STRUCTURE = "identify-controller";
    static final String NAMESPACE_STRUCTURE = "identify-namespace";

    private final Controller controller;
    private final Catalogue catalogue;
    private Optional<List<Integer>> active = Optional.empty();
    private Optional<Decoded> identifyController = Optional.empty();
    private Optional<Decoded> identifyNamespace = Optional.empty();

    DeviceFacts(Controller controller, Catalogue catalogue) {
        this.controller = controller;
        this.catalogue = catalogue;
    }

    @Override
    public Optional<String> lookup(String name) {
        return switch (name) {
            case "device" -> Optional.of(kind(controller.device().kind()));
            case "address" -> Optional.of(controller.device().address().text());
            case "namespaces" -> number(activeNamespaces().size());
            case "nsid" -> firstNamespace().map(n -> Integer.toString(n.nsid()));
            case "lbaBytes" -> firstNamespace().map(n -> Integer.toString(n.lbaBytes()));
            case "lbaCount" -> firstNamespace().map(n -> Long.toString(n.lbaCount()));
            case "maxTransfer" -> number(controller.maxTransferBytes());
            case "queues" -> number(controller.maxQueues());
            default -> structured(name);
        };
    }

    Optional<Namespace> firstNamespace() {
        return activeNamespaces().stream().findFirst().map(controller::namespace);
    }

    List<Integer> activeNamespaces() {
        if (active.isEmpty()) {
            active = Optional.of(controller.activeNamespaces());
        }
        return active.get();
    }

    /** Reads everything anew when it is asked for next, after a command that may have changed it. */
    void forget() {
        active = Optional.empty();
        identifyController = Optional.empty();
        identifyNamespace = Optional.empty();
    }

    private Optional<String> structured(String name) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String path = name.substring(dot + 1);
        return switch (name.substring(0, dot)) {
            case "ctrl" -> controllerData().flatMap(d -> d.find(path)).map(DeviceFacts::plain);
            case "ns" -> namespaceData().flatMap(d -> d.find(path)).map(DeviceFacts::plain);
            case "reg" -> register(path);
            default -> Optional.empty();
        };
    }

    private Optional<Decoded> controllerData() {
        if (identifyController.isEmpty()) {
            identifyController =
                    catalogue.structure(CONTROLLER_STRUCTURE).map(s -> s.decode(controller.identifyController()));
        }
        return identifyController;
    }

    private Optional<Decoded> namespaceData() {
        if (identifyNamespace.isEmpty()) {
            identifyNamespace = firstNamespace()
                    .flatMap(n -> catalogue.structure(NAMESPACE_STRUCTURE).map(s -> s.decode(n.identify())));
        }
        return identifyNamespace;
    }

    private Optional<String> register(String path) {
        int dot = path.indexOf('.');
        String register = dot < 0 ? path : path.substring(0, dot);
        return catalogue.register(register).flatMap(spec -> {
            long value = read(controller, spec);
            return dot < 0
                    ? Optional.of(Long.toUnsignedString(value))
                    : Optional.of(spec.decode(value))
                            .flatMap(d -> child(d, register, path.substring(dot + 1)))
                            .map(DeviceFacts::plain);
        });
    }

    /** A register's field by its name, with or without the register's name before it. */
    static Optional<Decoded> child(Decoded register, String name, String field) {
        return register.find(name + "." + field).or(() -> register.find(field));
    }

    /** Reads a register in its width. */
    static long read(Controller controller, RegisterSpec spec) {
        return spec.bytes() == Long.BYTES
                ? controller.device().registers().read64(spec.offset())
                : Integer.toUnsignedLong(controller.device().registers().read32(spec.offset()));
    }

    /** What a field is as the text of a plan: numbers in decimal, text as it is. */
    private static String plain(Decoded d) {
        return switch (d.spec().type()) {
            case ASCII, UUID, BYTES -> d.value().strip();
            default -> d.raw().toString();
        };
    }

    private static Optional<String> number(int n) {
        return Optional.of(Integer.toString(n));
    }

    /** The kind as plans write it. */
    static String kind(Device.Kind kind) {
        return kind == Device.Kind.VFIO
                ? "pcie"
                : kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The register VS, or where there are no registers VER of Identify, bytes 83:80, which is 0 before NVMe 1.2. */
    private static int version(Controller controller) {
        return controller.device().features().contains(Device.Feature.REGISTERS)
                ? controller.device().registers().read32(8)
                : ByteBuffer.wrap(controller.identifyController())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getInt(80);
    }

    /** What the device says of itself, for the report. */
    DeviceInfo info() {
        Decoded id = controllerData().orElseThrow();
        long capacity = 0;
        for (int nsid : activeNamespaces()) {
            capacity += controller.namespace(nsid).sizeBytes();
        }
        int vs = version(controller);
        String version = "%d.%d".formatted(vs >>> 16, vs >>> 8 & 0xff) + ((vs & 0xff) == 0 ? "" : "." + (vs & 0xff));
        return new DeviceInfo(
                controller.device().address().text(),
                kind(controller.device().kind()),
                text(id, "MN"),
                text(id, "SN"),
                text(id, "FR"),
                version,
                capacity,
                activeNamespaces().size());
    }

    private static String text(Decoded id, String field) {
        return id.find(field).map(d -> d.value().strip()).orElse("");
    }
}
