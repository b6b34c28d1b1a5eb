package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Reservations on a namespace: who may read and write it, NVMe Base 2.0c §8.19. Keys have 64 bits. Methods that wait return the completion
 * whatever it says, but for {@link #report}.
 */
public final class Reservations {
    /** What to register, §7.3. */
    public enum Register {
        REGISTER,
        UNREGISTER,
        REPLACE
    }

    /** How to acquire, §7.2. */
    public enum Acquire {
        ACQUIRE,
        PREEMPT,
        PREEMPT_AND_ABORT
    }

    /** How to release, §7.4. */
    public enum Release {
        RELEASE,
        CLEAR
    }

    /** Kinds of reservations; on the wire they count from 1. */
    public enum Type {
        WRITE_EXCLUSIVE,
        EXCLUSIVE_ACCESS,
        WRITE_EXCLUSIVE_REGISTRANTS_ONLY,
        EXCLUSIVE_ACCESS_REGISTRANTS_ONLY,
        WRITE_EXCLUSIVE_ALL_REGISTRANTS,
        EXCLUSIVE_ACCESS_ALL_REGISTRANTS;

        /** RTYPE on the wire, 1 .. 6. */
        public int code() {
            return ordinal() + 1;
        }
    }

    /** Whether registrations and the reservation outlast a loss of power. */
    public enum Persistence {
        /** As it was. */
        NO_CHANGE(0),
        /** Released, and cleared, when power comes back. */
        RELEASED(2),
        /** Kept. */
        KEPT(3);

        private final int code;

        Persistence(int code) {
            this.code = code;
        }

        /** CPTPL on the wire. */
        public int code() {
            return code;
        }
    }

    /**
     * A registrant.
     *
     * @param controllerId its controller, 65535 if that is not known
     * @param holder whether it holds the reservation
     * @param key its reservation key
     * @param hostId its host identifier, 8 bytes, or 16 in the extended structure
     */
    public record Registrant(int controllerId, boolean holder, long key, byte[] hostId) {}

    /**
     * Reservation Status, §7.5.
     *
     * @param generation how often registrations have changed
     * @param type RTYPE, 0 without a reservation
     * @param persistent whether it outlasts a loss of power
     * @param registrants who is registered
     */
    public record Report(long generation, int type, boolean persistent, List<Registrant> registrants) {}

    private final Namespace namespace;
    private final Qpair qpair;

    /**
     * @param namespace whose reservations they are
     * @param qpair that carries the commands
     */
    public Reservations(Namespace namespace, Qpair qpair) {
        this.namespace = namespace;
        this.qpair = qpair;
    }

    /** Registers, unregisters or replaces a key. */
    public Completion register(
            Register action, long currentKey, long newKey, boolean ignoreExisting, Persistence persistence) {
        return send(
                NvmCommands.reservationRegister(namespace.nsid(), action.ordinal(), ignoreExisting, persistence.code()),
                currentKey,
                newKey);
    }

    /** Registers a key for the first time. */
    public Completion register(long key) {
        return register(Register.REGISTER, 0, key, false, Persistence.NO_CHANGE);
    }

    /** Acquires a reservation, or preempts that of {@code preemptKey}. */
    public Completion acquire(Acquire action, Type type, long currentKey, long preemptKey) {
        return send(
                NvmCommands.reservationAcquire(namespace.nsid(), action.ordinal(), false, type.code()),
                currentKey,
                preemptKey);
    }

    /** Releases a reservation, or clears all registrations too. */
    public Completion release(Release action, Type type, long currentKey) {
        return send(NvmCommands.reservationRelease(namespace.nsid(), action.ordinal(), false, type.code()), currentKey);
    }

    private Completion send(Command command, long... keys) {
        try (Buffer data = namespace.controller().device().allocate(8L * keys.length)) {
            for (int i = 0; i < keys.length; i++) {
                data.putLong(8 * i, keys[i]);
            }
            return qpair.execute(command.data(data));
        }
    }

    /**
     * How things stand.
     *
     * @param extended whether to ask for the structure with 128-bit host identifiers
     * @throws Command.StatusException if the device refuses
     */
    public Report report(boolean extended) {
        int bytes = 4096;
        try (Buffer data = namespace.controller().device().allocate(bytes)) {
            qpair.execute(NvmCommands.reservationReport(namespace.nsid(), bytes, extended)
                            .data(data))
                    .orThrow("Reservation Report");
            return parse(data.toBytes(), extended);
        }
    }

    static Report parse(byte[] bytes, boolean extended) {
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int count = Short.toUnsignedInt(b.getShort(5));
        int each = extended ? 64 : 24;
        List<Registrant> registrants = new ArrayList<>();
        for (int at = each, i = 0; i < count && at + each <= bytes.length; i++, at += each) {
            byte[] host = new byte[extended ? 16 : 8];
            b.get(at + (extended ? 16 : 8), host);
            long key = b.getLong(at + (extended ? 8 : 16));
            registrants.add(new Registrant(Short.toUnsignedInt(b.getShort(at)), (b.get(at + 2) & 1) != 0, key, host));
        }
        return new Report(Integer.toUnsignedLong(b.getInt(0)), b.get(4) & 0xff, (b.get(9) & 1) != 0, registrants);
    }
}
