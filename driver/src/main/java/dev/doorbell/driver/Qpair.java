package dev.doorbell.driver;

import dev.doorbell.driver.KeptEnds.Keep;
import dev.doorbell.driver.ffi.Layouts;
import dev.doorbell.driver.ffi.Layouts.QpairInfo;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A submission queue and its completion queue.
 *
 * <p>Nothing happens by itself: somebody must poll, with {@link #execute}, {@link #waitDone} or {@link #poll}. Whoever polls runs the
 * callbacks of every command that has ended, on the polling thread, without the qpair's lock. A callback may submit, execute and close, but
 * not {@code waitDone} on its own qpair. What a callback throws comes out of the {@code poll} or {@code waitDone} that ran it, after all
 * other callbacks; if {@code execute} ran it, out of the next {@code poll} or {@code waitDone} of this qpair.
 *
 * <p>Several threads may use a qpair at once.
 *
 * <p>The qpair of an {@link IoWorker} can be looked at, with {@link #info} and {@link #cmdLog}, but not used.
 */
public final class Qpair implements Children.Child {
    /** The queue is full: as many commands are outstanding as it has room for. Wait for some to end, or use a deeper queue. */
    public static final class FullException extends DoorbellException {
        FullException(String message) {
            super(message);
        }
    }

    /** The queues could not be created; the message has the reason, or the device's status. */
    public static final class CreationException extends DoorbellException {
        CreationException(String message) {
            super(message);
        }
    }

    /** The queues are gone, deleted or lost by a reset or disable, though the device is there. Close the qpair and create another. */
    public static final class DeadException extends DoorbellException {
        DeadException(String message) {
            super(message);
        }
    }

    /**
     * A look at a qpair.
     *
     * @param qid queue id, 0 is admin
     * @param depth entries
     * @param outstanding commands whose end is not yet reported
     * @param sqTail submission queue tail
     * @param sqHead submission queue head, as the device last said
     * @param cqHead completion queue head
     * @param cqPhase phase tag expected next, 0 or 1
     * @param vector MSI-X vector, -1 without interrupts
     * @param alive false when deleted or lost by a reset
     * @param worker whether an I/O worker owns it
     * @param submitted commands since creation
     * @param completed ends since creation
     */
    public record Info(
            int qid,
            int depth,
            int outstanding,
            int sqTail,
            int sqHead,
            int cqHead,
            int cqPhase,
            int vector,
            boolean alive,
            boolean worker,
            long submitted,
            long completed) {}

    /**
     * How the two commands of a fused operation ended.
     *
     * @param first end of the first
     * @param second end of the second
     */
    public record FusedEnds(Completion first, Completion second) {}

    enum Role {
        ADMIN,
        IO,
        WORKER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Qpair.class);
    private static final int BATCH = 64;
    /** How long a waiting thread keeps the lock, first and at most: others get in between. Long slices let the CPU sleep. */
    private static final long SLICE_MICROS = 500, LONGEST_SLICE_MICROS = 8_000;
    /** Commands end by their own time limit; this much later the wait gives up on the library. */
    private static final long MARGIN_NANOS = 10_000_000_000L;

    private final Controller controller;
    private final Role role;
    private final int id;
    private volatile int depth;
    private final Handle handle;
    private final ReentrantLock lock;
    private final CmdLog cmdLog;
    private Runnable released = () -> {};
    private final Outstanding outstanding = new Outstanding();
    private final ThreadLocal<Integer> dispatching = ThreadLocal.withInitial(() -> 0);

    private final KeptEnds kept = new KeptEnds();

    private final MemorySegment command;
    private final MemorySegment cid;
    private final MemorySegment completions;
    private Throwable failure;
    private volatile int latestCid;
    private volatile long longestOwnNanos;

    Qpair(Controller controller, Role role, long address, ReentrantLock lock) {
        this.controller = controller;
        this.role = role;
        this.lock = lock;
        Arena arena = Arena.ofAuto();
        this.command = arena.allocate(Layouts.Command.BYTES, 8);
        this.cid = arena.allocate(8, 8);
        this.completions = arena.allocate((long) Layouts.Completion.BYTES * BATCH, 8);
        Info info = info(address);
        this.id = info.qid();
        this.depth = info.depth();
        this.handle = new Handle(address, describe() + " of " + controller.device());
        this.cmdLog = new CmdLog(handle);
    }

    /** What follows when the native queue is gone, once. */
    void whenClosed(Runnable action) {
        released = action;
    }

    /** Queue id; 0 is the admin queue. */
    public int id() {
        return id;
    }

    /** Entries; one less can be outstanding. That of the admin qpair may change when the controller is enabled again. */
    public int depth() {
        return depth;
    }

    /** Whether it is the admin qpair. */
    public boolean isAdmin() {
        return role == Role.ADMIN;
    }

    /** Its state now. Does not wait for the qpair's users. */
    public Info info() {
        long h = handle.acquire();
        try {
            return info(h);
        } finally {
            handle.release();
        }
    }

    /**
     * Completions since creation whose command id belonged to no outstanding command: wrong, repeated, or for a command that had ended.
     * They are dropped. Does not wait for the qpair's users.
     */
    public long unmatchedCompletions() {
        long h = handle.acquire();
        try {
            return Library.get().bell_qpair_unmatched(h);
        } finally {
            handle.release();
        }
    }

    static Info info(long address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(QpairInfo.BYTES, 8);
            Rc.check(Library.get().bell_qpair_get_info(address, m.address()));
            return new Info(
                    u32(m, QpairInfo.QID),
                    u32(m, QpairInfo.DEPTH),
                    u32(m, QpairInfo.OUTSTANDING),
                    u32(m, QpairInfo.SQ_TAIL),
                    u32(m, QpairInfo.SQ_HEAD),
                    u32(m, QpairInfo.CQ_HEAD),
                    u32(m, QpairInfo.CQ_PHASE),
                    u32(m, QpairInfo.VECTOR),
                    u32(m, QpairInfo.ALIVE) != 0,
                    u32(m, QpairInfo.WORKER) != 0,
                    m.get(ValueLayout.JAVA_LONG, QpairInfo.SUBMITTED),
                    m.get(ValueLayout.JAVA_LONG, QpairInfo.COMPLETED));
        }
    }

    private static int u32(MemorySegment m, int offset) {
        return m.get(ValueLayout.JAVA_INT, offset);
    }

    /** The log of its commands. */
    public CmdLog cmdLog() {
        handle.check();
        return cmdLog;
    }

    /** A look at each of these qpairs; those that are closed meanwhile, by whoever uses them, are left out. */
    public static List<Info> look(List<Qpair> qpairs) {
        List<Info> infos = new ArrayList<>();
        for (Qpair qpair : qpairs) {
            try {
                infos.add(qpair.info());
            } catch (Device.ClosedException e) {
                // It is gone, which is what its absence says.
            }
        }
        return infos;
    }

    /** False when the queues are deleted or lost by a reset, or the qpair is closed. */
    public boolean isAlive() {
        return handle.isOpen() && info().alive();
    }

    /** False once it is closed. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    /** Whether what this qpair reads is compared by a {@link Verification}, as it is unless told; its writes are taken down always. */
    public void verifyReads(boolean on) {
        long h = handle.acquire();
        try {
            Rc.check(Library.get().bell_qpair_check(h, on ? 1 : 0));
        } finally {
            handle.release();
        }
    }

    /** CID of the command that was submitted last, for aborting it. */
    public int latestCid() {
        return latestCid;
    }

    /**
     * Posts a command and returns at once.
     *
     * @return this qpair
     * @throws FullException if there is no room
     * @throws DeadException if the queues were lost by a reset or disable
     */
    public Qpair submit(Command command) {
        post(Pending.submitted(command, null));
        return this;
    }

    /**
     * Posts a command and returns at once.
     *
     * @param callback told of the end by the thread that reaps it
     * @return this qpair
     * @throws FullException if there is no room
     * @throws DeadException if the queues were lost by a reset or disable
     */
    public Qpair submit(Command command, Consumer<Completion> callback) {
        post(Pending.submitted(command, callback));
        return this;
    }

    /**
     * Posts a command and returns at once. The future completes when somebody polls this qpair; however the command ends, it completes
     * normally.
     *
     * @throws FullException if there is no room
     * @throws DeadException if the queues were lost by a reset or disable
     */
    public CompletableFuture<Completion> send(Command command) {
        CompletableFuture<Completion> future = new CompletableFuture<>();
        post(Pending.sent(command, future));
        return future;
    }

    /**
     * Posts a command, waiting for room if need be, and waits for exactly this command. Never throws for how the command ends: see
     * {@link Completion#orThrow()}.
     *
     * @throws DeadException if the queues were lost by a reset or disable before it could be posted
     */
    public Completion execute(Command command) {
        Pending pending = Pending.executed(command);
        long deadline = deadline(command);
        while (!tryPost(pending)) {
            keep(dispatch(reap(BATCH, SLICE_MICROS, Keep.SUBMITTED)));
            checkDeadline(deadline, "room for a command");
        }
        awaitEnd(pending, deadline);
        return pending.end;
    }

    private void awaitEnd(Pending pending, long deadline) {
        long slice = SLICE_MICROS;
        while (pending.end == null) {
            Ends ends = reapFor(pending, slice);
            slice = nextSlice(slice, ends);
            keep(dispatch(ends));
            checkDeadline(deadline, "the end of CID " + pending.cid);
        }
    }

    /**
     * Posts the two commands of a fused operation, one directly behind the other, rings once, and waits for both, NVMe Base 2.0c §3.4.2. The
     * fused operation fields are set here.
     *
     * @param first such as a Compare
     * @param second such as a Write
     * @throws FullException if there is no room for both
     * @throws DeadException if the queues were lost by a reset or disable
     */
    public FusedEnds executeFused(Command first, Command second) {
        Pending one = Pending.executed(first.fuse(1).holdDoorbell());
        Pending two = Pending.executed(second.fuse(2));
        usable();
        lock.lock();
        try {
            if (info().outstanding() + 2 > depth - 1) {
                throw new FullException(handle + " has no room for the two commands of a fused operation; wait for some"
                        + " to end, or use a deeper queue");
            }
            post(one);
            try {
                post(two);
            } catch (DoorbellException e) {
                ring(); // alone, the first ends with Command Aborted due to Missing Fused Command
                throw e;
            }
        } finally {
            lock.unlock();
        }
        awaitEnd(one, deadline(first));
        awaitEnd(two, deadline(second));
        return new FusedEnds(one.end, two.end);
    }

    /**
     * Waits until {@code n} commands have ended that were given to {@code submit} or {@code send}: the calling thread's own first, and
     * anybody's when it has none outstanding. Commands given to {@code submit} also count if another call has reaped them meanwhile,
     * except for {@code poll}. The wait is bounded, for every command ends by its time limit at the latest.
     *
     * @param n 1 or more
     * @return the last of the ends
     * @throws IllegalStateException in a callback of this qpair, or if fewer than {@code n} commands were outstanding
     */
    public Completion waitDone(int n) {
        if (n < 1) {
            throw new IllegalArgumentException("waitDone(" + n + "); it waits for 1 or more commands");
        }
        usable();
        if (dispatching.get() > 0) {
            throw new IllegalStateException("waitDone inside a callback of " + handle
                    + "; the call that runs the callback is already waiting: submit there, and wait outside");
        }
        long start = System.nanoTime();
        long slice = SLICE_MICROS;
        Thread self = Thread.currentThread();
        Completion last = null;
        for (int done = 0; ; ) {
            Ends ends = null;
            lock.lock();
            try {
                for (Completion end = count(self); end != null; end = done < n ? count(self) : null) {
                    last = end;
                    done++;
                }
                if (done < n) {
                    if (outstanding.counted() == 0) {
                        throw new IllegalStateException("waitDone(" + n + ") on " + handle + ": only " + done
                                + " commands were outstanding; submit before waiting");
                    }
                    ends = reapLocked(Math.min(BATCH, n - done), slice, Keep.ALL);
                }
            } finally {
                lock.unlock();
            }
            if (ends == null) {
                rethrow(takeFailure());
                return last;
            }
            if (ends.count() > 0) {
                start = System.nanoTime();
            }
            slice = nextSlice(slice, ends);
            rethrow(dispatch(ends));
            checkDeadline(start + controller.timeout().toNanos() + longestOwnNanos + MARGIN_NANOS, n + " commands");
        }
    }

    /** The next end for {@code waitDone} to count: this thread's, or anybody's once it has no command outstanding; null if none. */
    private Completion count(Thread self) {
        Completion own = kept.takeOwn(self);
        return own != null || outstanding.countsAnyOf(self) ? own : kept.takeAny();
    }

    /**
     * Takes the ends that are there, without waiting, and runs their callbacks. A later {@code waitDone} does not count them.
     *
     * @return their number
     */
    public int poll() {
        lock.lock();
        try {
            kept.clear();
        } finally {
            lock.unlock();
        }
        Ends ends = reap(BATCH, 0, Keep.NONE);
        rethrow(Ends.join(takeFailure(), dispatch(ends)));
        return ends.count();
    }

    /** Rings the submission queue's doorbell for entries whose commands held it. */
    public void ring() {
        usable();
        lock.lock();
        try {
            long h = handle.acquire();
            try {
                Rc.check(Library.get().bell_qpair_ring(h));
            } finally {
                handle.release();
            }
        } finally {
            lock.unlock();
        }
    }

    private void usable() {
        if (role == Role.WORKER) {
            throw new IllegalStateException(handle + " belongs to an I/O worker; look at its info and cmdlog only");
        }
        handle.check();
    }

    private void post(Pending pending) {
        usable();
        lock.lock();
        try {
            int rc = postLocked(pending);
            if (rc == Rc.EAGAIN) {
                throw new FullException(Rc.text(rc));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean tryPost(Pending pending) {
        usable();
        lock.lock();
        try {
            return postLocked(pending) != Rc.EAGAIN;
        } finally {
            lock.unlock();
        }
    }

    /** Posts; returns 0, or EAGAIN if there is no room. */
    private int postLocked(Pending pending) {
        Command c = pending.command;
        c.pin();
        int tag = outstanding.add(pending);
        boolean posted = false;
        try {
            c.writeSqe(command, Layouts.Command.SQE);
            command.set(ValueLayout.JAVA_LONG, Layouts.Command.DATA_IOVA, c.dataIova());
            command.set(ValueLayout.JAVA_LONG, Layouts.Command.DATA_BYTES, c.dataLength());
            command.set(ValueLayout.JAVA_LONG, Layouts.Command.TAG, tag);
            command.set(ValueLayout.JAVA_INT, Layouts.Command.TIMEOUT_MS, c.timeoutMillis());
            command.set(ValueLayout.JAVA_INT, Layouts.Command.FLAGS, c.flags());
            int rc = submitNative(c);
            if (rc == Rc.ENODEV) {
                throw notSubmitted();
            }
            if (rc != Rc.EAGAIN) {
                Rc.check(rc, Command.UnsendableException::new);
                posted = true;
                pending.cid = cid.get(ValueLayout.JAVA_SHORT, 0) & 0xffff;
                latestCid = pending.cid;
                longestOwnNanos = Math.max(longestOwnNanos, Integer.toUnsignedLong(c.timeoutMillis()) * 1_000_000);
            }
            return rc;
        } finally {
            if (!posted) {
                outstanding.remove(tag);
                c.unpin();
            }
        }
    }

    private int submitNative(Command c) {
        Sgl list = c.list().orElse(null);
        long h = handle.acquire();
        try (Arena arena = list == null ? null : Arena.ofConfined()) {
            if (list == null) {
                return Library.get().bell_qpair_submit(h, command.address(), cid.address());
            }
            byte[] descriptors = list.toBytes();
            MemorySegment m = arena.allocate(Layouts.Sgl.BYTES + descriptors.length, 8);
            m.set(ValueLayout.JAVA_INT, Layouts.Sgl.COUNT, list.count());
            m.set(ValueLayout.JAVA_INT, Layouts.Sgl.SEGMENT, list.perSegment());
            MemorySegment.copy(descriptors, 0, m, ValueLayout.JAVA_BYTE, Layouts.Sgl.BYTES, descriptors.length);
            return Library.get().bell_qpair_submit_sgl(h, command.address(), m.address(), cid.address());
        } finally {
            handle.release();
            Reference.reachabilityFence(this);
        }
    }

    private DoorbellException notSubmitted() {
        String text = Rc.text(Rc.ENODEV);
        return controller.device().isLost() ? new Device.LostException(text) : new DeadException(text);
    }

    private Ends reap(int max, long waitMicros, Keep keep) {
        usable();
        lock.lock();
        try {
            return reapLocked(max, waitMicros, keep);
        } finally {
            lock.unlock();
        }
    }

    private static long nextSlice(long slice, Ends ends) {
        return ends.count() > 0 ? SLICE_MICROS : Math.min(slice * 2, LONGEST_SLICE_MICROS);
    }

    private Ends reapFor(Pending pending, long slice) {
        lock.lock();
        try {
            // Another thread may have reaped it, or closed the qpair, while this one waited for the lock.
            return pending.end != null ? new Ends() : reapLocked(BATCH, slice, Keep.SUBMITTED);
        } finally {
            lock.unlock();
        }
    }

    /** Reaps if nobody else is at it; for a pulse that must not wait. */
    int tryPoll() {
        if (!lock.tryLock()) {
            return 0;
        }
        Ends ends;
        try {
            ends = reapLocked(BATCH, 0, Keep.SUBMITTED);
        } finally {
            lock.unlock();
        }
        keep(dispatch(ends));
        return ends.count();
    }

    private Ends reapLocked(int max, long waitMicros, Keep keep) {
        Ends ends = new Ends();
        reapInto(ends, max, waitMicros, keep);
        return ends;
    }

    private void reapInto(Ends ends, int max, long waitMicros, Keep keep) {
        long h = handle.acquire();
        int n;
        try {
            n = waitMicros == 0
                    ? Library.get().bell_qpair_poll(h, completions.address(), max)
                    : Library.get().bell_qpair_wait(h, completions.address(), max, waitMicros);
        } finally {
            handle.release();
            Reference.reachabilityFence(this);
        }
        Rc.check(n);
        for (int i = 0; i < n; i++) {
            take(i, ends, keep);
        }
    }

    private void take(int index, Ends ends, Keep keep) {
        long at = (long) index * Layouts.Completion.BYTES;
        int flags = completions.get(ValueLayout.JAVA_INT, at + Layouts.Completion.FLAGS);
        Completion end = new Completion(
                completions.asSlice(at + Layouts.Completion.CQE, 16).toArray(ValueLayout.JAVA_BYTE),
                completions.get(ValueLayout.JAVA_LONG, at + Layouts.Completion.SUBMITTED_NS),
                completions.get(ValueLayout.JAVA_LONG, at + Layouts.Completion.COMPLETED_NS),
                completions.get(ValueLayout.JAVA_SHORT, at + Layouts.Completion.CID) & 0xffff,
                id,
                (flags & Library.CQ_TIMEOUT) != 0,
                (flags & Library.CQ_LOST) != 0);
        if ((flags & Library.CQ_MISCOMPARE) != 0) {
            end = end.with(Verification.of(controller.device(), end));
        }
        if ((flags & Library.CQ_EVENT) != 0) {
            if (end.isSuccess()) {
                ends.add(Controller.AsyncEvent.of(end));
            }
            return;
        }
        int tag = (int) completions.get(ValueLayout.JAVA_LONG, at + Layouts.Completion.TAG);
        end(outstanding.remove(tag), end, ends, keep);
    }

    private void end(Pending pending, Completion end, Ends ends, Keep keep) {
        pending.command.unpin();
        pending.end = end;
        kept.add(pending, keep);
        ends.add(pending);
    }

    private Throwable dispatch(Ends ends) {
        dispatching.set(dispatching.get() + 1);
        try {
            return ends.dispatch(controller);
        } finally {
            dispatching.set(dispatching.get() - 1);
        }
    }

    /** Keeps what a callback threw for the next call that throws such things. */
    private void keep(Throwable thrown) {
        if (thrown != null) {
            LOG.warn("a callback on {} failed", handle, thrown);
            lock.lock();
            try {
                failure = Ends.join(failure, thrown);
            } finally {
                lock.unlock();
            }
        }
    }

    private Throwable takeFailure() {
        lock.lock();
        try {
            Throwable taken = failure;
            failure = null;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private static void rethrow(Throwable thrown) {
        switch (thrown) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new DoorbellException("a callback failed: " + thrown.getMessage(), thrown);
        }
    }

    private long deadline(Command c) {
        long own = c.timeout().orElse(controller.timeout()).toNanos();
        // Twice: for room in the queue, and for the command itself.
        return System.nanoTime() + 2 * own + MARGIN_NANOS;
    }

    private void checkDeadline(long deadline, String what) {
        if (System.nanoTime() - deadline > 0) {
            throw new Command.TimeoutException(handle + " did not report " + what + " within its time limit and "
                    + MARGIN_NANOS / 1_000_000_000L + " s more; close the controller and open it again");
        }
    }

    /**
     * Deletes the queues. Commands that are outstanding end as lost. If the device does not do its part, that is thrown, but the qpair is
     * closed all the same.
     *
     * @throws IllegalStateException for the admin qpair and a worker's
     */
    @Override
    public void close() {
        switch (role) {
            case ADMIN -> throw new IllegalStateException(handle + " belongs to the controller; close the controller");
            case WORKER -> throw new IllegalStateException(handle + " belongs to an I/O worker; close the worker");
            case IO -> {}
        }
        if (!handle.isOpen()) {
            return;
        }
        Failed failed = new Failed();
        Ends ends = controller.onAdmin(
                () -> closeNative(h -> failed.note(Library.get().bell_qpair_close(h))));
        controller.device().children().remove(this);
        keep(dispatch(ends));
        failed.rethrow();
    }

    /** Ends the handle by {@code close}, and all outstanding commands as lost; they still have to be dispatched. */
    Ends closeNative(LongConsumer close) {
        Ends ends = new Ends();
        lock.lock();
        try {
            if (handle.close(close)) {
                released.run();
                loseAll(ends);
            }
        } finally {
            lock.unlock();
        }
        return ends;
    }

    /** Reaps everything that is there, for a queue that will give no more. */
    Ends reapAll() {
        Ends all = new Ends();
        lock.lock();
        try {
            for (int before = -1; all.count() != before; ) {
                before = all.count();
                reapInto(all, BATCH, 0, Keep.NONE);
            }
        } finally {
            lock.unlock();
        }
        return all;
    }

    /** Ends all outstanding commands as lost, without asking the library. */
    Ends abandon() {
        Ends ends = new Ends();
        lock.lock();
        try {
            loseAll(ends);
        } finally {
            lock.unlock();
        }
        return ends;
    }

    private void loseAll(Ends ends) {
        byte[] ones = new byte[16];
        java.util.Arrays.fill(ones, (byte) 0xff);
        long now = System.nanoTime();
        for (Pending p : outstanding.removeAll()) {
            end(p, new Completion(ones.clone(), now, now, p.cid, id, false, true), ends, Keep.NONE);
        }
    }

    /** The admin qpair is the same over resets, but its depth is that of the last enabling. */
    void revived() {
        depth = info().depth();
    }

    void dispatchQuietly(Ends ends) {
        keep(dispatch(ends));
    }

    ReentrantLock lock() {
        return lock;
    }

    Role role() {
        return role;
    }

    @Override
    public String describe() {
        return switch (role) {
            case ADMIN -> "admin qpair";
            case IO, WORKER -> "qpair " + id;
        };
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
