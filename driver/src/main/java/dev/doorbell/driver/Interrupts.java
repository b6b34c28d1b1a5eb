package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;

/** The MSI-X vectors of a device, observed: which have fired, and masking. Usable by any thread. */
public final class Interrupts {
    private final Device device;
    private final int vectors;

    Interrupts(Device device, int vectors) {
        this.device = device;
        this.vectors = vectors;
    }

    /** Number of vectors, 0 if the device has none. */
    public int vectors() {
        return vectors;
    }

    /** Whether a message of {@code vector} has arrived since it was last cleared. */
    public boolean isSet(int vector) {
        return call((library, h) -> library.bell_irq_isset(h, vector)) == 1;
    }

    /** Forgets the messages of {@code vector} that have arrived. */
    public void clear(int vector) {
        call((library, h) -> library.bell_irq_clear(h, vector));
    }

    /** Masks {@code vector}: its messages stay pending in the device. */
    public void mask(int vector) {
        call((library, h) -> library.bell_irq_mask(h, vector));
    }

    /** Unmasks {@code vector}; a pending message is sent now. */
    public void unmask(int vector) {
        call((library, h) -> library.bell_irq_unmask(h, vector));
    }

    private interface Call {
        int on(Library library, long handle);
    }

    private int call(Call call) {
        long h = device.handle().acquire();
        try {
            return Rc.check(call.on(Library.get(), h));
        } finally {
            device.handle().release();
        }
    }
}
