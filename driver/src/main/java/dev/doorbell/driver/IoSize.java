package dev.doorbell.driver;

/**
 * A size of a workload's I/Os, or a range of sizes that come equally often.
 *
 * @param minBytes the smallest, a multiple of the LBA size
 * @param maxBytes the largest; the same as {@code minBytes} for one size
 * @param stepBytes from one size of a range to the next; 0: one LBA
 * @param weight its share, relative to those of the others
 * @param alignBytes I/Os of this size start at multiples of this from LBA 0; 0: random ones at multiples of their own size from the
 *     region's start, sequential ones right behind the one before
 */
public record IoSize(int minBytes, int maxBytes, int stepBytes, int weight, int alignBytes) {
    /** One size. */
    public static IoSize of(int bytes) {
        return new IoSize(bytes, bytes, 0, 1, 0);
    }

    /** All sizes from one to another. */
    public static IoSize range(int minBytes, int maxBytes, int stepBytes) {
        return new IoSize(minBytes, maxBytes, stepBytes, 1, 0);
    }

    /** With a share, relative to those of the others. */
    public IoSize weight(int share) {
        return new IoSize(minBytes, maxBytes, stepBytes, share, alignBytes);
    }

    /** Starting at multiples of so many bytes from LBA 0. */
    public IoSize aligned(int bytes) {
        return new IoSize(minBytes, maxBytes, stepBytes, weight, bytes);
    }

    /** Whether there is more than one size in it. */
    public boolean isRange() {
        return maxBytes != minBytes;
    }
}
