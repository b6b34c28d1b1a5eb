package dev.doorbell.app.views.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The courses of all workers together, kept for six hours of traffic, and of each by itself, the longer the fewer they are. Any thread reads.
 */
final class Courses {
    private static final int SIX_HOURS = 6 * 3600 * 10;
    private static final int FINE_SLICES = 3000;
    private static final int COARSE_SLICES = 5400;

    private final Course sum = new Course(SIX_HOURS, new LatencyCourse(FINE_SLICES, COARSE_SLICES));
    private final List<Course> each = new CopyOnWriteArrayList<>();

    Course sum() {
        return sum;
    }

    /** That of a worker, 0 the first; empty before a run had so many. */
    Optional<Course> of(int worker) {
        return worker < each.size() ? Optional.of(each.get(worker)) : Optional.empty();
    }

    /** Those of the workers, as many as the largest run had. */
    List<Course> each() {
        return each;
    }

    /** Makes what a run of so many workers needs. */
    void ready(int workers) {
        List<Course> more = new ArrayList<>();
        for (int i = each.size(); i < workers; i++) {
            more.add(new Course(
                    Math.max(6000, SIX_HOURS / workers),
                    new LatencyCourse(Math.max(100, FINE_SLICES / workers), Math.max(100, COARSE_SLICES / workers))));
        }
        each.addAll(more);
    }

    void gap(double seconds) {
        sum.gap(seconds);
        each.forEach(c -> c.gap(seconds));
    }

    void clear() {
        sum.clear();
        each.clear();
    }
}
