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

    /**
     * Create I/O Completion Queue, §5.4, for queues that a test makes itself. PRP1 is for the caller: see {@link Command#rawDataPointer(long,
     * long)}.
     *
     * @param entries 2 .. CAP.MQES + 1
     * @param contiguous whether PRP1 is the queue itself, not a PRP list
     * @param interrupts whether it signals {@code vector}
     */
    public static Command createCompletionQueue(
            int id, int entries, boolean contiguous, boolean interrupts, int vector) {
        return Command.of(0x05)
                .cdw10(id & 0xffff | (entries - 1) << 16)
                .cdw11((contiguous ? 1 : 0) | (interrupts ? 2 : 0) | vector << 16);
    }

    /**
     * Create I/O Submission Queue, §5.5, for queues that a test makes itself. PRP1 is for the caller: see {@link Command#rawDataPointer(long,
     * long)}.
     *
     * @param entries 2 .. CAP.MQES + 1
     * @param contiguous whether PRP1 is the queue itself, not a PRP list
     * @param priority 0 urgent .. 3 low, for weighted round robin
     * @param completionQueue id of the completion queue
     * @param nvmSet NVM set that it is for, 0 none
     */
    public static Command createSubmissionQueue(
            int id, int entries, boolean contiguous, int priority, int completionQueue, int nvmSet) {
        return Command.of(0x01)
                .cdw10(id & 0xffff | (entries - 1) << 16)
                .cdw11((contiguous ? 1 : 0) | (priority & 3) << 1 | completionQueue << 16)
                .cdw12(nvmSet & 0xffff);
    }

    /** Delete I/O Submission Queue, §5.7. */
    public static Command deleteSubmissionQueue(int id) {
        return Command.of(0x00).cdw10(id & 0xffff);
    }

    /** Delete I/O Completion Queue, §5.6; its submission queues are to be deleted before. */
    public static Command deleteCompletionQueue(int id) {
        return Command.of(0x04).cdw10(id & 0xffff);
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

    /**
     * Sanitize with everything that it can be told, §5.24.
     *
     * @param passes overwrite passes, 1 .. 16
     * @param invert whether the pattern is inverted between passes
     * @param noDeallocate whether the blocks are to stay allocated
     */
    public static Command sanitize(
            int action,
            int overwritePattern,
            boolean allowUnrestrictedExit,
            int passes,
            boolean invert,
            boolean noDeallocate) {
        Command c = sanitize(action, overwritePattern, allowUnrestrictedExit, passes);
        return c.cdw10(c.dword(10) | (invert ? 1 << 8 : 0) | (noDeallocate ? 1 << 9 : 0));
    }

    /**
     * Directive Send, §5.11.
     *
     * @param type 0 identify, 1 streams, 2 data placement
     * @param operation by type
     * @param specific by type, such as a stream identifier
     * @param bytes of data, a multiple of 4, 0 for none
     */
    public static Command directiveSend(int nsid, int type, int operation, int specific, int bytes) {
        return directive(0x19, nsid, type, operation, specific, bytes);
    }

    /** Directive Receive, §5.10; parameters as of {@link #directiveSend}. */
    public static Command directiveReceive(int nsid, int type, int operation, int specific, int bytes) {
        return directive(0x1a, nsid, type, operation, specific, bytes);
    }

    private static Command directive(int opcode, int nsid, int type, int operation, int specific, int bytes) {
        return Command.of(opcode)
                .nsid(nsid)
                .cdw10(bytes == 0 ? 0 : bytes / 4 - 1)
                .cdw11(operation & 0xff | (type & 0xff) << 8 | specific << 16);
    }

    /**
     * Virtualization Management, §5.28.
     *
     * @param action 1 allocate to primary, 7 secondary offline, 8 assign to secondary, 9 secondary online
     * @param resource 0 queues, 1 interrupts
     * @param controllerId which controller
     * @param count of resources
     */
    public static Command virtualizationManagement(int action, int resource, int controllerId, int count) {
        return Command.of(0x1c)
                .cdw10(action & 0xf | (resource & 7) << 8 | controllerId << 16)
                .cdw11(count & 0xffff);
    }

    /** First dword of an NVMe-MI message: message type 4, of the management interface's commands. */
    private static final int MI_COMMAND = 1 << 11 | 4;

    /** NVMe-MI Send of a management interface command, §5.21; request data is added. */
    public static Command miSend(int opcode, int dword0, int dword1) {
        return Command.of(0x1d)
                .cdw10(MI_COMMAND)
                .cdw11(opcode & 0xff)
                .cdw12(dword0)
                .cdw13(dword1);
    }

    /** NVMe-MI Receive of a management interface command, §5.20; response data is added. */
    public static Command miReceive(int opcode, int dword0, int dword1) {
        return Command.of(0x1e)
                .cdw10(MI_COMMAND)
                .cdw11(opcode & 0xff)
                .cdw12(dword0)
                .cdw13(dword1);
    }

    /**
     * Capacity Management, §5.3.
     *
     * @param operation 0 select configuration, 1 create endurance group, 2 delete it, 3 create NVM set, 4 delete it
     * @param element what it is about
     * @param capacity bytes, for creating
     */
    public static Command capacityManagement(int operation, int element, long capacity) {
        return Command.of(0x20)
                .cdw10(operation & 0xf | element << 16)
                .cdw11((int) capacity)
                .cdw12((int) (capacity >>> 32));
    }

    /**
     * Lockdown, §5.19.
     *
     * @param scope 0 admin opcode, 2 feature, 3 management command, 4 PCIe command
     * @param prohibit true to forbid, false to allow again
     * @param from 0 the admin queue, 1 that and out of band, 2 out of band
     * @param what opcode or feature identifier
     */
    public static Command lockdown(int scope, boolean prohibit, int from, int what) {
        return Command.of(0x24).cdw10(scope & 0xf | (prohibit ? 1 << 4 : 0) | (from & 3) << 5 | (what & 0xff) << 8);
    }

    /**
     * Doorbell Buffer Config, §5.8: shadow doorbells and event indexes in memory, one page each.
     *
     * @param shadowIova address of the shadow doorbells
     * @param eventIova address of the event indexes
     */
    public static Command doorbellBufferConfig(long shadowIova, long eventIova) {
        return Command.of(0x7c).rawDataPointer(shadowIova, eventIova);
    }

    /**
     * Get LBA Status, NVM Command Set 1.0c §4.2.1.
     *
     * @param rangeLength LBAs, 0 to the end of the namespace
     * @param action 10h scan for untracked blocks, 11h tracked ones
     * @param bytes of data, a multiple of 4
     */
    public static Command getLbaStatus(int nsid, long lba, int rangeLength, int action, int bytes) {
        return Command.of(0x86)
                .nsid(nsid)
                .cdw10((int) lba)
                .cdw11((int) (lba >>> 32))
                .cdw12(bytes / 4 - 1)
                .cdw13(rangeLength & 0xffff | action << 24);
    }
}
