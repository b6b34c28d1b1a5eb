package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.ControllerState;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What can be told of a controller without a command: from its registers, or from whoever owns them.
 *
 * @param state its state
 * @param maxDepth most entries of an I/O queue, 0 if it is lost
 * @param minPageBytes unit of MDTS, 0 if it is lost
 * @param maxDataBytes largest data of one command that the transport carries, 0 without such a limit
 */
record ControllerFacts(Controller.State state, int maxDepth, int minPageBytes, long maxDataBytes) {
    private static final Controller.State[] STATES = {
        Controller.State.DISABLED, Controller.State.READY, Controller.State.FATAL, Controller.State.LOST
    };

    /** Looks at the device; any thread. */
    static ControllerFacts read(Device device) {
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ControllerState.BYTES, 8);
            Rc.check(Library.get().bell_controller_get_state(h, out.address()));
            return new ControllerFacts(
                    STATES[out.get(ValueLayout.JAVA_INT, ControllerState.STATE)],
                    out.get(ValueLayout.JAVA_INT, ControllerState.MAX_DEPTH),
                    out.get(ValueLayout.JAVA_INT, ControllerState.MIN_PAGE_BYTES),
                    out.get(ValueLayout.JAVA_LONG, ControllerState.MAX_DATA_BYTES));
        } finally {
            device.handle().release();
        }
    }
}
