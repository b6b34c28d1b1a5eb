package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.LongUnaryOperator;

/**
 * The parts of enabling a controller, for the steps of an {@link InitSequence}. Every register may be written by hand instead; only the
 * memory of the admin queues has to come from {@link #prepareAdminQueues}, and {@link #awaitReady} has to be called before the driver takes
 * the controller as enabled.
 */
public final class Bringup {
    private static final int CAP = 0x00, CC = 0x14;
    private static final int EN = 1;
    private static final int ADMIN_ONLY = 7;
    /** CC.IOSQES and CC.IOCQES: entries of 64 and of 16 bytes. */
    private static final int ENTRY_SIZES = 6 << 16 | 4 << 20;

    /**
     * Memory of the admin queues.
     *
     * @param sqIova address of the submission queue, for ASQ
     * @param cqIova address of the completion queue, for ACQ
     * @param depth entries of each
     */
    public record AdminMemory(long sqIova, long cqIova, int depth) {}

    private final Controller controller;
    private final Controller.Options options;

    Bringup(Controller controller, Controller.Options options) {
        this.controller = controller;
        this.options = options;
    }

    /** The controller that is brought up. */
    public Controller controller() {
        return controller;
    }

    /** The options that it is brought up with. */
    public Controller.Options options() {
        return options;
    }

    /** Its registers. */
    public Registers registers() {
        return controller.device().registers();
    }

    /** Whether the options ask for admin commands only, CC.CSS = 7. */
    public boolean adminOnly() {
        return options.css() == ADMIN_ONLY;
    }

    /** CC.EN = 0, and waits for CSTS.RDY = 0. Every outstanding command ends as lost, every I/O qpair is lost. */
    public void disable() {
        controller.disable();
    }

    /** {@link #prepareAdminQueues(int, int)} for the smallest page size that the controller has, CAP.MPSMIN. */
    public AdminMemory prepareAdminQueues(int depth) {
        return prepareAdminQueues(depth, mpsmin());
    }

    /**
     * Makes memory for the admin queues, switches on bus mastering, programs MSI-X. The NVMe registers are not touched.
     *
     * @param depth entries of each queue, 2 .. 4096
     * @param mps the CC.MPS that will be set: queues start on pages of 2<sup>12 + mps</sup> bytes
     * @throws Device.BusyException if CC.EN is 1
     */
    public AdminMemory prepareAdminQueues(int depth, int mps) {
        AdminMemory[] prepared = new AdminMemory[1];
        controller.exclusively(() -> call(h -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment m = arena.allocate(Layouts.AdminMemory.BYTES, 8);
                Rc.check(
                        Library.get().bell_controller_admin_prepare(h, depth, mps, m.address()),
                        Controller.EnableException::new);
                prepared[0] = new AdminMemory(
                        m.get(ValueLayout.JAVA_LONG, Layouts.AdminMemory.SQ_IOVA),
                        m.get(ValueLayout.JAVA_LONG, Layouts.AdminMemory.CQ_IOVA),
                        m.get(ValueLayout.JAVA_INT, Layouts.AdminMemory.DEPTH));
                controller.adminPrepared(h);
                return 0;
            }
        }));
        return prepared[0];
    }

    /** Tells the controller of the prepared admin queues: AQA, ASQ, ACQ. */
    public void attachAdminQueues() {
        call(h -> Rc.check(Library.get().bell_controller_admin_attach(h), Controller.EnableException::new));
    }

    /** The value of CC that follows from the options, with EN = 0. */
    public int configuration() {
        return options.css() << 4 | mpsmin() << 7 | options.ams() << 11 | ENTRY_SIZES;
    }

    /** Writes CC. */
    public void configure(int cc) {
        registers().write32(CC, cc);
    }

    /** Sets CC.EN and waits for CSTS.RDY = 1. */
    public void enable() {
        configure(registers().read32(CC) | EN);
        awaitReady();
    }

    /**
     * Waits for CSTS.RDY = 1, as long as CAP.TO says, and takes the controller as enabled.
     *
     * @throws Controller.EnableException if CAP.TO passes, CSTS.CFS is set, or CC.EN is 0
     */
    public void awaitReady() {
        call(h -> Rc.check(Library.get().bell_controller_ready(h), Controller.EnableException::new));
    }

    /**
     * Set Features 07h.
     *
     * @param submission I/O submission queues to ask for, 1 .. 65535
     * @param completion I/O completion queues to ask for, 1 .. 65535
     * @return how many qpairs were granted
     */
    public int requestQueues(int submission, int completion) {
        return controller.requestQueues(submission, completion);
    }

    /** Sends asynchronous event requests that are kept armed. */
    public void armAsyncEvents(int count) {
        controller.onAdmin(() -> call(h -> Rc.check(Library.get().bell_controller_arm(h, count))));
    }

    private int mpsmin() {
        return (int) (registers().read64(CAP) >>> 48) & 0xf;
    }

    private long call(LongUnaryOperator call) {
        Handle handle = controller.device().handle();
        long h = handle.acquire();
        try {
            return call.applyAsLong(h);
        } finally {
            handle.release();
        }
    }
}
