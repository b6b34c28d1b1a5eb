package dev.doorbell.app.controls;

/**
 * A run of bytes.
 *
 * @param offset the first byte
 * @param length how many; 0 is no byte at all
 */
public record HexRange(int offset, int length) {
    /** No bytes. */
    public static final HexRange NONE = new HexRange(0, 0);

    public HexRange {
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("range " + offset + " +" + length);
        }
    }

    /** The bytes from one to another, both included, in either order. */
    public static HexRange between(int a, int b) {
        return new HexRange(Math.min(a, b), Math.abs(a - b) + 1);
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The last byte; only for a range that is not empty. */
    public int last() {
        return offset + length - 1;
    }

    public boolean contains(int byteOffset) {
        return byteOffset >= offset && byteOffset < offset + length;
    }

    /** As the specifications write byte ranges: {@code 257:256}, or {@code 72} for one byte. */
    public String text() {
        return switch (length) {
            case 0 -> "";
            case 1 -> Integer.toString(offset);
            default -> last() + ":" + offset;
        };
    }
}
