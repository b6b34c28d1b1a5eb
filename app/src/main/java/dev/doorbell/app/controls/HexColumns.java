package dev.doorbell.app.controls;

/**
 * Where the columns of a dump stand, in characters of a fixed-width font: offset, bytes in groups of four, ASCII.
 *
 * @param bytesPerLine 16, or 8 where there is no room
 * @param offsetDigits digits of the offset column
 * @param ascii whether the ASCII column is there; it is the first to go
 */
record HexColumns(int bytesPerLine, int offsetDigits, boolean ascii) {
    private static final int GAP = 2;
    private static final int GROUP = 4;

    /** The widest arrangement that fits. */
    static HexColumns fitting(double characters, int dataBytes) {
        int digits = Math.max(3, Integer.toHexString(Math.max(0, dataBytes - 1)).length());
        for (int bytes : new int[] {16, 8}) {
            HexColumns columns = new HexColumns(bytes, digits, true);
            if (columns.characters() <= characters) {
                return columns;
            }
        }
        return new HexColumns(8, digits, false);
    }

    /** The column of the first digit of a byte of the line. */
    int byteColumn(int indexInLine) {
        return offsetDigits + GAP + indexInLine * 3 + indexInLine / GROUP;
    }

    /** The column of a byte's character. */
    int asciiColumn(int indexInLine) {
        return byteColumn(bytesPerLine - 1) + 2 + GAP + indexInLine;
    }

    /** The width of a whole line. */
    int characters() {
        return ascii ? asciiColumn(bytesPerLine) : byteColumn(bytesPerLine - 1) + 2;
    }

    /** The byte of the line whose digits are nearest to a column. */
    int byteAt(double column) {
        int best = 0;
        for (int i = 1; i < bytesPerLine; i++) {
            if (column >= byteColumn(i) - 0.5) {
                best = i;
            }
        }
        return best;
    }

    /** Whether a column lies in the ASCII part. */
    boolean isAscii(double column) {
        return ascii && column >= asciiColumn(0) - 0.5;
    }

    /** The byte of the line whose character is nearest to a column of the ASCII part. */
    int asciiAt(double column) {
        return Math.clamp((int) Math.floor(column) - asciiColumn(0), 0, bytesPerLine - 1);
    }
}
