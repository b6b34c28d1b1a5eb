package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.TargetInfo;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Simulated devices that NVMe/TCP hosts can use: Doorbell with a {@code tcp://} address, Linux with {@code nvme connect -t tcp}. Each
 * device is a subsystem with one controller, for one host at a time; when it leaves, the controller is as after power-on, and what is on
 * the disk stays. A discovery controller tells everybody what there is.
 *
 * <p>{@link #run} serves in the thread that calls it; everything else may be called by any thread.
 */
public final class TcpTarget implements AutoCloseable {
    /**
     * A device to serve.
     *
     * @param address a simulated device, {@code sim:} with its options
     * @param nqn the subsystem's name; empty: one that follows from the serial number
     */
    public record Subsystem(DeviceAddress address, Optional<String> nqn) {}

    /**
     * What is served, and where.
     *
     * @param subsystems the devices, 1 to 16
     * @param listen addresses as {@code 127.0.0.1:4420}, {@code [::1]} or {@code 127.0.0.1:0}, which is any free port; up to 8, and
     *     127.0.0.1:4420 where there is none
     * @param referrals other discovery services that the discovery log names, up to 16
     * @param trace a pcapng file of everything that goes over the wire
     */
    public record Options(
            List<Subsystem> subsystems, List<String> listen, List<String> referrals, Optional<Path> trace) {
        public Options {
            subsystems = List.copyOf(subsystems);
            listen = List.copyOf(listen);
            referrals = List.copyOf(referrals);
        }

        /** One device at a free port of this machine. */
        public static Options of(DeviceAddress address) {
            return new Options(
                    List.of(new Subsystem(address, Optional.empty())),
                    List.of("127.0.0.1:0"),
                    List.of(),
                    Optional.empty());
        }

        private String text() {
            List<String> lines = new ArrayList<>();
            for (Subsystem subsystem : subsystems) {
                lines.add("device " + subsystem.address.text());
                subsystem.nqn.ifPresent(nqn -> lines.add("nqn " + nqn));
            }
            listen.forEach(address -> lines.add("listen " + address));
            referrals.forEach(address -> lines.add("referral " + address));
            trace.ifPresent(path -> lines.add("trace " + path.toAbsolutePath()));
            for (String line : lines) {
                if (line.indexOf('\n') >= 0) {
                    throw new IllegalArgumentException("\"" + line.replace("\n", "\\n") + "\" is more than one line");
                }
            }
            return String.join("\n", lines);
        }
    }

    /**
     * What a target is doing.
     *
     * @param connections connections now, those of discovery included
     * @param associations hosts that have a controller now
     * @param hosts hosts so far, the present ones included
     * @param commands commands so far
     * @param lastEnd why the last association ended, "" before the first end
     */
    public record Status(int connections, int associations, long hosts, long commands, String lastEnd) {}

    private final Handle handle;
    private final List<String> listening;
    private final List<String> nqns;
    private final boolean exposed;

    private TcpTarget(long native_) {
        this.handle = new Handle(native_, "NVMe/TCP target");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(native_, arena);
            this.listening = info.getString(TargetInfo.ADDRESSES).lines().toList();
            this.nqns = info.getString(TargetInfo.SUBSYSTEMS).lines().toList();
            this.exposed = info.get(ValueLayout.JAVA_INT, TargetInfo.EXPOSED) != 0;
        }
    }

    /**
     * Makes the devices and listens; hosts can connect from here on, and are served once {@link #run} is called. There is no
     * authentication: whoever can connect can read and write the disks.
     *
     * @throws Device.OpenException if a device cannot be served, or an address not be listened at
     */
    public static TcpTarget open(Options options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.checkAs(Library.get().bell_target_open(options.text(), out.address()), Device.OpenException::new);
            return new TcpTarget(out.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    /**
     * Serves hosts until {@link #stop} or {@link #close}.
     *
     * @throws Device.BusyException if another thread is serving
     * @throws Device.ClosedException if it was closed before
     */
    public void run() {
        long native_ = handle.acquire();
        try {
            Rc.check(Library.get().bell_target_run(native_));
        } finally {
            handle.release();
        }
    }

    /** Lets {@link #run} return, now and whenever it is called again. Does not wait for it. */
    public void stop() {
        long native_ = handle.acquire();
        try {
            Rc.check(Library.get().bell_target_stop(native_));
        } finally {
            handle.release();
        }
    }

    /** What it is doing now. */
    public Status status() {
        long native_ = handle.acquire();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = info(native_, arena);
            return new Status(
                    info.get(ValueLayout.JAVA_INT, TargetInfo.CONNECTIONS),
                    info.get(ValueLayout.JAVA_INT, TargetInfo.ASSOCIATIONS),
                    info.get(ValueLayout.JAVA_LONG, TargetInfo.HOSTS),
                    info.get(ValueLayout.JAVA_LONG, TargetInfo.COMMANDS),
                    info.getString(TargetInfo.LAST_END));
        } finally {
            handle.release();
        }
    }

    private static MemorySegment info(long native_, Arena arena) {
        MemorySegment info = arena.allocate(TargetInfo.BYTES, 8);
        Rc.check(Library.get().bell_target_get_info(native_, info.address()));
        return info;
    }

    /** Where it listens, as "127.0.0.1:4420", with the ports that were found. */
    public List<String> listening() {
        return listening;
    }

    /** The subsystems' names, in the order of the devices. */
    public List<String> nqns() {
        return nqns;
    }

    /** Whether other machines can connect. */
    public boolean isExposed() {
        return exposed;
    }

    /** The addresses under which hosts open the subsystems, by the first address that is listened at. */
    public List<DeviceAddress> addresses() {
        return nqns.stream()
                .map(nqn -> DeviceAddress.parse("tcp://" + listening.getFirst() + "/" + nqn))
                .toList();
    }

    /** Stops serving, waits until {@link #run} has returned, and ends the devices. */
    @Override
    public void close() {
        if (!handle.isOpen()) {
            return;
        }
        stop();
        handle.close(native_ -> Rc.check(Library.get().bell_target_close(native_)));
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
