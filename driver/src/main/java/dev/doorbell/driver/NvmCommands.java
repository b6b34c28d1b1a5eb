package dev.doorbell.driver;

/**
 * Commands of the NVM command set and the I/O commands that all sets have, by name, for {@link Qpair}: NVMe Base 2.0c §7, NVM Command Set
 * 1.0c §3.2. LBA counts are 1-based here. Those that move data get it added; {@link IoControl} adds flags and protection information.
 */
public final class NvmCommands {
    private NvmCommands() {}

    /** Flush, Base §7.1. */
    public static Command flush(int nsid) {
        return Command.of(0x00).nsid(nsid);
    }

    /** Write, NVM §3.2.6. */
    public static Command write(int nsid, long lba, int count) {
        return blocks(0x01, nsid, lba, count);
    }

    /** Read, NVM §3.2.4. */
    public static Command read(int nsid, long lba, int count) {
        return blocks(0x02, nsid, lba, count);
    }

    /** Write Uncorrectable, NVM §3.2.7. */
    public static Command writeUncorrectable(int nsid, long lba, int count) {
        return blocks(0x04, nsid, lba, count);
    }

    /** Compare, NVM §3.2.1. */
    public static Command compare(int nsid, long lba, int count) {
        return blocks(0x05, nsid, lba, count);
    }

    /** Write Zeroes, NVM §3.2.8; {@code deallocate} says that the blocks may be deallocated. */
    public static Command writeZeroes(int nsid, long lba, int count, boolean deallocate) {
        Command c = blocks(0x08, nsid, lba, count);
        return deallocate ? c.cdw12(c.dword(12) | 1 << 25) : c;
    }

    /**
     * Dataset Management, NVM §3.2.3; data are {@code ranges} ranges of 16 bytes.
     *
     * @param attributes bit 0 read as a whole, bit 1 written as a whole, bit 2 deallocate
     */
    public static Command datasetManagement(int nsid, int ranges, int attributes) {
        return Command.of(0x09).nsid(nsid).cdw10(ranges - 1 & 0xff).cdw11(attributes & 7);
    }

    /** Verify, NVM §3.2.5. */
    public static Command verify(int nsid, long lba, int count) {
        return blocks(0x0c, nsid, lba, count);
    }

    /**
     * Reservation Register, Base §7.3; data are the current and the new key.
     *
     * @param action 0 register, 1 unregister, 2 replace
     * @param persistence CPTPL: 0 no change, 2 released on power on, 3 kept
     */
    public static Command reservationRegister(int nsid, int action, boolean ignoreExisting, int persistence) {
        return Command.of(0x0d).nsid(nsid).cdw10(action & 7 | (ignoreExisting ? 1 << 3 : 0) | persistence << 30);
    }

    /** Reservation Report, Base §7.5; {@code bytes} is a multiple of 4. */
    public static Command reservationReport(int nsid, int bytes, boolean extended) {
        return Command.of(0x0e).nsid(nsid).cdw10(bytes / 4 - 1).cdw11(extended ? 1 : 0);
    }

    /**
     * Reservation Acquire, Base §7.2; data are the current key and the one to preempt.
     *
     * @param action 0 acquire, 1 preempt, 2 preempt and abort
     * @param type 1 .. 6
     */
    public static Command reservationAcquire(int nsid, int action, boolean ignoreExisting, int type) {
        return Command.of(0x11).nsid(nsid).cdw10(action & 7 | (ignoreExisting ? 1 << 3 : 0) | (type & 0xff) << 8);
    }

    /**
     * Reservation Release, Base §7.4; data is the current key.
     *
     * @param action 0 release, 1 clear
     * @param type 1 .. 6
     */
    public static Command reservationRelease(int nsid, int action, boolean ignoreExisting, int type) {
        return Command.of(0x15).nsid(nsid).cdw10(action & 7 | (ignoreExisting ? 1 << 3 : 0) | (type & 0xff) << 8);
    }

    /**
     * Copy, NVM §3.2.2; data are {@code ranges} source ranges.
     *
     * @param format of the ranges: 0 with 32, 1 with 40 bytes each
     */
    public static Command copy(int nsid, long destinationLba, int ranges, int format) {
        return Command.of(0x19)
                .nsid(nsid)
                .cdw10((int) destinationLba)
                .cdw11((int) (destinationLba >>> 32))
                .cdw12(ranges - 1 & 0xff | (format & 0xf) << 8);
    }

    private static Command blocks(int opcode, int nsid, long lba, int count) {
        return Command.of(opcode)
                .nsid(nsid)
                .cdw10((int) lba)
                .cdw11((int) (lba >>> 32))
                .cdw12(count - 1 & 0xffff);
    }
}
