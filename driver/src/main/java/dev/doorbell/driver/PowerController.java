package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.util.Objects;

/**
 * What switches the power of a device: a relay, a test fixture's power module, a script. Give one to {@link Subsystem}. Both methods return
 * when the power is switched; what they throw comes out of {@link Subsystem#powerOff} and {@link Subsystem#powerOn}.
 */
public interface PowerController {
    /** Cuts the power. I/O may be running. */
    void off();

    /** Gives the power back. The device need not be ready when this returns. */
    void on();

    /** A power controller of two callbacks. */
    static PowerController of(Runnable off, Runnable on) {
        Objects.requireNonNull(off);
        Objects.requireNonNull(on);
        return new PowerController() {
            @Override
            public void off() {
                off.run();
            }

            @Override
            public void on() {
                on.run();
            }
        };
    }

    /**
     * The driver's own hand on the power of a device, which the simulator has. With others its methods throw
     * {@link Device.UnsupportedException}.
     */
    static PowerController of(Device device) {
        return of(() -> power(device, 0), () -> power(device, 1));
    }

    private static void power(Device device, int on) {
        long h = device.handle().acquire();
        try {
            Rc.check(Library.get().bell_device_power(h, on));
        } finally {
            device.handle().release();
        }
    }
}
