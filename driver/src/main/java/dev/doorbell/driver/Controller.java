package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.ControllerConfig;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The controller on a device: its states, its queues, its admin commands. Usable by many threads at once; the admin queue has a lock, and
 * whoever waits on it reaps for everybody.
 *
 * <p>Methods named after a command throw {@link Command.StatusException}, {@link Command.TimeoutException} or
 * {@link Command.LostException} if it does not succeed. {@link #execute} returns the completion whatever it says.
 */
public final class Controller implements AutoCloseable {
    /** What CSTS says, NVMe Base 2.0c §3.1.3.6. */
    public enum State {
        /** RDY is 0. */
        DISABLED,
        /** RDY is 1. */
        READY,
        /** CFS is 1: a fatal error; reset it. */
        FATAL,
        /** The registers read all ones. */
        LOST
    }

    /** Which value of a feature. */
    public enum Select {
        CURRENT,
        DEFAULT,
        SAVED,
        CAPABILITIES
    }

    /** The controller did not become ready, or not disabled, in the time that CAP.TO allows, or reports a fatal status. */
    public static final class EnableException extends DoorbellException {
        EnableException(String message) {
            super(message);
        }
    }

    /** CSTS.SHST did not say in time that the shutdown is complete. */
    public static final class ShutdownException extends DoorbellException {
        ShutdownException(String message) {
            super(message);
        }
    }

    /** The controller has never been enabled by this program, so that there is no admin queue. */
    public static final class NotEnabledException extends DoorbellException {
        NotEnabledException(String message) {
            super(message);
        }
    }

    /**
     * How to enable.
     *
     * @param adminDepth entries of the admin queues, 2 .. 4096
     * @param timeout limit of every command that has none of its own, at least 1 ms
     * @param css CC.CSS: 0 NVM, 6 all supported I/O command sets, 7 admin only
     * @param ams CC.AMS: 0 round robin, 1 weighted round robin
     * @param asyncEvents asynchronous event requests to keep armed, 0 or more
     */
    public record Options(int adminDepth, Duration timeout, int css, int ams, int asyncEvents) {
        /** 128 entries, 10 s, NVM command set, round robin, one event request. */
        public static Options defaults() {
            return new Options(128, Duration.ofSeconds(10), 0, 0, 1);
        }

        /** With another depth of the admin queues. */
        public Options withAdminDepth(int adminDepth) {
            return new Options(adminDepth, timeout, css, ams, asyncEvents);
        }

        /** With another time limit. */
        public Options withTimeout(Duration timeout) {
            return new Options(adminDepth, timeout, css, ams, asyncEvents);
        }

        /** With another CC.CSS. */
        public Options withCss(int css) {
            return new Options(adminDepth, timeout, css, ams, asyncEvents);
        }

        /** With another CC.AMS. */
        public Options withAms(int ams) {
            return new Options(adminDepth, timeout, css, ams, asyncEvents);
        }

        /** With another number of armed event requests. */
        public Options withAsyncEvents(int asyncEvents) {
            return new Options(adminDepth, timeout, css, ams, asyncEvents);
        }
    }

    /**
     * Value of a feature.
     *
     * @param cdw0 dword 0 of the completion
     * @param data its data structure; empty for features without
     */
    public record FeatureValue(int cdw0, byte[] data) {}

    /**
     * An asynchronous event, NVMe Base 2.0c §5.2.
     *
     * @param type 0 error, 1 SMART / health, 2 notice, 6 I/O command set, 7 vendor
     * @param info what happened, by type
     * @param logPage the log page to read, which also clears the event
     * @param cdw0 dword 0 of the completion
     * @param nanos when it was seen, of the monotonic clock
     */
    public record AsyncEvent(int type, int info, int logPage, int cdw0, long nanos) {
        static AsyncEvent of(Completion c) {
            int cdw0 = c.cdw0();
            return new AsyncEvent(cdw0 & 7, cdw0 >> 8 & 0xff, cdw0 >> 16 & 0xff, cdw0, c.completedNanos());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Controller.class);

    private static final Duration FORMAT_LIMIT = Duration.ofMinutes(10);
    private static final int RTD3E = 88;
    private static final int CNTRLTYPE = 111;
    private static final int DISCOVERY_CONTROLLER = 2;

    private final Device device;
    private final boolean ownsDevice;
    private final ReentrantLock adminLock = new ReentrantLock(true);

    /** Taken before any queue's lock: no queue is made between enabling and Set Features 07h, which is refused then (Base 2.0c §5.27.1.5). */
    private final ReentrantLock bringUp = new ReentrantLock(true);

    private final EventListeners listeners = new EventListeners();
    private final Inquiry inquiry;
    private final FeatureAccess features;
    private volatile Options options = Options.defaults();
    private volatile InitSequence sequence = InitSequence.defaults();
    private volatile Duration timeout = options.timeout();
    private volatile Qpair admin;
    private volatile boolean closed;
    private boolean finished;

    Controller(Device device, boolean ownsDevice) {
        this.device = device;
        this.ownsDevice = ownsDevice;
        AdminData transfers = new AdminData(this);
        this.inquiry = new Inquiry(this, transfers);
        this.features = new FeatureAccess(this, transfers);
    }

    /**
     * Attaches to the device that {@code address} names and initialises its controller with the default options.
     *
     * @throws Device.OpenException if it cannot be attached to
     * @throws EnableException if it does not become ready
     */
    public static Controller open(String address) {
        return open(DeviceAddress.parse(address), Options.defaults());
    }

    /**
     * Attaches to a device and initialises its controller. The device belongs to the controller and is closed with it.
     *
     * @throws Device.OpenException if it cannot be attached to
     * @throws EnableException if it does not become ready
     */
    public static Controller open(DeviceAddress address, Options options) {
        return open(address, options, InitSequence.defaults());
    }

    /**
     * Attaches to a device and brings its controller up in a way of one's own. The device belongs to the controller and is closed with it.
     *
     * @throws Device.OpenException if it cannot be attached to
     * @throws EnableException if it does not become ready
     */
    public static Controller open(DeviceAddress address, Options options, InitSequence sequence) {
        Controller controller = Device.open(address).ownedController();
        try {
            controller.initialise(options, sequence);
            return controller;
        } catch (RuntimeException | Error e) {
            try {
                controller.close();
            } catch (RuntimeException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    /** The device it is on. */
    public Device device() {
        return device;
    }

    /** What CSTS says now, or whoever owns the controller. Sends no command. */
    public State state() {
        return ControllerFacts.read(device).state();
    }

    /** Most entries of an I/O queue, CAP.MQES + 1. */
    public int maxQueueDepth() {
        return ControllerFacts.read(device).maxDepth();
    }

    /** {@link #initialise(Options)} with the options of the last time, or the defaults. */
    public void initialise() {
        initialise(options);
    }

    /** {@link #initialise(Options, InitSequence)} with the sequence of the last time, or the default. */
    public void initialise(Options o) {
        initialise(o, sequence);
    }

    /**
     * Brings the controller up. The default sequence enables it, identifies it, asks for as many queues as it gives (Set Features 07h) and
     * arms the asynchronous event requests. Options and sequence are used again by {@link #initialise()} and {@link #reset()}.
     *
     * @throws EnableException if it does not become ready
     */
    public void initialise(Options o, InitSequence steps) {
        checkOpen();
        bringUp.lock();
        try {
            bringUp(o, steps);
        } finally {
            bringUp.unlock();
        }
    }

    private void bringUp(Options o, InitSequence steps) {
        sequence = steps;
        if (!steps.isDefault()) {
            options = o;
            timeout(o.timeout());
            steps.run(new Bringup(this, o));
            return;
        }
        enable(o);
        boolean io = o.css() != 7 && identifyController()[CNTRLTYPE] != DISCOVERY_CONTROLLER;
        // Where the queues are another owner's, so is their number.
        if (io && device.features().contains(Device.Feature.QPAIRS)) {
            // CDW11 FFFEh in both halves asks for 65,535 queues of each kind, the most that can be asked for.
            requestQueues(0xffff, 0xffff);
        }
    }

    /**
     * From any state to CSTS.RDY = 1, NVMe Base 2.0c §3.5.1, and nothing more. I/O qpairs that exist are lost.
     *
     * @throws EnableException if CAP.TO passes, or CSTS.CFS is set
     * @throws Device.LostException if the registers read all ones
     */
    public void enable(Options o) {
        checkOpen();
        exclusively(() -> {
            long h = device.handle().acquire();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment config = arena.allocate(ControllerConfig.BYTES, 8);
                config.set(ValueLayout.JAVA_INT, ControllerConfig.ADMIN_DEPTH, o.adminDepth());
                config.set(ValueLayout.JAVA_INT, ControllerConfig.TIMEOUT_MS, millis(o.timeout()));
                config.set(ValueLayout.JAVA_INT, ControllerConfig.CSS, o.css());
                config.set(ValueLayout.JAVA_INT, ControllerConfig.AMS, o.ams());
                config.set(
                        ValueLayout.JAVA_INT, ControllerConfig.AER_COUNT, o.asyncEvents() == 0 ? -1 : o.asyncEvents());
                int rc = Library.get().bell_controller_enable(h, config.address());
                Rc.check(rc, EnableException::new);
                options = o;
                timeout = o.timeout();
                adminPrepared(h);
            } finally {
                device.handle().release();
            }
        });
    }

    /** The admin queue has new memory, and what the controller said before may be wrong now. */
    void adminPrepared(long h) {
        inquiry.forget();
        if (admin != null) {
            admin.revived();
        } else {
            admin = new Qpair(this, Qpair.Role.ADMIN, Library.get().bell_controller_admin(h), adminLock);
        }
    }

    /**
     * CC.EN = 0, and waits for CSTS.RDY = 0. Every outstanding command ends as lost.
     *
     * @throws EnableException if CAP.TO passes
     * @throws Device.UnsupportedException if the controller is another owner's, such as the kernel's driver
     */
    public void disable() {
        checkOpen();
        if (device.kind() == Device.Kind.KERNEL) {
            throw new Device.UnsupportedException(
                    device + " belongs to the kernel's nvme driver, which alone resets it;"
                            + " bind it to vfio-pci to disable and reset it");
        }
        stop();
    }

    private void stop() {
        exclusively(() -> onDevice(h -> Rc.check(Library.get().bell_controller_disable(h), EnableException::new)));
    }

    /** A controller reset: disables and initialises with the options and the sequence of the last time. I/O qpairs are lost; close them and create others. */
    public void reset() {
        disable();
        initialise();
    }

    /**
     * CC.SHN, and waits for CSTS.SHST = 10b. Initialise to use it again.
     *
     * @param abrupt whether not to wait for anything to be saved
     * @param limit how long to wait
     * @throws ShutdownException if it takes longer
     */
    public void shutdown(boolean abrupt, Duration limit) {
        checkOpen();
        onDevice(h -> Rc.check(
                Library.get().bell_controller_shutdown(h, abrupt ? 1 : 0, millis(limit)), ShutdownException::new));
    }

    /**
     * {@link #shutdown(boolean, Duration)}, with the time that the controller says it takes, RTD3E (Identify controller bytes 91:88), as the
     * limit: 1 s at least, 10 s if it does not say.
     */
    public void shutdown(boolean abrupt) {
        byte[] id = identifyController();
        long micros = Integer.toUnsignedLong(
                ByteBuffer.wrap(id).order(ByteOrder.LITTLE_ENDIAN).getInt(RTD3E));
        shutdown(abrupt, micros == 0 ? Duration.ofSeconds(10) : Duration.ofNanos(Math.max(micros, 1_000_000) * 1_000));
    }

    /**
     * The admin qpair: always the same object, over resets.
     *
     * @throws NotEnabledException before the first {@link #enable} or {@link #initialise}
     */
    public Qpair admin() {
        checkOpen();
        Qpair a = admin;
        if (a == null) {
            throw new NotEnabledException(
                    "the controller of " + device + " has not been enabled; call initialise() first");
        }
        return a;
    }

    /** Creates an I/O qpair of a depth, without interrupts. */
    public Qpair createQpair(int depth) {
        return createQpair(QpairOptions.depth(depth));
    }

    /**
     * Creates an I/O completion queue and submission queue.
     *
     * @throws Qpair.CreationException if the depth is out of range, no id is free, or the device refuses; the message says which
     */
    public Qpair createQpair(QpairOptions o) {
        admin();
        bringUp.lock();
        try {
            return newQpair(o);
        } finally {
            bringUp.unlock();
        }
    }

    private Qpair newQpair(QpairOptions o) {
        return device.children().open(() -> onAdmin(() -> onDevice(h -> QpairCreation.create(this, h, o))));
    }

    /** The qpairs that are open: the admin qpair first if there is one, then the others by id, those of workers too. */
    public List<Qpair> qpairs() {
        List<Qpair> all = new ArrayList<>(device.children().of(Qpair.class));
        for (IoWorker worker : workers()) {
            if (worker.isOpen()) {
                all.add(worker.qpair());
            }
        }
        all.sort(Comparator.comparingInt(Qpair::id));
        Qpair a = admin;
        if (a != null && a.isOpen()) {
            all.addFirst(a);
        }
        return all;
    }

    /** Sends an admin command and waits for its end, whatever it is. */
    public Completion execute(Command command) {
        return admin().execute(command);
    }

    /** The same, while the controller is being closed too. */
    Completion executeOpenOrClosing(Command command) {
        Qpair a = admin;
        if (a == null) {
            throw new NotEnabledException("the controller of " + device + " has not been enabled");
        }
        return a.execute(command);
    }

    /** The identify controller structure, 4096 bytes (CNS 01h). */
    public byte[] identifyController() {
        return inquiry.identifyController();
    }

    /** What Identify returns, 4096 bytes, NVMe Base 2.0c §5.17. */
    public byte[] identify(int cns, int nsid, int cntid, int csi) {
        return inquiry.identify(cns, nsid, cntid, csi);
    }

    /** The first {@code bytes} bytes, a multiple of 4, of a log page for the whole controller. */
    public byte[] logPage(int lid, int bytes) {
        return logPage(lid, -1, bytes, 0, 0, false);
    }

    /**
     * A part of a log page, NVMe Base 2.0c §5.16. Larger parts than one command can transfer are read in pieces.
     *
     * @param lid log page identifier
     * @param nsid namespace, -1 for the controller
     * @param bytes how many, a multiple of 4
     * @param offset from which byte on, a multiple of 4
     * @param lsp log specific parameter
     * @param rae retain the asynchronous event: reading does not clear it
     */
    public byte[] logPage(int lid, int nsid, int bytes, long offset, int lsp, boolean rae) {
        return inquiry.logPage(lid, nsid, bytes, offset, lsp, rae);
    }

    /**
     * Value of a feature, with its data structure if it has one.
     *
     * @param fid feature identifier
     * @param select which value
     * @param nsid namespace, 0 or -1 for the controller, as the feature wants it
     * @param cdw11 further selection, for features that have some
     */
    public FeatureValue getFeature(int fid, Select select, int nsid, int cdw11) {
        return features.get(fid, select, nsid, cdw11);
    }

    /** Sets a feature without data; returns dword 0 of the completion. */
    public int setFeature(int fid, int nsid, int cdw11, boolean save) {
        return features.set(fid, nsid, new int[] {cdw11}, save, new byte[0]);
    }

    /** Sets a feature with its data structure; returns dword 0 of the completion. */
    public int setFeature(int fid, int nsid, int cdw11, boolean save, byte[] data) {
        return features.set(fid, nsid, new int[] {cdw11}, save, data);
    }

    /**
     * Sets a feature that takes more than one dword, with or without data; returns dword 0 of the completion.
     *
     * @param dwords command dwords from 11 on, five at most
     * @param data as long as {@link #featureDataBytes} says, or as the device is to get it; empty for none
     */
    public int setFeature(int fid, int nsid, int[] dwords, boolean save, byte[] data) {
        return features.set(fid, nsid, dwords, save, data);
    }

    /** Bytes of a feature's data structure, NVMe Base 2.0c §5.27.1; 0 without one. Dword 11 chooses for the Host Identifier. */
    public static int featureDataBytes(int fid, int cdw11) {
        return FeatureData.bytes(fid, cdw11);
    }

    /** Ids of the active namespaces, ascending (CNS 02h). */
    public List<Integer> activeNamespaces() {
        return inquiry.activeNamespaces();
    }

    /**
     * A namespace; identifies it the first time.
     *
     * @throws Namespace.InactiveException if there is none with this id
     */
    public Namespace namespace(int nsid) {
        checkOpen();
        return inquiry.namespace(nsid);
    }

    /** How many I/O qpairs the controller has granted, by Features 07h. */
    public int maxQueues() {
        checkOpen();
        return inquiry.maxQueues();
    }

    int requestQueues(int submission, int completion) {
        return inquiry.requestQueues(submission, completion);
    }

    /** Largest data of one command, by MDTS (Identify controller byte 77), at most 1 GiB; 2 MiB where the controller sets no limit. */
    public int maxTransferBytes() {
        checkOpen();
        return inquiry.maxTransferBytes();
    }

    /**
     * Listens for asynchronous events. They arrive when somebody polls or waits on the admin qpair, on that thread.
     *
     * @return closing it ends the listening
     */
    public AutoCloseable onAsyncEvent(Consumer<AsyncEvent> listener) {
        checkOpen();
        return listeners.add(listener);
    }

    void tell(AsyncEvent event) {
        listeners.tell(event);
    }

    /**
     * Takes what has ended on the admin queue, without waiting, and returns how much that was. Cheap; meant for a pulse. Does nothing if
     * another thread is at it.
     */
    public int poll() {
        checkOpen();
        Qpair a = admin;
        return a == null ? 0 : a.tryPoll();
    }

    /** Time limit of commands that have none of their own. */
    public Duration timeout() {
        return timeout;
    }

    /** Sets the time limit of commands that have none of their own, at least 1 ms, on every queue. */
    public void timeout(Duration limit) {
        checkOpen();
        onDevice(h -> Rc.check(Library.get().bell_controller_set_timeout(h, millis(limit))));
        timeout = limit;
    }

    /**
     * Formats a namespace, or all with nsid -1, and waits up to ten minutes for it, or the controller's time limit if that is longer. What
     * is known of the namespaces is read again afterwards.
     *
     * @param lbaf LBA format, 0 .. 63
     * @param secureErase 0 none, 1 user data, 2 cryptographic
     */
    public Completion format(int nsid, int lbaf, int secureErase) {
        return format(AdminCommands.format(nsid, lbaf, secureErase, 0, false, false));
    }

    /** The same with a command from {@link AdminCommands#format}. */
    public Completion format(Command format) {
        Duration limit = FORMAT_LIMIT.compareTo(timeout) > 0 ? FORMAT_LIMIT : timeout;
        try {
            return execute(format.timeout(limit)).orThrow("Format NVM");
        } finally {
            staleNamespaces();
        }
    }

    /** What is known of the namespaces may be wrong: they are identified again when somebody asks. */
    void staleNamespaces() {
        inquiry.staleNamespaces();
    }

    void forgetNamespace(int nsid) {
        inquiry.forgetNamespace(nsid);
    }

    /** Asks for the abort of command {@code cid} on queue {@code sqid}; returns whether the controller aborted it. */
    public boolean abort(int sqid, int cid) {
        return (execute(AdminCommands.abort(sqid, cid)).orThrow("Abort").cdw0() & 1) == 0;
    }

    /**
     * Creates an I/O worker with its own qpair; {@link IoWorker#start} starts it.
     *
     * @throws IoWorker.CreationException if a parameter is wrong or the queue cannot be created; the message says which
     */
    public IoWorker createWorker(Workload w) {
        admin();
        Namespace namespace = namespace(w.nsid());
        if (w.verify()) {
            Verification.begun(namespace);
        }
        bringUp.lock();
        try {
            return device.children().open(() -> onAdmin(() -> IoWorker.create(this, w, namespace)));
        } finally {
            bringUp.unlock();
        }
    }

    /** The workers that are open. */
    public List<IoWorker> workers() {
        return device.children().of(IoWorker.class);
    }

    boolean isClosed() {
        return closed;
    }

    private void checkOpen() {
        if (closed) {
            throw new Device.ClosedException("the controller of " + device + " is closed");
        }
    }

    private static int millis(Duration d) {
        return (int) Math.clamp(d.toMillis(), 1, 0xffff_fffeL);
    }

    private <T> T onDevice(Function<Long, T> call) {
        long h = device.handle().acquire();
        try {
            return call.apply(h);
        } finally {
            device.handle().release();
        }
    }

    /** Runs a native call that sends admin commands, with the ownership of the admin qpair that it needs. */
    <T> T onAdmin(Supplier<T> call) {
        adminLock.lock();
        try {
            return call.get();
        } finally {
            adminLock.unlock();
        }
    }

    /** Runs a native call that ends the commands of every queue, while no thread is in one. */
    void exclusively(Runnable call) {
        adminLock.lock();
        List<ReentrantLock> held = new ArrayList<>();
        try {
            List<Qpair> io = device.children().of(Qpair.class);
            io.sort(Comparator.comparingInt(Qpair::id));
            for (Qpair qpair : io) {
                qpair.lock().lock();
                held.add(qpair.lock());
            }
            call.run();
        } finally {
            held.reversed().forEach(ReentrantLock::unlock);
            adminLock.unlock();
        }
    }

    /** Closes the device with {@code detach}, and with it the admin qpair, if nothing else is open on it. */
    void detach(Runnable detach) {
        Ends ends = onAdmin(() -> device.children().closeIfNone(device.address().text(), () -> {
            Qpair a = admin;
            if (a != null && a.isOpen()) {
                return a.closeNative(h -> detach.run());
            }
            detach.run();
            return new Ends();
        }));
        if (ends.count() > 0) {
            admin.dispatchQuietly(ends);
        }
    }

    /**
     * Closes its workers and I/O qpairs; if it opened its device, also disables the controller, frees the buffers and closes the device.
     * Outstanding commands end as lost. Other threads that use the controller meanwhile get a {@link Device.ClosedException}.
     */
    @Override
    public synchronized void close() {
        closed = true;
        if (finished) {
            return;
        }
        Closing closing = new Closing();
        closing.all(workers());
        closing.all(device.children().of(Qpair.class));
        closing.all(device.children().of(RawSubmissionQueue.class));
        closing.all(device.children().of(RawCompletionQueue.class));
        closing.all(device.children().of(Verification.class));
        if (ownsDevice) {
            disableQuietly();
            closing.device(device);
        }
        finished = !ownsDevice || !device.isOpen();
        listeners.clear();
        closing.rethrow();
    }

    /** Stops the device from touching memory that is about to be freed. A device that is gone, or will not, is detached as it is. */
    private void disableQuietly() {
        Qpair a = admin;
        if (a == null || !a.isOpen()) {
            return;
        }
        try {
            stop();
            a.dispatchQuietly(a.reapAll());
        } catch (DoorbellException e) {
            LOG.info("{} was not disabled before it was detached: {}", device, e.getMessage());
        }
        a.dispatchQuietly(a.abandon());
    }

    @Override
    public String toString() {
        return "controller of " + device;
    }
}
