package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Library;
import java.util.Objects;
import java.util.Optional;

/**
 * An I/O queue that a test makes itself, by commands of its own, next to those of {@link Qpair}: to share a completion queue among several
 * submission queues, to build entries and ring doorbells by hand, and to do wrong things on purpose. Nothing that the test does to it is
 * checked.
 *
 * <p>A queue whose creation the device refused stays as an object: {@link #creation} says why, and {@link #exists} is false. As long as the
 * object is open, {@link Controller#createQpair} leaves its id alone, over resets too; after a reset the queue is gone in the device, which
 * the test knows best, and is to be closed.
 *
 * <p>One thread at a time.
 */
public abstract sealed class RawQueue implements Children.Child permits RawSubmissionQueue, RawCompletionQueue {
    private static final int CAP = 0x00, DOORBELLS = 0x1000;

    private final Controller controller;
    private final int id;
    private final QueueMemory memory;
    private final long doorbell;
    private Completion creation;
    private boolean exists;
    private boolean closed;

    RawQueue(Controller controller, int id, QueueMemory memory, boolean completion) {
        this.controller = Objects.requireNonNull(controller);
        this.memory = memory;
        Device device = controller.device();
        this.id = reserve(device, id);
        int stride = 4 << (int) (device.registers().read64(CAP) >>> 32 & 0xf);
        this.doorbell = DOORBELLS + (2L * this.id + (completion ? 1 : 0)) * stride;
    }

    /** The memory of a queue to be made: the test's, or its own. */
    static QueueMemory memory(Controller controller, Optional<QueueMemory> given, int entries, int entryBytes) {
        Device device = controller.device();
        if (device.pci().isEmpty()) {
            throw new Device.UnsupportedException(device + " has no queues in memory; use a Qpair");
        }
        return given.orElseGet(() -> QueueMemory.own(device, entries, entryBytes));
    }

    private static int reserve(Device device, int id) {
        long h = device.handle().acquire();
        try {
            return Rc.check(Library.get().bell_qid_reserve(h, id), Qpair.CreationException::new);
        } finally {
            device.handle().release();
        }
    }

    /** Sends the command that creates it; pins its memory if that succeeds. */
    void create(Command command) {
        boolean done = false;
        try {
            creation = controller.execute(command.rawDataPointer(memory.prp1(), 0));
            done = true;
        } finally {
            if (!done) {
                memory.free();
                release();
            }
        }
        exists = creation.isSuccess();
        if (exists) {
            memory.pin();
        }
    }

    private void release() {
        Device device = controller.device();
        long h = device.handle().acquire();
        try {
            Library.get().bell_qid_release(h, id);
        } finally {
            device.handle().release();
        }
    }

    /** The controller that it is on. */
    public Controller controller() {
        return controller;
    }

    /** Queue id. */
    public int id() {
        return id;
    }

    /** Its memory. */
    public QueueMemory memory() {
        return memory;
    }

    /** How the device answered the command that was to create it. */
    public Completion creation() {
        return creation;
    }

    /** Whether the device has created it, and it was not deleted since. */
    public boolean exists() {
        return exists;
    }

    /** False once it is closed. */
    public boolean isOpen() {
        return !closed;
    }

    /** Writes its doorbell, with any value. */
    public void ring(int value) {
        controller.device().pci().orElseThrow().barWrite32(0, doorbell, value);
    }

    /** Sends the command that deletes it, whether it exists or not, and returns how the device answered. */
    public Completion delete() {
        Completion end = controller.execute(deletion());
        if (end.isSuccess() && exists) {
            exists = false;
            memory.unpin();
        }
        return end;
    }

    abstract Command deletion();

    /**
     * Deletes it if it exists, whatever the device says to that, and gives up its id. Memory that was not given by the test is freed, or if
     * the device keeps the queue, when the device is closed. After a reset, where the queue is not there any more, this has to be called all
     * the same.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        boolean gone = !exists || deletedOrLost();
        if (exists) {
            exists = false;
            memory.unpin();
        }
        if (gone) {
            memory.free();
        }
        controller.device().children().remove(this);
        release();
    }

    private boolean deletedOrLost() {
        try {
            Completion end = controller.executeOpenOrClosing(deletion());
            // Status 01/01: a reset has removed it.
            return end.isSuccess() || end.lost() || end.statusCode().equals("01/01");
        } catch (DoorbellException e) {
            return true; // the controller is disabled, or gone
        }
    }

    @Override
    public String toString() {
        return describe() + " of " + controller.device();
    }
}
