package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.ControllerConfig;
import dev.doorbell.driver.ffi.Layouts.QpairConfig;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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

    /** The largest data that the driver puts into one command: a page list has room for it at any alignment. */
    private static final int TRANSFER_LIMIT = 2 << 20;

    private static final int NUMBER_OF_QUEUES = 0x07;
    private static final int CSTS = 0x1c;

    private final Device device;
    private final boolean ownsDevice;
    private final ReentrantLock adminLock = new ReentrantLock(true);
    private final EventListeners listeners = new EventListeners();
    private final AdminData transfers;
    private final Map<Integer, Namespace> namespaces = new ConcurrentHashMap<>();
    private volatile Options options = Options.defaults();
    private volatile Duration timeout = options.timeout();
    private volatile Qpair admin;
    private volatile boolean closed;
    private boolean finished;
    private volatile int maxQueues;
    private volatile int maxTransferBytes;

    Controller(Device device, boolean ownsDevice) {
        this.device = device;
        this.ownsDevice = ownsDevice;
        this.transfers = new AdminData(this);
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
        Controller controller = Device.open(address).ownedController();
        try {
            controller.initialise(options);
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

    /** What CSTS says now. */
    public State state() {
        int csts;
        try {
            csts = device.registers().read32(CSTS);
        } catch (Device.LostException e) {
            return State.LOST;
        }
        if (csts == -1) {
            return State.LOST;
        }
        return (csts & 2) != 0 ? State.FATAL : (csts & 1) != 0 ? State.READY : State.DISABLED;
    }

    /** {@link #initialise(Options)} with the options of the last time, or the defaults. */
    public void initialise() {
        initialise(options);
    }

    /**
     * Enables the controller, identifies it, and asks for as many queues as it gives (Set Features 07h).
     *
     * @throws EnableException if it does not become ready
     */
    public void initialise(Options o) {
        enable(o);
        if (o.css() != 7) {
            identifyController();
            // CDW11 FFFEh in both halves asks for 65,535 queues of each kind, the most that can be asked for.
            rememberQueues(setFeature(NUMBER_OF_QUEUES, 0, 0xfffefffe, false));
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
                forget();
                options = o;
                timeout = o.timeout();
                if (admin != null) {
                    admin.revived();
                } else {
                    admin = new Qpair(this, Qpair.Role.ADMIN, Library.get().bell_controller_admin(h), adminLock);
                }
            } finally {
                device.handle().release();
            }
        });
    }

    /** What the controller said before may be wrong after a reset. */
    private void forget() {
        maxQueues = 0;
        maxTransferBytes = 0;
        namespaces.clear();
    }

    /**
     * CC.EN = 0, and waits for CSTS.RDY = 0. Every outstanding command ends as lost.
     *
     * @throws EnableException if CAP.TO passes
     */
    public void disable() {
        checkOpen();
        stop();
    }

    private void stop() {
        exclusively(() -> onDevice(h -> Rc.check(Library.get().bell_controller_disable(h), EnableException::new)));
    }

    /** A controller reset: disables and initialises with the options of the last time. I/O qpairs are lost; close them and create others. */
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
        return device.children()
                .open(() -> onAdmin(() -> onDevice(h -> {
                    try (Arena arena = Arena.ofConfined()) {
                        MemorySegment config = arena.allocate(QpairConfig.BYTES, 8);
                        config.set(ValueLayout.JAVA_INT, QpairConfig.DEPTH, o.depth());
                        config.set(ValueLayout.JAVA_INT, QpairConfig.PRIORITY, o.priority());
                        config.set(ValueLayout.JAVA_INT, QpairConfig.INTERRUPTS, o.interrupts() ? 1 : 0);
                        config.set(
                                ValueLayout.JAVA_INT,
                                QpairConfig.VECTOR,
                                o.vector().orElse(-1));
                        config.set(
                                ValueLayout.JAVA_INT, QpairConfig.QID, o.qid().orElse(0));
                        MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
                        Rc.check(
                                Library.get().bell_qpair_create(h, config.address(), out.address()),
                                Qpair.CreationException::new);
                        return new Qpair(
                                this, Qpair.Role.IO, out.get(ValueLayout.JAVA_LONG, 0), new ReentrantLock(true));
                    }
                })));
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

    /** The identify controller structure, 4096 bytes (CNS 01h). */
    public byte[] identifyController() {
        byte[] id = identify(1, 0, 0, 0);
        rememberTransferSize(id[77] & 0xff);
        return id;
    }

    /** What Identify returns, 4096 bytes, NVMe Base 2.0c §5.17. */
    public byte[] identify(int cns, int nsid, int cntid, int csi) {
        return transfers
                .receive(
                        String.format("Identify CNS %02xh, nsid %x", cns, nsid),
                        AdminCommands.identify(cns, nsid, cntid, csi),
                        4096)
                .data();
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
        if (bytes <= 0 || bytes % 4 != 0 || offset % 4 != 0) {
            throw new IllegalArgumentException(bytes + " bytes of a log page from " + offset
                    + " on; both must be multiples of 4, and not 0 bytes");
        }
        ByteBuffer all = ByteBuffer.allocate(bytes);
        int piece = Math.min(maxTransferBytes(), 128 << 10);
        while (all.hasRemaining()) {
            int n = Math.min(piece, all.remaining());
            boolean last = n == all.remaining();
            Command command = AdminCommands.getLogPage(lid, nsid, n, offset + all.position(), lsp, rae || !last);
            all.put(transfers
                    .receive(String.format("Get Log Page %02xh", lid), command, n)
                    .data());
        }
        return all.array();
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
        int bytes = select == Select.CAPABILITIES ? 0 : FeatureData.bytes(fid, cdw11);
        String what = String.format("Get Features %02xh", fid);
        Command command = AdminCommands.getFeatures(fid, select, nsid, cdw11);
        if (bytes == 0) {
            return new FeatureValue(execute(command).orThrow(what).cdw0(), new byte[0]);
        }
        AdminData.Received received = transfers.receive(what, command, bytes);
        return new FeatureValue(received.completion().cdw0(), received.data());
    }

    /** Sets a feature without data; returns dword 0 of the completion. */
    public int setFeature(int fid, int nsid, int cdw11, boolean save) {
        return execute(AdminCommands.setFeatures(fid, nsid, cdw11, save))
                .orThrow(String.format("Set Features %02xh", fid))
                .cdw0();
    }

    /** Sets a feature with its data structure; returns dword 0 of the completion. */
    public int setFeature(int fid, int nsid, int cdw11, boolean save, byte[] data) {
        return transfers
                .send(String.format("Set Features %02xh", fid), AdminCommands.setFeatures(fid, nsid, cdw11, save), data)
                .cdw0();
    }

    /** Ids of the active namespaces, ascending (CNS 02h). */
    public List<Integer> activeNamespaces() {
        List<Integer> ids = new ArrayList<>();
        for (int after = 0; ; ) {
            ByteBuffer list = ByteBuffer.wrap(identify(2, after, 0, 0)).order(ByteOrder.LITTLE_ENDIAN);
            while (list.hasRemaining()) {
                int nsid = list.getInt();
                if (nsid == 0) {
                    return ids;
                }
                ids.add(nsid);
                after = nsid;
            }
        }
    }

    /**
     * A namespace; identifies it the first time.
     *
     * @throws Namespace.InactiveException if there is none with this id
     */
    public Namespace namespace(int nsid) {
        checkOpen();
        Namespace known = namespaces.get(nsid);
        if (known != null) {
            return known;
        }
        Namespace fresh = new Namespace(this, nsid);
        Namespace other = namespaces.putIfAbsent(nsid, fresh);
        return other == null ? fresh : other;
    }

    /** How many I/O qpairs the controller has granted, by Features 07h. */
    public int maxQueues() {
        checkOpen();
        if (maxQueues == 0) {
            rememberQueues(getFeature(NUMBER_OF_QUEUES, Select.CURRENT, 0, 0).cdw0());
        }
        return maxQueues;
    }

    private void rememberQueues(int cdw0) {
        maxQueues = Math.min(cdw0 & 0xffff, cdw0 >>> 16) + 1;
    }

    /** Largest data of one command, by MDTS (Identify controller byte 77) and what the driver can describe, 2 MiB. */
    public int maxTransferBytes() {
        checkOpen();
        if (maxTransferBytes == 0) {
            identifyController();
        }
        return maxTransferBytes;
    }

    private void rememberTransferSize(int mdts) {
        int mpsmin = (int) (device.registers().read64(0) >>> 48) & 0xf;
        int shift = mdts + 12 + mpsmin;
        maxTransferBytes = mdts == 0 || shift > 21 ? TRANSFER_LIMIT : 1 << shift;
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

    /** Formats a namespace, or all with nsid -1, with an LBA format and a secure erase setting (0 none, 1 user data, 2 cryptographic). */
    public Completion format(int nsid, int lbaf, int secureErase) {
        Completion end = execute(AdminCommands.format(nsid, lbaf, secureErase, 0, false, false))
                .orThrow("Format NVM");
        forgetNamespaces();
        return end;
    }

    private void forgetNamespaces() {
        namespaces.values().forEach(Namespace::stale);
    }

    /** Starts a sanitize: 1 exit failure mode, 2 block erase, 3 overwrite, 4 crypto erase. Log page 81h has its progress. */
    public Completion sanitize(int action, int overwritePattern) {
        return execute(AdminCommands.sanitize(action, overwritePattern, false, 1))
                .orThrow("Sanitize");
    }

    /** Starts or aborts a self-test: 1 short, 2 extended, 15 abort. Log page 06h has its progress. */
    public Completion selfTest(int nsid, int code) {
        return execute(AdminCommands.selfTest(nsid, code)).orThrow("Device Self-test");
    }

    /** Downloads a firmware image in pieces of {@code pieceBytes}, a multiple of 4; an incomplete last dword is filled with zeros. */
    public void firmwareDownload(byte[] image, int pieceBytes) {
        if (pieceBytes <= 0 || pieceBytes % 4 != 0) {
            throw new IllegalArgumentException(
                    "firmware pieces of " + pieceBytes + " bytes; it must be a multiple of 4");
        }
        for (int offset = 0; offset < image.length; offset += pieceBytes) {
            int n = Math.min(pieceBytes, image.length - offset);
            byte[] piece =
                    java.util.Arrays.copyOf(java.util.Arrays.copyOfRange(image, offset, offset + n), (n + 3) / 4 * 4);
            transfers.send(
                    "Firmware Image Download at " + offset,
                    AdminCommands.firmwareDownload(piece.length, offset),
                    piece);
        }
    }

    /** Commits the downloaded image to a slot, with a commit action, NVMe Base 2.0c §5.11; some successes ask for a reset by their status. */
    public Completion firmwareCommit(int slot, int action) {
        return execute(AdminCommands.firmwareCommit(slot, action)).orThrow("Firmware Commit");
    }

    /** Asks for the abort of command {@code cid} on queue {@code sqid}; returns whether the controller aborted it. */
    public boolean abort(int sqid, int cid) {
        return (execute(AdminCommands.abort(sqid, cid)).orThrow("Abort").cdw0() & 1) == 0;
    }

    /**
     * Creates a namespace and returns its id; it is not attached yet.
     *
     * @param csi I/O command set, 0 NVM
     * @param structure 4096 bytes in the layout of identify namespace, with size, capacity and format
     */
    public int createNamespace(int csi, byte[] structure) {
        return transfers
                .send("Namespace Management, create", AdminCommands.createNamespace(csi), structure)
                .cdw0();
    }

    /** Deletes a namespace, or all with nsid -1. */
    public Completion deleteNamespace(int nsid) {
        namespaces.remove(nsid);
        return execute(AdminCommands.deleteNamespace(nsid)).orThrow("Namespace Management, delete");
    }

    /** Attaches a namespace to controllers, by their ids. */
    public Completion attach(int nsid, int... controllerIds) {
        return transfers.send(
                "Namespace Attachment, attach",
                AdminCommands.attachment(nsid, true),
                AdminData.controllerList(controllerIds));
    }

    /** Detaches a namespace from controllers, by their ids. */
    public Completion detach(int nsid, int... controllerIds) {
        namespaces.remove(nsid);
        return transfers.send(
                "Namespace Attachment, detach",
                AdminCommands.attachment(nsid, false),
                AdminData.controllerList(controllerIds));
    }

    /** Security Send, NVMe Base 2.0c §5.26. */
    public Completion securitySend(int protocol, int specific, int nssf, byte[] data) {
        return transfers.send("Security Send", AdminCommands.securitySend(protocol, specific, nssf, data.length), data);
    }

    /** Security Receive, NVMe Base 2.0c §5.25; returns {@code bytes} bytes. */
    public byte[] securityReceive(int protocol, int specific, int nssf, int bytes) {
        return transfers
                .receive("Security Receive", AdminCommands.securityReceive(protocol, specific, nssf, bytes), bytes)
                .data();
    }

    /**
     * Creates an I/O worker with its own qpair; {@link IoWorker#start} starts it.
     *
     * @throws IoWorker.CreationException if a parameter is wrong or the queue cannot be created; the message says which
     */
    public IoWorker createWorker(Workload w) {
        admin();
        Namespace namespace = namespace(w.nsid());
        return device.children().open(() -> onAdmin(() -> IoWorker.create(this, w, namespace)));
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
