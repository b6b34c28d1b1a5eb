package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.IoWorker.Counters;
import dev.doorbell.driver.IoWorker.Sample;

/**
 * A worker, or all of a run, at one moment.
 *
 * @param sample since its start
 * @param iops I/Os a second over the last second, or over the whole run once it has ended
 * @param bytesPerSecond data both ways, likewise
 * @param cpu share of a CPU, likewise
 * @param p50 median latency since its start, in ns
 * @param p99 in ns
 * @param p999 in ns
 * @param ended whether it has
 * @param failure why it failed; empty if it did not
 */
record WorkerStat(
        Sample sample,
        double iops,
        double bytesPerSecond,
        double cpu,
        long p50,
        long p99,
        long p999,
        boolean ended,
        String failure) {
    static final WorkerStat NOTHING = new WorkerStat(Totals.NOTHING, 0, 0, 0, 0, 0, 0, false, "");

    static WorkerStat running(Sample sample, Rates rates) {
        return of(sample, rates.iops(), rates.bytesPerSecond(), rates.cpu(), false, "");
    }

    static WorkerStat ended(Sample sample, String failure) {
        var c = sample.counters();
        return of(sample, c.iops(), c.bytesPerSecond(), c.cpuShare(), true, failure);
    }

    private static WorkerStat of(
            Sample sample, double iops, double bytesPerSecond, double cpu, boolean ended, String failure) {
        var all = sample.all();
        return new WorkerStat(
                sample,
                iops,
                bytesPerSecond,
                cpu,
                all.percentileNanos(50),
                all.percentileNanos(99),
                all.percentileNanos(99.9),
                ended,
                failure);
    }

    Counters counters() {
        return sample.counters();
    }

    /** Reads among the I/Os, 0 to 100; not a number before the first. */
    double readPercent() {
        var c = counters();
        return 100.0 * c.reads() / (c.reads() + c.writes());
    }

    /** I/Os a second, bytes a second and share of a CPU over the last second. */
    record Rates(double iops, double bytesPerSecond, double cpu) {
        static final Rates NONE = new Rates(0, 0, 0);

        Rates plus(Rates other) {
            return new Rates(iops + other.iops, bytesPerSecond + other.bytesPerSecond, cpu + other.cpu);
        }
    }
}
