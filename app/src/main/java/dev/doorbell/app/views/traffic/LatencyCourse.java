package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.LatencyHistogram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * How latencies were spread in the course of time: slices of the time, each with the histograms of what completed in it. The last minutes
 * are there in full, what is older in slices of some seconds. Any thread.
 */
final class LatencyCourse {
    private static final double COARSE_SECONDS = 4;

    /** Which I/Os count. */
    enum Side {
        BOTH,
        READ,
        WRITE
    }

    /**
     * What completed in a time.
     *
     * @param from its begin, seconds since the epoch
     * @param to its end
     */
    record Slice(double from, double to, SparseHistogram reads, SparseHistogram writes) {
        void each(Side side, BiConsumer<Slice, SparseHistogram> consumer) {
            if (side != Side.WRITE && !reads.isEmpty()) {
                consumer.accept(this, reads);
            }
            if (side != Side.READ && !writes.isEmpty()) {
                consumer.accept(this, writes);
            }
        }
    }

    private final Ring fine;
    private final Ring coarse;
    private final List<Slice> gathered = new ArrayList<>();

    /** A course of at most so many slices of each kind. */
    LatencyCourse(int fineSlices, int coarseSlices) {
        fine = new Ring(fineSlices);
        coarse = new Ring(coarseSlices);
    }

    /** Adds what completed from a time to a later one, no earlier than what was added before. */
    synchronized void add(double from, double to, LatencyHistogram reads, LatencyHistogram writes) {
        var slice = new Slice(from, to, SparseHistogram.of(reads), SparseHistogram.of(writes));
        fine.add(slice);
        gathered.add(slice);
        if (to - gathered.getFirst().from() >= COARSE_SECONDS) {
            gather();
        }
    }

    private void gather() {
        long[] reads = new long[LatencyHistogram.bucketCount()];
        long[] writes = new long[LatencyHistogram.bucketCount()];
        for (Slice slice : gathered) {
            slice.reads().addTo(reads);
            slice.writes().addTo(writes);
        }
        coarse.add(new Slice(
                gathered.getFirst().from(),
                gathered.getLast().to(),
                SparseHistogram.of(reads),
                SparseHistogram.of(writes)));
        gathered.clear();
    }

    synchronized void clear() {
        fine.clear();
        coarse.clear();
        gathered.clear();
    }

    /** Nothing follows what was added so far for a while: what comes next is a slice of its own. */
    synchronized void gap() {
        if (!gathered.isEmpty()) {
            gather();
        }
    }

    /** The slices that end between two times, oldest first; coarse ones where those are enough for {@code columns} or all there is. */
    synchronized List<Slice> slices(double from, double to, int columns) {
        boolean wide = (to - from) / Math.max(1, columns) >= COARSE_SECONDS;
        boolean all = coarse.size() == 0
                || fine.size() > 0
                        && fine.get(0).from() <= Math.max(from, coarse.get(0).from());
        if (fine.size() == 0 || !wide && all) {
            return fine.between(from, to);
        }
        // Coarse slices end where fine ones do, so one may follow the other without counting anything twice.
        double settled = wide ? to : Math.min(to, fine.get(0).to() + COARSE_SECONDS * 1.5);
        List<Slice> found = coarse.between(from, settled);
        found.addAll(fine.between(found.isEmpty() ? from : found.getLast().to(), to));
        return found;
    }

    /** All latencies between two times, to the slice. */
    Latencies between(double from, double to) {
        long[] reads = new long[LatencyHistogram.bucketCount()];
        long[] writes = new long[LatencyHistogram.bucketCount()];
        for (Slice slice : slices(from, to, 0x10000)) {
            slice.reads().addTo(reads);
            slice.writes().addTo(writes);
        }
        return new Latencies(LatencyHistogram.of(reads), LatencyHistogram.of(writes));
    }

    /** The last so many slices. */
    private static final class Ring {
        private static final int START = 64;
        private final int capacity;
        private Slice[] slices = new Slice[START];
        private long begin;
        private long end;

        Ring(int capacity) {
            this.capacity = capacity;
        }

        int size() {
            return (int) (end - begin);
        }

        Slice get(int i) {
            return slices[(int) ((begin + i) % slices.length)];
        }

        void add(Slice slice) {
            if (size() == slices.length && slices.length < capacity) {
                Slice[] more = new Slice[Math.min(capacity, slices.length * 2)];
                int count = size();
                for (int i = 0; i < count; i++) {
                    more[i] = get(i);
                }
                slices = more;
                begin = 0;
                end = count;
            } else if (size() == slices.length) {
                begin++;
            }
            slices[(int) (end++ % slices.length)] = slice;
        }

        void clear() {
            slices = new Slice[START];
            begin = 0;
            end = 0;
        }

        /** Those that end after {@code from} and not after {@code to}. */
        List<Slice> between(double from, double to) {
            int low = 0;
            int high = size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (get(middle).to() <= from) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            List<Slice> found = new ArrayList<>();
            for (int i = low; i < size() && get(i).to() <= to + 1e-9; i++) {
                found.add(get(i));
            }
            return found;
        }
    }
}
