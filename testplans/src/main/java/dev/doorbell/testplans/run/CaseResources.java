package dev.doorbell.testplans.run;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Qpair;
import dev.doorbell.driver.QpairOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** A case's qpairs and buffers. Closing deletes the queues first, then gives the memory back that they may still write. */
final class CaseResources {
    private final Controller controller;
    private final int depth;
    private final SequencedMap<String, Qpair> qpairs = new LinkedHashMap<>();
    private final List<Buffer> buffers = new ArrayList<>();
    private final Map<String, Buffer> named = new HashMap<>();

    CaseResources(Controller controller, int depth) {
        this.controller = controller;
        this.depth = depth;
    }

    /** The admin qpair, or the case's own of that name, made when first asked for. */
    Qpair qpair(String name) {
        return name.equals("admin")
                ? controller.admin()
                : qpairs.computeIfAbsent(name, n -> controller.createQpair(QpairOptions.depth(depth)));
    }

    List<Qpair> ioQpairs() {
        return List.copyOf(qpairs.values());
    }

    Buffer allocate(long bytes, String name) {
        Buffer buffer = controller.device().allocate(bytes);
        buffers.add(buffer);
        if (!name.isEmpty()) {
            named.put(name, buffer);
        }
        return buffer;
    }

    Optional<Buffer> named(String name) {
        return Optional.ofNullable(named.get(name));
    }

    /** Gives back buffers that no name keeps, after a repetition. */
    int bufferCount() {
        return buffers.size();
    }

    /** Closes the unnamed buffers made since there were so many. */
    void releaseSince(int count) {
        for (int i = buffers.size() - 1; i >= count; i--) {
            Buffer b = buffers.get(i);
            if (!named.containsValue(b)) {
                buffers.remove(i);
                b.close();
            }
        }
    }

    /** Closes the qpairs alone, before a reset takes them away; they are made anew when asked for. */
    void closeQpairs() {
        RuntimeException first = null;
        for (Qpair q : qpairs.sequencedValues().reversed()) {
            first = close(q, first);
        }
        qpairs.clear();
        if (first != null) {
            throw first;
        }
    }

    /** Closes everything, whatever goes wrong, and throws the first exception at the end. */
    void close() {
        RuntimeException first = null;
        for (Qpair q : qpairs.sequencedValues().reversed()) {
            first = close(q, first);
        }
        qpairs.clear();
        for (Buffer b : buffers.reversed()) {
            first = close(b, first);
        }
        buffers.clear();
        named.clear();
        if (first != null) {
            throw first;
        }
    }

    private static RuntimeException close(AutoCloseable c, RuntimeException first) {
        try {
            c.close();
            return first;
        } catch (RuntimeException e) {
            return first == null ? e : first;
        } catch (Exception e) {
            throw new AssertionError("qpairs and buffers throw unchecked exceptions alone", e);
        }
    }
}
