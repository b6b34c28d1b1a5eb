package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.IntegrityConfig;
import dev.doorbell.driver.ffi.Layouts.IntegrityInfo;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Verification of a namespace's data: from its opening to its closing the driver takes down what every command writes, on any queue of the
 * device, typed or raw, and compares whatever is read. A command that succeeded but brought wrong data is no success:
 * {@link Completion#isSuccess()} is false and {@link Completion#miscompares()} says which blocks are wrong.
 *
 * <p>Written blocks are stamped in the caller's buffer: their LBA in the first eight bytes, a version in the last eight. See
 * {@code docs/verification.md} for what is followed and what is not. Usable by any thread.
 */
public final class Verification implements Children.Child {
    /** The namespace is under verification already, or cannot be. */
    public static final class VerificationException extends DoorbellException {
        VerificationException(String message) {
            super(message);
        }
    }

    /** What is known of a block. */
    public enum BlockState {
        /** Nothing. */
        UNKNOWN,
        /** Its CRC. */
        WRITTEN,
        /** It is all zeroes, by Write Zeroes. */
        ZEROED,
        /** It was marked by Write Uncorrectable. */
        UNCORRECTABLE,
        /** One of several contents is right: a write failed or was lost, or writes overlapped, or one is outstanding. */
        DOUBTFUL,
        /** It was deallocated: blank, as far as the device promises that, or what it was before. */
        TRIMMED,
        /** Not written since the last format or sanitize. */
        FORMATTED
    }

    /**
     * How to verify.
     *
     * @param stamps whether written blocks are stamped in the caller's buffer
     * @param deallocated whether deallocated blocks must read as the namespace promises (DLFEAT), or as they were before
     * @param keepBytes memory for copies of written blocks, to show beside what was found instead
     */
    public record Options(boolean stamps, boolean deallocated, long keepBytes) {
        /** Checks that there is no less than no memory. */
        public Options {
            if (keepBytes < 0) {
                throw new IllegalArgumentException("keepBytes " + keepBytes + "; it must be 0 or more");
            }
        }

        /** Stamps, promises of DLFEAT, 16 MiB. */
        public static Options defaults() {
            return new Options(true, true, 16 << 20);
        }

        /** The same with or without stamps. */
        public Options withStamps(boolean on) {
            return new Options(on, deallocated, keepBytes);
        }

        /** The same with deallocated blocks checked or not. */
        public Options withDeallocated(boolean on) {
            return new Options(stamps, on, keepBytes);
        }

        /** The same with other memory for copies. */
        public Options withKeepBytes(long bytes) {
            return new Options(stamps, deallocated, bytes);
        }
    }

    /**
     * Counters since the opening, in blocks.
     *
     * @param checking whether reads are compared now
     * @param suspended the namespace was deleted or got another format: nothing is followed any more; close this and open another
     * @param written blocks whose content was taken down
     * @param checked blocks read and compared
     * @param unknown blocks read of which nothing was known
     * @param skipped blocks read that could not be judged: written meanwhile, or the buffer was closed
     * @param miscompares blocks found wrong
     * @param doubtful blocks of which more than one content is right now
     */
    public record Statistics(
            boolean checking,
            boolean suspended,
            long written,
            long checked,
            long unknown,
            long skipped,
            long miscompares,
            long doubtful) {}

    private final Namespace namespace;
    private final Handle handle;

    private Verification(Namespace namespace, long address) {
        this.namespace = namespace;
        this.handle = new Handle(address, describe() + " of " + device());
    }

    /**
     * Begins.
     *
     * @throws VerificationException if the namespace is under verification already
     */
    public static Verification open(Namespace namespace) {
        return open(namespace, Options.defaults());
    }

    /**
     * Begins.
     *
     * @throws VerificationException if the namespace is under verification already
     */
    public static Verification open(Namespace namespace, Options options) {
        Device device = namespace.controller().device();
        return device.children().open(() -> create(device, namespace, options));
    }

    /** The verification of a namespace, begun now if there is none. */
    static synchronized Verification begun(Namespace namespace) {
        return of(namespace).orElseGet(() -> open(namespace));
    }

    /** The verification of a namespace that is open, if there is one. */
    public static Optional<Verification> of(Namespace namespace) {
        return all(namespace.controller().device()).stream()
                .filter(v -> v.namespace.nsid() == namespace.nsid())
                .findFirst();
    }

    /** All that are open on a device. */
    public static List<Verification> all(Device device) {
        return device.children().of(Verification.class);
    }

    private static Verification create(Device device, Namespace namespace, Options options) {
        byte[] id = namespace.identify();
        int flbas = id[26];
        int promise = id[33] & 7;
        boolean protection = (id[29] & 7) != 0;
        long h = device.handle().acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(IntegrityConfig.BYTES, 8);
            m.set(ValueLayout.JAVA_LONG, IntegrityConfig.LBAS, namespace.lbaCount());
            m.set(ValueLayout.JAVA_INT, IntegrityConfig.NSID, namespace.nsid());
            m.set(ValueLayout.JAVA_INT, IntegrityConfig.LBA_BYTES, namespace.lbaBytes());
            m.set(
                    ValueLayout.JAVA_INT,
                    IntegrityConfig.METADATA_BYTES,
                    (flbas & 0x10) != 0 ? namespace.metadataBytes() : 0);
            m.set(ValueLayout.JAVA_INT, IntegrityConfig.PI_BYTES, protection ? 8 : 0);
            m.set(ValueLayout.JAVA_INT, IntegrityConfig.FORMAT, flbas & 0xf | (flbas >> 5 & 3) << 4);
            m.set(
                    ValueLayout.JAVA_INT,
                    IntegrityConfig.DEALLOCATED,
                    options.deallocated() && (promise == 1 || promise == 2) ? promise : 0);
            m.set(ValueLayout.JAVA_INT, IntegrityConfig.FLAGS, options.stamps() ? 0 : Library.INTEGRITY_NO_STAMPS);
            m.set(ValueLayout.JAVA_LONG, IntegrityConfig.KEEP_BYTES, options.keepBytes());
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.check(Library.get().bell_integrity_open(h, m.address(), out.address()), VerificationException::new);
            return new Verification(namespace, out.get(ValueLayout.JAVA_LONG, 0));
        } finally {
            device.handle().release();
        }
    }

    private Device device() {
        return namespace.controller().device();
    }

    /** Its namespace. */
    public Namespace namespace() {
        return namespace;
    }

    /** Compares what is read, or only goes on taking down what is written. It compares from the opening on. */
    public void check(boolean on) {
        call((library, h) -> Rc.check(library.bell_integrity_check(h, on ? 1 : 0)));
    }

    /** Counters. */
    public Statistics statistics() {
        long h = handle.acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment m = arena.allocate(IntegrityInfo.BYTES, 8);
            Rc.check(Library.get().bell_integrity_get_info(h, m.address()));
            return new Statistics(
                    m.get(ValueLayout.JAVA_INT, IntegrityInfo.CHECKING) != 0,
                    m.get(ValueLayout.JAVA_INT, IntegrityInfo.SUSPENDED) != 0,
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.WRITTEN),
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.CHECKED),
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.UNKNOWN),
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.SKIPPED),
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.MISCOMPARES),
                    m.get(ValueLayout.JAVA_LONG, IntegrityInfo.DOUBTFUL));
        } finally {
            handle.release();
        }
    }

    /**
     * What is known of a block.
     *
     * @throws DoorbellException if it is beyond the namespace
     */
    public BlockState state(long lba) {
        long h = handle.acquire();
        try {
            return BlockState.values()[Rc.check(Library.get().bell_integrity_state(h, lba))];
        } finally {
            handle.release();
        }
    }

    /** These blocks were changed by other means, past this driver: nothing is known of them any more. */
    public void forget(long lba, long count) {
        call((library, h) -> Rc.check(library.bell_integrity_forget(h, lba, count)));
    }

    /** Writes what is known to a file, to be read back after the device lost its power. Blocks with commands outstanding are left out. */
    public void save(Path file) {
        call((library, h) -> Rc.check(library.bell_integrity_save(h, file.toString()), VerificationException::new));
    }

    /**
     * Replaces what is known by what a file says. No command to the namespace may be outstanding.
     *
     * @throws VerificationException if the file cannot be read, is damaged, or is of a namespace of another size; what was known stays
     */
    public void load(Path file) {
        call((library, h) -> Rc.check(library.bell_integrity_load(h, file.toString()), VerificationException::new));
    }

    /** All miscompares that are kept, the last 256, oldest first. */
    public List<Miscompare> miscompares() {
        return miscompares(0);
    }

    /** The miscompares from a sequence number on, oldest first. */
    public List<Miscompare> miscompares(long from) {
        long h = handle.acquire();
        try {
            return MiscompareReader.read(h, namespace.nsid(), from);
        } finally {
            handle.release();
        }
    }

    /** The miscompares of one command. */
    static List<Miscompare> of(Device device, Completion end) {
        List<Miscompare> found = new ArrayList<>();
        for (Verification verification : all(device)) {
            try {
                verification.miscompares().stream()
                        .filter(m ->
                                m.qid() == end.qid() && m.cid() == end.cid() && m.timeNanos() == end.completedNanos())
                        .forEach(found::add);
            } catch (Device.ClosedException e) {
                // Closed meanwhile: the particulars are gone with it.
            }
        }
        return found.isEmpty() ? List.of(Miscompare.notKept(end)) : List.copyOf(found);
    }

    private interface Call {
        void on(Library library, long handle);
    }

    private void call(Call call) {
        long h = handle.acquire();
        try {
            call.on(Library.get(), h);
        } finally {
            handle.release();
        }
    }

    @Override
    public String describe() {
        return "verification of namespace " + namespace.nsid();
    }

    /** Ends it. What is known is gone, unless it was saved. Outstanding commands are not judged. */
    @Override
    public void close() {
        if (handle.close(h -> Rc.check(Library.get().bell_integrity_close(h)))) {
            device().children().remove(this);
        }
    }

    @Override
    public String toString() {
        return describe() + " of " + device();
    }
}
