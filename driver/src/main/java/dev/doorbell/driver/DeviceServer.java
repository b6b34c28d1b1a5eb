package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.ServerInfo;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * A simulated device that other processes can use, through a socket and the vfio-user protocol: Doorbell with the address
 * {@code vfio-user:/path}, SPDK's tools, a virtual machine's vfio-user device. One client at a time; when it leaves, the controller is as
 * after power-on, and what is on the disk stays.
 *
 * <p>{@link #run} serves in the thread that calls it; everything else may be called by any thread.
 */
public final class DeviceServer implements AutoCloseable {
    /**
     * What a server is doing.
     *
     * @param connected whether it has a client now
     * @param clients clients so far, the present one included
     * @param requests messages of the clients that have left
     * @param lastEnd why the last client's connection ended, "" before the first end
     */
    public record Status(boolean connected, long clients, long requests, String lastEnd) {}

    private final Handle handle;
    private final DeviceAddress device;
    private final Path socket;
    private final String name;

    private DeviceServer(long native_, DeviceAddress device, Path socket) {
        this.handle = new Handle(native_, "server of " + device + " at " + socket);
        this.device = device;
        this.socket = socket;
        this.name = info(ServerInfo.NAME);
    }

    /**
     * Makes the device and its socket; clients can connect from here on, and are served once {@link #run} is called.
     *
     * @param device a simulated device, {@code sim:} with its options
     * @param socket the socket's file, which is made, with access for its owner alone; at most 107 bytes as an absolute path. The file of a
     *     server that was killed is replaced
     * @throws Device.OpenException if the device cannot be served, the path is in use, or no socket can be made there
     */
    public static DeviceServer open(DeviceAddress device, Path socket) {
        Path path = socket.toAbsolutePath().normalize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.checkAs(
                    Library.get().bell_server_open(device.text(), path.toString(), out.address()),
                    Device.OpenException::new);
            return new DeviceServer(out.get(ValueLayout.JAVA_LONG, 0), device, path);
        }
    }

    /**
     * Serves clients, one after the other, until {@link #stop} or {@link #close}.
     *
     * @throws Device.BusyException if another thread is serving
     * @throws Device.ClosedException if it was closed before
     */
    public void run() {
        long native_ = handle.acquire();
        try {
            Rc.check(Library.get().bell_server_run(native_));
        } finally {
            handle.release();
        }
    }

    /** Lets {@link #run} return, now and for good; a client is disconnected. Does not wait for it. */
    public void stop() {
        long native_ = handle.acquire();
        try {
            Rc.check(Library.get().bell_server_stop(native_));
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
                    info.get(ValueLayout.JAVA_INT, ServerInfo.CONNECTED) != 0,
                    info.get(ValueLayout.JAVA_LONG, ServerInfo.CLIENTS),
                    info.get(ValueLayout.JAVA_LONG, ServerInfo.REQUESTS),
                    info.getString(ServerInfo.LAST_END));
        } finally {
            handle.release();
        }
    }

    private String info(int field) {
        long native_ = handle.acquire();
        try (Arena arena = Arena.ofConfined()) {
            return info(native_, arena).getString(field);
        } finally {
            handle.release();
        }
    }

    private static MemorySegment info(long native_, Arena arena) {
        MemorySegment info = arena.allocate(ServerInfo.BYTES, 8);
        Rc.check(Library.get().bell_server_get_info(native_, info.address()));
        return info;
    }

    /** The device that is served, as this program names it. */
    public DeviceAddress device() {
        return device;
    }

    /** Short text for people, such as "Doorbell Sim 1 GiB". */
    public String name() {
        return name;
    }

    /** The address under which clients open it. */
    public DeviceAddress address() {
        return new DeviceAddress("vfio-user", socket.toString());
    }

    /** Stops serving, waits until {@link #run} has returned, removes the socket's file and ends the device. */
    @Override
    public void close() {
        if (!handle.isOpen()) {
            return;
        }
        stop();
        handle.close(native_ -> Rc.check(Library.get().bell_server_close(native_)));
    }

    @Override
    public String toString() {
        return handle.toString();
    }
}
