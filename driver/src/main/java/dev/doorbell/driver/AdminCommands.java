package dev.doorbell.driver;

/** Admin commands by name, NVMe Base 2.0c §5, for {@link Qpair} and {@link Controller#execute}. Those that move data get it added. */
public final class AdminCommands {
    private AdminCommands() {}

    /** Get Log Page, §5.16; {@code bytes} is a multiple of 4, and so is {@code offset}. */
    public static Command getLogPage(int lid, int nsid, int bytes, long offset, int lsp, boolean rae) {
        int dwords = bytes / 4 - 1;
        return Command.of(0x02)
                .nsid(nsid)
                .cdw10(lid & 0xff | (lsp & 0x7f) << 8 | (rae ? 1 << 15 : 0) | dwords << 16)
                .cdw11(dwords >>> 16)
                .cdw12((int) offset)
                .cdw13((int) (offset >>> 32));
    }

    /** Identify, §5.17. */
    public static Command identify(int cns, int nsid, int cntid, int csi) {
        return Command.of(0x06).nsid(nsid).cdw10(cns & 0xff | cntid << 16).cdw11(csi << 24);
    }

    /** Abort of command {@code cid} on submission queue {@code sqid}, §5.1. */
    public static Command abort(int sqid, int cid) {
        return Command.of(0x08).cdw10(sqid & 0xffff | cid << 16);
    }

    /** Set Features, §5.27. */
    public static Command setFeatures(int fid, int nsid, int cdw11, boolean save) {
        return Command.of(0x09)
                .nsid(nsid)
                .cdw10(fid & 0xff | (save ? 1 << 31 : 0))
                .cdw11(cdw11);
    }

    /** Get Features, §5.15. */
    public static Command getFeatures(int fid, Controller.Select select, int nsid, int cdw11) {
        return Command.of(0x0a)
                .nsid(nsid)
                .cdw10(fid & 0xff | select.ordinal() << 8)
                .cdw11(cdw11);
    }

    /** Asynchronous Event Request, §5.2; the driver keeps its own ones armed. */
    public static Command asyncEventRequest() {
        return Command.of(0x0c);
    }

    /** Namespace Management, select create, §5.23; data is a 4096-byte identify namespace structure. */
    public static Command createNamespace(int csi) {
        return Command.of(0x0d).cdw10(0).cdw11(csi << 24);
    }

    /** Namespace Management, select delete, §5.23. */
    public static Command deleteNamespace(int nsid) {
        return Command.of(0x0d).nsid(nsid).cdw10(1);
    }

    /** Namespace Attachment, §5.22; data is a 4096-byte controller list. */
    public static Command attachment(int nsid, boolean attach) {
        return Command.of(0x15).nsid(nsid).cdw10(attach ? 0 : 1);
    }

    /** Firmware Commit, §5.11. */
    public static Command firmwareCommit(int slot, int action) {
        return Command.of(0x10).cdw10(slot & 7 | (action & 7) << 3);
    }

    /** Firmware Image Download, §5.12; {@code bytes} and {@code offset} are multiples of 4. */
    public static Command firmwareDownload(int bytes, int offset) {
        return Command.of(0x11).cdw10(bytes / 4 - 1).cdw11(offset / 4);
    }

    /** Device Self-test, §5.9: 1 short, 2 extended, 0xf abort. */
    public static Command selfTest(int nsid, int code) {
        return Command.of(0x14).nsid(nsid).cdw10(code & 0xf);
    }

    /** Keep Alive, §5.18. */
    public static Command keepAlive() {
        return Command.of(0x18);
    }

    /**
     * Format NVM, NVMe Base 2.0c §5.14.
     *
     * @param lbaf LBA format, 0 .. 63
     * @param secureErase 0 none, 1 user data, 2 cryptographic
     * @param protection 0 none, else protection information type 1 .. 3
     * @param protectionFirst protection information in the first bytes of the metadata
     * @param extendedLba metadata inline with the data
     */
    public static Command format(
            int nsid, int lbaf, int secureErase, int protection, boolean protectionFirst, boolean extendedLba) {
        return Command.of(0x80)
                .nsid(nsid)
                .cdw10(lbaf & 0xf
                        | (extendedLba ? 1 << 4 : 0)
                        | (protection & 7) << 5
                        | (protectionFirst ? 1 << 8 : 0)
                        | (secureErase & 7) << 9
                        | (lbaf >> 4 & 3) << 12);
    }

    /** Security Send, §5.25; {@code bytes} is its transfer length. */
    public static Command securitySend(int protocol, int specific, int nssf, int bytes) {
        return Command.of(0x81)
                .cdw10(nssf & 0xff | (specific & 0xffff) << 8 | protocol << 24)
                .cdw11(bytes);
    }

    /** Security Receive, §5.24; {@code bytes} is its allocation length. */
    public static Command securityReceive(int protocol, int specific, int nssf, int bytes) {
        return Command.of(0x82)
                .cdw10(nssf & 0xff | (specific & 0xffff) << 8 | protocol << 24)
                .cdw11(bytes);
    }

    /**
     * Sanitize, §5.24.
     *
     * @param action 1 exit failure mode, 2 block erase, 3 overwrite, 4 crypto erase
     * @param overwritePattern the dword that overwrite writes
     * @param allowUnrestrictedExit whether failure mode can be left without another sanitize
     * @param passes overwrite passes, 1 .. 16
     */
    public static Command sanitize(int action, int overwritePattern, boolean allowUnrestrictedExit, int passes) {
        return Command.of(0x84)
                .cdw10(action & 7 | (allowUnrestrictedExit ? 1 << 3 : 0) | (passes & 0xf) << 4)
                .cdw11(overwritePattern);
    }
}
