package dev.doorbell.testplans.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that make a submission queue entry. CID and data pointer are left to the driver. */
final class SqeOptions {
    @Option(names = "--opcode", required = true, paramLabel = "N", description = "Opcode, 0x00 to 0xff.")
    private Amount opcode;

    @Option(names = "--nsid", paramLabel = "N", description = "Namespace.")
    private Amount nsid;

    @Option(names = "--cdw2", paramLabel = "N", description = "Command dwords; unset ones are 0.")
    private Amount cdw2;

    @Option(names = "--cdw3", paramLabel = "N")
    private Amount cdw3;

    @Option(names = "--cdw10", paramLabel = "N")
    private Amount cdw10;

    @Option(names = "--cdw11", paramLabel = "N")
    private Amount cdw11;

    @Option(names = "--cdw12", paramLabel = "N")
    private Amount cdw12;

    @Option(names = "--cdw13", paramLabel = "N")
    private Amount cdw13;

    @Option(names = "--cdw14", paramLabel = "N")
    private Amount cdw14;

    @Option(names = "--cdw15", paramLabel = "N")
    private Amount cdw15;

    @Option(names = "--fuse", paramLabel = "N", description = "Fused operation, 0 to 3.")
    private Amount fuse;

    /** The 64 bytes. */
    byte[] bytes() {
        ByteBuffer sqe = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        sqe.put(0, (byte) opcode.within("--opcode", 0, 0xff));
        if (fuse != null) {
            sqe.put(1, (byte) fuse.within("--fuse", 0, 3));
        }
        Map<Integer, Amount> dwords = new LinkedHashMap<>();
        dwords.put(1, nsid);
        dwords.put(2, cdw2);
        dwords.put(3, cdw3);
        dwords.put(10, cdw10);
        dwords.put(11, cdw11);
        dwords.put(12, cdw12);
        dwords.put(13, cdw13);
        dwords.put(14, cdw14);
        dwords.put(15, cdw15);
        dwords.forEach((index, value) -> {
            if (value != null) {
                sqe.putInt(4 * index, value.dword(index == 1 ? "--nsid" : "--cdw" + index));
            }
        });
        return sqe.array();
    }
}
