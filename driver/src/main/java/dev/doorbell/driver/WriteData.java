package dev.doorbell.driver;

/**
 * What a workload writes.
 *
 * @param fill kind of data
 * @param value the dword of {@link Workload.Fill#DWORD}
 * @param fresh random data is made anew for each write, at the price of the time that takes; otherwise it is made once for each of the
 *     qdepth buffers and sent again and again
 * @param compressiblePercent share of each LBA's random data that is zeros, 0 .. 100
 * @param dedupablePercent share of LBAs whose fresh random data is one of a few that come again and again, 0 .. 100
 */
public record WriteData(Workload.Fill fill, int value, boolean fresh, int compressiblePercent, int dedupablePercent) {
    public static WriteData of(Workload.Fill fill) {
        return new WriteData(fill, 0, false, 0, 0);
    }

    public static WriteData zeros() {
        return of(Workload.Fill.ZEROS);
    }

    public static WriteData ones() {
        return of(Workload.Fill.ONES);
    }

    public static WriteData dword(int value) {
        return new WriteData(Workload.Fill.DWORD, value, false, 0, 0);
    }

    /** Random data, the same for each use of a buffer. */
    public static WriteData random() {
        return of(Workload.Fill.RANDOM);
    }

    /** Random data, new for each write. */
    public WriteData freshEachTime() {
        return new WriteData(fill, value, true, compressiblePercent, dedupablePercent);
    }

    /** With a share of zeros in each LBA. */
    public WriteData compressible(int percent) {
        return new WriteData(fill, value, fresh, percent, dedupablePercent);
    }

    /** Fresh data with a share of LBAs that repeat. */
    public WriteData dedupable(int percent) {
        return new WriteData(fill, value, true, compressiblePercent, percent);
    }
}
