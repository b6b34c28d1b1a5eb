package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Directives: what the host tells of its data, above all streams, NVMe Base 2.0c §8.7. */
public final class Directives {
    /** Directive types. */
    public static final int IDENTIFY = 0, STREAMS = 1, DATA_PLACEMENT = 2;

    /**
     * Parameters of the Streams directive, §8.7.3.3.
     *
     * @param maxStreams MSL, streams that the subsystem has
     * @param available NSSA, those that are free
     * @param open NSSO, those that are open
     * @param writeSize SWS, logical blocks that writes to a stream are best a multiple of
     * @param granularity SGS, units of {@code writeSize} that are deallocated together
     * @param allocated NSA, streams that this host was given in the namespace
     * @param openHere NSO, those of them that are open
     */
    public record Streams(
            int maxStreams, int available, int open, long writeSize, int granularity, int allocated, int openHere) {}

    private static final int RETURN_PARAMETERS = 1, GET_STATUS = 2, ALLOCATE = 3, ENABLE = 1;
    private static final int RELEASE_IDENTIFIER = 1, RELEASE_RESOURCES = 2;

    private final Controller controller;
    private final AdminData transfers;

    /** @param controller that has directives */
    public Directives(Controller controller) {
        this.controller = controller;
        this.transfers = new AdminData(controller);
    }

    /** Directive Receive of {@code bytes} bytes, a multiple of 4, §5.10. */
    public byte[] receive(int nsid, int type, int operation, int specific, int cdw12, int bytes) {
        return transfers
                .receive(
                        "Directive Receive",
                        AdminCommands.directiveReceive(nsid, type, operation, specific, bytes)
                                .cdw12(cdw12),
                        bytes)
                .data();
    }

    /** Directive Send without data, §5.11. */
    public Completion send(int nsid, int type, int operation, int specific, int cdw12) {
        return controller
                .execute(AdminCommands.directiveSend(nsid, type, operation, specific, 0)
                        .cdw12(cdw12))
                .orThrow("Directive Send");
    }

    /** Types that the controller has for a namespace, ascending. */
    public List<Integer> supported(int nsid) {
        return bits(receive(nsid, IDENTIFY, RETURN_PARAMETERS, 0, 0, 4096), 0);
    }

    /** Types that are enabled for a namespace, ascending. */
    public List<Integer> enabled(int nsid) {
        return bits(receive(nsid, IDENTIFY, RETURN_PARAMETERS, 0, 0, 4096), 32);
    }

    private static List<Integer> bits(byte[] parameters, int from) {
        List<Integer> set = new ArrayList<>();
        for (int bit = 0; bit < 256; bit++) {
            if ((parameters[from + bit / 8] >> bit % 8 & 1) != 0) {
                set.add(bit);
            }
        }
        return set;
    }

    /** Enables or disables a type for a namespace. */
    public Completion enable(int nsid, int type, boolean on) {
        return send(nsid, IDENTIFY, ENABLE, 0, type << 8 | (on ? 1 : 0));
    }

    /** Parameters of the Streams directive. */
    public Streams streams(int nsid) {
        ByteBuffer b = ByteBuffer.wrap(receive(nsid, STREAMS, RETURN_PARAMETERS, 0, 0, 32))
                .order(ByteOrder.LITTLE_ENDIAN);
        return new Streams(
                b.getShort(0) & 0xffff,
                b.getShort(2) & 0xffff,
                b.getShort(4) & 0xffff,
                Integer.toUnsignedLong(b.getInt(16)),
                b.getShort(20) & 0xffff,
                b.getShort(22) & 0xffff,
                b.getShort(24) & 0xffff);
    }

    /** Ids of the open streams. */
    public List<Integer> openStreams(int nsid) {
        ByteBuffer b =
                ByteBuffer.wrap(receive(nsid, STREAMS, GET_STATUS, 0, 0, 4096)).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> open = new ArrayList<>();
        for (int i = 0, count = Math.min(b.getShort(0) & 0xffff, 2047); i < count; i++) {
            open.add(b.getShort(2 + 2 * i) & 0xffff);
        }
        return open;
    }

    /** Asks for streams and returns how many were given. */
    public int allocateStreams(int nsid, int count) {
        return controller
                        .execute(AdminCommands.directiveReceive(nsid, STREAMS, ALLOCATE, 0, 0)
                                .cdw12(count & 0xffff))
                        .orThrow("Directive Receive, allocate resources")
                        .cdw0()
                & 0xffff;
    }

    /** Closes one stream. */
    public Completion releaseStream(int nsid, int stream) {
        return send(nsid, STREAMS, RELEASE_IDENTIFIER, stream, 0);
    }

    /** Gives all streams of this host in the namespace back. */
    public Completion releaseStreams(int nsid) {
        return send(nsid, STREAMS, RELEASE_RESOURCES, 0, 0);
    }
}
