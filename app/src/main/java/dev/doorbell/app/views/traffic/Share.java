package dev.doorbell.app.views.traffic;

import dev.doorbell.app.controls.Figures;
import dev.doorbell.driver.IoSize;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One I/O size, or a range of sizes, and how much of the I/Os have it, in relation to the other weights.
 *
 * @param bytes the smallest
 * @param most the largest; the same as {@code bytes} for one size
 * @param step from one size of a range to the next; 0: one block
 * @param weight its share
 * @param align I/Os start at multiples of so many bytes; 0: of their own size
 */
record Share(int bytes, int most, int step, int weight, int align) {
    private static final int MOST_BYTES = 1 << 30;
    /** {@code 4 KiB}, {@code 4k-64k/4k @4k}: smallest, largest, step, alignment. */
    private static final Pattern FORM = Pattern.compile("([^-–/@]+)(?:[-–]([^/@]+))?(?:/([^@]+))?(?:@(.+))?");

    Share(int bytes, int weight) {
        this(bytes, bytes, 0, weight, 0);
    }

    /** Reads what {@link #text} writes. @throws IllegalArgumentException with the reason */
    static Share read(String text, int weight) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException(
                    "“" + text.strip() + "” is no size such as 4 KiB, or 4 KiB–64 KiB/4 KiB @4 KiB");
        }
        int least = bytes(form.group(1));
        int most = form.group(2) == null ? least : bytes(form.group(2));
        if (most < least) {
            throw new IllegalArgumentException(
                    "the range ends at " + Figures.bytes(most) + ", before its begin at " + Figures.bytes(least));
        }
        return new Share(
                least,
                most,
                form.group(3) == null ? 0 : bytes(form.group(3)),
                weight,
                form.group(4) == null ? 0 : bytes(form.group(4)));
    }

    private static int bytes(String text) {
        return (int) Amounts.bytes(text, 1, MOST_BYTES);
    }

    /** {@code 4 KiB–64 KiB/4 KiB @4 KiB}, as short as it can be. */
    String text() {
        return Figures.bytes(bytes)
                + (isRange() ? "–" + Figures.bytes(most) : "")
                + (step > 0 ? "/" + Figures.bytes(step) : "")
                + (align > 0 ? " @" + Figures.bytes(align) : "");
    }

    boolean isRange() {
        return most != bytes;
    }

    double meanBytes() {
        return (bytes + (double) most) / 2;
    }

    IoSize ioSize() {
        return new IoSize(bytes, most, step, weight, align);
    }

    Share weight(int share) {
        return new Share(bytes, most, step, share, align);
    }

    /** Whether it is made of whole blocks. */
    boolean fits(int lbaBytes) {
        return bytes % lbaBytes == 0 && most % lbaBytes == 0 && step % lbaBytes == 0 && align % lbaBytes == 0;
    }

    /** The same, each figure up to the next whole block. */
    Share grown(int lbaBytes) {
        return new Share(up(bytes, lbaBytes), up(most, lbaBytes), up(step, lbaBytes), weight, up(align, lbaBytes));
    }

    private static int up(int figure, int lbaBytes) {
        return (figure + lbaBytes - 1) / lbaBytes * lbaBytes;
    }
}
