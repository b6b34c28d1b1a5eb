package dev.doorbell.driver;

import dev.doorbell.driver.ffi.Layouts.QpairConfig;
import dev.doorbell.driver.ffi.Library;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** The making of an I/O qpair. */
final class QpairCreation {
    private QpairCreation() {}

    /** Creates it on the native device; buffers that its queues lie in are held until it is closed. */
    static Qpair create(Controller controller, long device, QpairOptions o) {
        List<Buffer> buffers =
                Stream.concat(o.sqMemory().stream(), o.cqMemory().stream()).toList();
        List<Buffer> held = new ArrayList<>();
        boolean made = false;
        try (Arena arena = Arena.ofConfined()) {
            for (Buffer buffer : buffers) {
                buffer.pin();
                held.add(buffer);
            }
            MemorySegment config = arena.allocate(QpairConfig.BYTES, 8);
            config.set(ValueLayout.JAVA_INT, QpairConfig.DEPTH, o.depth());
            config.set(ValueLayout.JAVA_INT, QpairConfig.PRIORITY, o.priority());
            config.set(ValueLayout.JAVA_INT, QpairConfig.INTERRUPTS, o.interrupts() ? 1 : 0);
            config.set(ValueLayout.JAVA_INT, QpairConfig.VECTOR, o.vector().orElse(-1));
            config.set(ValueLayout.JAVA_INT, QpairConfig.QID, o.qid().orElse(0));
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Rc.check(
                    Library.get()
                            .bell_qpair_create_in(
                                    device,
                                    config.address(),
                                    o.sqMemory().map(Buffer::nativeBuffer).orElse(0L),
                                    o.cqMemory().map(Buffer::nativeBuffer).orElse(0L),
                                    out.address()),
                    Qpair.CreationException::new);
            Qpair qpair =
                    new Qpair(controller, Qpair.Role.IO, out.get(ValueLayout.JAVA_LONG, 0), new ReentrantLock(true));
            qpair.whenClosed(() -> held.forEach(Buffer::unpin));
            made = true;
            return qpair;
        } finally {
            if (!made) {
                held.forEach(Buffer::unpin);
            }
        }
    }
}
