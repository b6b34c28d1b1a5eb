package dev.doorbell.app.views.command;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Command;
import dev.doorbell.driver.Completion;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Qpair;
import dev.doorbell.spec.CommandSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sends a draft on a queue, with a buffer made for it. Device work: not on the JavaFX thread. */
final class Sender {
    /** Bytes watched behind the data. */
    private static final int GUARD = 64;

    private static final byte GUARD_BYTE = (byte) 0xa5;

    /** Completions in order, the data afterwards, and bytes written behind its end. */
    record Sent(List<Completion> completions, byte[] data, int overrun) {
        Completion last() {
            return completions.getLast();
        }
    }

    private Sender() {}

    static Sent send(Controller controller, Qpair qpair, Draft draft, Target target, int dataBytes) {
        Command command = Command.raw(draft.sqe()).timeout(Duration.ofMillis(Math.max(1, target.timeoutMillis())));
        if (draft.rawPointers()) {
            command = command.rawDataPointer();
        }
        if (dataBytes == 0) {
            return new Sent(repeat(qpair, command, target.repeat()), new byte[0], 0);
        }
        int padded = Math.ceilDiv(dataBytes, 4) * 4;
        try (Buffer buffer = controller.device().allocate(target.offset() + padded + GUARD)) {
            byte[] tail = new byte[buffer.size() - target.offset() - dataBytes];
            Arrays.fill(tail, GUARD_BYTE);
            buffer.put(target.offset(), content(target, dataBytes));
            buffer.put(target.offset() + dataBytes, tail);
            Command withData = draft.rawPointers() ? command : command.data(buffer, target.offset(), padded);
            List<Completion> completions = repeat(qpair, withData, target.repeat());
            int overrun = 0;
            if (target.guard()) {
                byte[] after = buffer.get(target.offset() + padded, GUARD);
                for (byte b : after) {
                    overrun += b == GUARD_BYTE ? 0 : 1;
                }
            }
            return new Sent(completions, buffer.get(target.offset(), dataBytes), overrun);
        }
    }

    private static List<Completion> repeat(Qpair qpair, Command command, int times) {
        List<Completion> completions = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            completions.add(qpair.execute(command));
            if (completions.getLast().lost()) {
                break;
            }
        }
        return completions;
    }

    /** The data before it is sent. */
    static byte[] content(Target target, int bytes) {
        byte[] data = new byte[bytes];
        switch (target.fill()) {
            case ZEROS -> {}
            case ONES -> Arrays.fill(data, (byte) 0xff);
            case DWORD -> {
                for (int i = 0; i < bytes; i++) {
                    data[i] = (byte) (target.dword() >>> 8 * (i % 4));
                }
            }
            case INCREMENTING -> {
                for (int i = 0; i < bytes; i++) {
                    data[i] = (byte) i;
                }
            }
            case RANDOM -> new java.util.Random(target.dword()).nextBytes(data);
            case BYTES -> System.arraycopy(target.content(), 0, data, 0, Math.min(bytes, target.content().length));
        }
        return data;
    }

    /** Whether a command moves data at all; unknown ones do when a size is given. */
    static boolean movesData(java.util.Optional<CommandSpec> spec, Target target) {
        return target.bytes().isPresent()
                ? target.bytes().getAsInt() > 0
                : spec.map(s -> s.data() != CommandSpec.DataDirection.NONE).orElse(false);
    }
}
