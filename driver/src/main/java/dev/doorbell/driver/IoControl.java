package dev.doorbell.driver;

/**
 * Flags, protection information and directives of an I/O command that names logical blocks, NVM Command Set 1.0c §3.2 and §5.2. Immutable;
 * {@link #on} puts them into a command.
 *
 * @param cdw12 bits 31:16 of dword 12: flags, what is checked, the directive's type
 * @param cdw13 access hints and the directive's identifier
 * @param tags storage and reference tag: 32 bits with a 16-bit guard, the low 64 bits with longer guards
 * @param tagsHigh bits 79:64 of storage and reference tag
 * @param cdw15 application tag, and from bit 16 up the mask of what is checked of it
 */
public record IoControl(int cdw12, int cdw13, long tags, int tagsHigh, int cdw15) {
    private static final int DIRECTIVE_TYPE = 20, CHECK_STORAGE = 24, CHECK_REFERENCE = 26, CHECK_APPLICATION = 27;
    private static final int CHECK_GUARD = 28, PROTECTION_ACTION = 29, FORCE_UNIT_ACCESS = 30, LIMITED_RETRY = 31;

    /** PRACT in dword 12. */
    static final int PRACT = 1 << PROTECTION_ACTION;

    /** Nothing of it. */
    public static IoControl none() {
        return new IoControl(0, 0, 0, 0, 0);
    }

    /** FUA: to and from non-volatile media. */
    public IoControl forceUnitAccess() {
        return flag(true, FORCE_UNIT_ACCESS);
    }

    /** LR: the controller tries less hard. */
    public IoControl limitedRetry() {
        return flag(true, LIMITED_RETRY);
    }

    /** PRACT: the controller inserts protection information on writes and strips it on reads, instead of passing it through. */
    public IoControl protectionAction() {
        return flag(true, PROTECTION_ACTION);
    }

    /** PRCHK: which parts of the protection information are checked. */
    public IoControl check(boolean guard, boolean application, boolean reference) {
        return flag(guard, CHECK_GUARD).flag(application, CHECK_APPLICATION).flag(reference, CHECK_REFERENCE);
    }

    /** STC: the storage tag is checked. */
    public IoControl checkStorageTag() {
        return flag(true, CHECK_STORAGE);
    }

    /** With the reference tag of the first block, and the storage tag above it, up to 64 bits together. */
    public IoControl referenceTag(long tag) {
        return new IoControl(cdw12, cdw13, tag, tagsHigh, cdw15);
    }

    /** With bits 79:64 of storage and reference tag, for a 32-bit guard. */
    public IoControl tagsHigh(int bits) {
        return new IoControl(cdw12, cdw13, tags, bits & 0xffff, cdw15);
    }

    /** With the application tag and the mask of what is checked of it, both 0 .. 65535. */
    public IoControl applicationTag(int tag, int mask) {
        return new IoControl(cdw12, cdw13, tags, tagsHigh, tag & 0xffff | mask << 16);
    }

    /** With a directive: type 1 streams, 2 data placement, and its identifier. */
    public IoControl directive(int type, int specific) {
        int others = cdw12 & ~(0xf << DIRECTIVE_TYPE);
        return new IoControl(
                others | (type & 0xf) << DIRECTIVE_TYPE, cdw13 & 0xffff | specific << 16, tags, tagsHigh, cdw15);
    }

    /** With access hints, dword 13 bits 7:0: frequency, latency, sequential, incompressible. */
    public IoControl hints(int hints) {
        return new IoControl(cdw12, cdw13 & ~0xff | hints & 0xff, tags, tagsHigh, cdw15);
    }

    private IoControl flag(boolean on, int bit) {
        return new IoControl(cdw12 & ~(1 << bit) | (on ? 1 << bit : 0), cdw13, tags, tagsHigh, cdw15);
    }

    /** The command with all of this in dwords 2, 3 and 12 to 15; what dword 12 says already stays. */
    public Command on(Command command) {
        return command.cdw2(tagsHigh)
                .cdw3((int) (tags >>> 32))
                .cdw12(command.dword(12) | cdw12)
                .cdw13(cdw13)
                .cdw14((int) tags)
                .cdw15(cdw15);
    }
}
