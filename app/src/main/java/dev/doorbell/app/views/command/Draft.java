package dev.doorbell.app.views.command;

import dev.doorbell.spec.Catalogue;
import dev.doorbell.spec.CommandSpec;
import dev.doorbell.spec.CommandSpec.DwordField;
import dev.doorbell.spec.CommandSpec.Queue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A command in the making: the queue it goes to and the 64 bytes of the SQE. Immutable.
 *
 * @param queue admin or I/O, which decides what the opcode means
 * @param sqe 64 bytes; the driver sets CID and, unless {@code rawPointers}, the data pointer
 * @param rawPointers send PRP1, PRP2 and MPTR as they stand
 */
record Draft(Queue queue, byte[] sqe, boolean rawPointers) {
    static final int BYTES = 64;

    Draft {
        sqe = sqe.clone();
        if (sqe.length != BYTES) {
            throw new IllegalArgumentException("an SQE has 64 bytes, not " + sqe.length);
        }
    }

    /** A fresh command of the catalogue, with the values that make it work as it is. */
    static Draft of(CommandSpec spec) {
        byte[] sqe = new byte[BYTES];
        sqe[0] = (byte) spec.opcode();
        Draft draft = new Draft(spec.queue(), sqe, false);
        if (spec.nsid() == CommandSpec.NsidUse.REQUIRED || spec.nsid() == CommandSpec.NsidUse.REQUIRED_OR_ALL) {
            draft = draft.dword(1, 1);
        }
        if (spec.queue() == Queue.ADMIN) {
            switch (spec.opcode()) {
                case 0x06 -> draft = draft.dword(10, 1);
                case 0x02 -> draft = draft.dword(1, -1).dword(10, 127 << 16 | 2);
                case 0x0a -> draft = draft.dword(10, 2);
                default -> {}
            }
        } else if (spec.opcode() == 0x01 || spec.opcode() == 0x02 || spec.opcode() == 0x05) {
            draft = draft.dword(12, 7);
        }
        return draft;
    }

    int opcode() {
        return sqe[0] & 0xff;
    }

    int dword(int index) {
        return ByteBuffer.wrap(sqe).order(ByteOrder.LITTLE_ENDIAN).getInt(index * 4);
    }

    Draft dword(int index, int value) {
        byte[] changed = sqe.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(index * 4, value);
        return new Draft(queue, changed, rawPointers || index >= 4 && index <= 9 && value != dword(index));
    }

    Draft with(DwordField field, long value) {
        boolean pointer = field.dword() >= 4 && field.dword() <= 9;
        return new Draft(queue, field.set(sqe, value), rawPointers || pointer && field.get(sqe) != value);
    }

    Draft on(Queue other) {
        return new Draft(other, sqe, rawPointers);
    }

    Draft rawPointers(boolean raw) {
        return new Draft(queue, sqe, raw);
    }

    Optional<CommandSpec> spec(Catalogue catalogue) {
        return catalogue.command(queue, opcode());
    }

    /** The command's own fields, behind those that every command has. */
    List<DwordField> fields(Catalogue catalogue) {
        List<DwordField> fields = new ArrayList<>(catalogue.commonFields());
        spec(catalogue).ifPresent(s -> fields.addAll(s.fields()));
        return fields;
    }

    /** Bits of dwords 10 to 15 that are set though no field has them, as a mask a dword. */
    int[] reservedBits(Catalogue catalogue) {
        int[] known = new int[16];
        for (DwordField field : fields(catalogue)) {
            known[field.dword()] |= mask(field.bitLow(), field.bitHigh());
            if (field.dword2().isPresent()) {
                known[field.dword2().getAsInt()] |= mask(field.bitLow2(), field.bitHigh2());
            }
        }
        int[] strange = new int[16];
        for (int i = 0; i < 16; i++) {
            boolean named = i < 10 || spec(catalogue).isPresent();
            strange[i] = named ? dword(i) & ~known[i] : 0;
        }
        return strange;
    }

    private static int mask(int low, int high) {
        return (int) ((1L << high - low + 1) - 1 << low);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Draft d
                && d.queue == queue
                && d.rawPointers == rawPointers
                && Arrays.equals(d.sqe, sqe);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sqe);
    }
}
