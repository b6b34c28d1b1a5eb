package dev.doorbell.testplans.junit;

import dev.doorbell.driver.Buffer;
import dev.doorbell.driver.Qpair;
import java.util.ArrayList;
import java.util.List;

/** A test's qpairs and buffers. The store closes them after the test: qpairs first, as the device may still write to buffers. */
final class TestResources implements AutoCloseable {
    private final List<Qpair> qpairs = new ArrayList<>();
    private final List<Buffer> buffers = new ArrayList<>();

    Qpair qpair(Qpair q) {
        qpairs.add(q);
        return q;
    }

    Buffer buffer(Buffer b) {
        buffers.add(b);
        return b;
    }

    @Override
    public void close() {
        RuntimeException first = null;
        List<AutoCloseable> all = new ArrayList<>(qpairs.reversed());
        all.addAll(buffers.reversed());
        for (AutoCloseable one : all) {
            try {
                one.close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            } catch (Exception e) {
                throw new AssertionError("qpairs and buffers throw unchecked exceptions alone", e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
