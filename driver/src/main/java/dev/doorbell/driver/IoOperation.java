package dev.doorbell.driver;

/**
 * A kind of command in a workload's mix. The same opcode may stand in a mix more than once, with other flags.
 *
 * <p>Bits 1:0 of an opcode say which way its data goes (NVMe Base 2.0c §3.3.3.1), for vendor specific ones too. All but flush and dataset
 * management have their LBA in dwords 10 and 11 and their length in dword 12.
 *
 * @param opcode 0 .. 255
 * @param percent share of the I/Os, 0 .. 100; those of a mix add up to 100
 * @param control flags such as FUA, directives and tags, dwords 2, 3 and 12 to 15
 * @param ranges LBA ranges of a dataset management command, 1 .. 256; 1 for all others
 */
public record IoOperation(int opcode, double percent, IoControl control, int ranges) {
    public static final int FLUSH = 0x00, WRITE = 0x01, READ = 0x02, WRITE_UNCORRECTABLE = 0x04, COMPARE = 0x05;
    public static final int WRITE_ZEROES = 0x08, TRIM = 0x09, VERIFY = 0x0c;
    private static final int ZONE_APPEND = 0x7d, VENDOR = 0x80;

    /** Any opcode. */
    public static IoOperation of(int opcode, double percent) {
        return new IoOperation(opcode, percent, IoControl.none(), 1);
    }

    public static IoOperation read(double percent) {
        return of(READ, percent);
    }

    public static IoOperation write(double percent) {
        return of(WRITE, percent);
    }

    public static IoOperation flush(double percent) {
        return of(FLUSH, percent);
    }

    /** Compares with what a write of this workload would write. */
    public static IoOperation compare(double percent) {
        return of(COMPARE, percent);
    }

    public static IoOperation writeZeroes(double percent) {
        return of(WRITE_ZEROES, percent);
    }

    public static IoOperation writeUncorrectable(double percent) {
        return of(WRITE_UNCORRECTABLE, percent);
    }

    public static IoOperation verify(double percent) {
        return of(VERIFY, percent);
    }

    /** Dataset management, deallocate. */
    public static IoOperation trim(double percent) {
        return of(TRIM, percent);
    }

    /** With flags, directives and tags. */
    public IoOperation control(IoControl value) {
        return new IoOperation(opcode, percent, value, ranges);
    }

    /** With so many LBA ranges in each dataset management command, each drawn like an I/O. */
    public IoOperation ranges(int count) {
        return new IoOperation(opcode, percent, control, count);
    }

    /** With another share. */
    public IoOperation percent(double value) {
        return new IoOperation(opcode, value, control, ranges);
    }

    /** Whether the device's content may change. */
    public boolean changesData() {
        return switch (opcode) {
            case FLUSH, READ, COMPARE, VERIFY -> false;
            default -> true;
        };
    }

    /** Whether data goes to the controller. */
    public boolean sendsData() {
        return (opcode & 1) != 0;
    }

    /** Whether data comes from the controller. */
    public boolean receivesData() {
        return (opcode & 2) != 0;
    }

    /** Whether an opcode counts as a read: 02h, and vendor specific ones that bring data. */
    public static boolean isRead(int opcode) {
        return opcode == READ || opcode >= VENDOR && (opcode & 3) == 2;
    }

    /** Whether an opcode counts as a write: 01h, zone append, and vendor specific ones that send data. */
    public static boolean isWrite(int opcode) {
        return opcode == WRITE || opcode == ZONE_APPEND || opcode >= VENDOR && (opcode & 3) == 1;
    }

    /** Its name in a few words, such as {@code write zeroes}, or {@code opcode c1h}. */
    public String title() {
        return title(opcode);
    }

    /** The name of an opcode in a few words. */
    public static String title(int opcode) {
        return switch (opcode) {
            case FLUSH -> "flush";
            case WRITE -> "write";
            case READ -> "read";
            case WRITE_UNCORRECTABLE -> "write uncorrectable";
            case COMPARE -> "compare";
            case WRITE_ZEROES -> "write zeroes";
            case TRIM -> "trim";
            case VERIFY -> "verify";
            default -> "opcode %02xh".formatted(opcode);
        };
    }
}
