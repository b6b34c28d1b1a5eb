package dev.doorbell.driver;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;

/** What tests on a device have in common: an initialised controller that goes with the test. */
@ExtendWith(QemuCrash.class)
abstract class DeviceTest {
    @Parameter
    String address;

    Controller controller;

    @BeforeEach
    void openController() {
        controller = Controller.open(address);
    }

    @AfterEach
    void closeController() {
        controller.close();
    }

    Buffer buffer(int bytes) {
        return controller.device().allocate(bytes);
    }

    Namespace namespace() {
        return controller.namespace(controller.activeNamespaces().getFirst());
    }

    /** QEMU's model of a controller, driven from outside or as a PCI function inside a virtual machine. */
    boolean isQemuModel() {
        return new String(controller.identifyController(), 24, 40, StandardCharsets.US_ASCII).startsWith("QEMU");
    }

    /** A command that the device does not see until somebody rings, so that it stays outstanding as long as a test wants. */
    static Command held(Command command) {
        return command.holdDoorbell();
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited 30 s for " + what);
            }
            Thread.onSpinWait();
        }
    }
}
