package dev.doorbell.driver;

import java.util.Arrays;

/** Security Send and Receive, NVMe Base 2.0c §5.25 and §5.26: the way to TCG Opal and other security protocols. */
public final class Security {
    private final AdminData transfers;

    /** @param controller that has the security protocols */
    public Security(Controller controller) {
        this.transfers = new AdminData(controller);
    }

    /**
     * Security Send.
     *
     * @param protocol security protocol, 0 .. 255
     * @param specific protocol specific field, such as a ComID, 0 .. 65535
     * @param nssf NVMe security specific field
     */
    public Completion send(int protocol, int specific, int nssf, byte[] data) {
        return transfers.send("Security Send", AdminCommands.securitySend(protocol, specific, nssf, data.length), data);
    }

    /** Security Receive of {@code bytes} bytes; see {@link #send} for the other parameters. */
    public byte[] receive(int protocol, int specific, int nssf, int bytes) {
        return transfers
                .receive("Security Receive", AdminCommands.securityReceive(protocol, specific, nssf, bytes), bytes)
                .data();
    }

    /** The security protocols that the controller has, ascending: protocol 00h, specific 0000h. */
    public int[] protocols() {
        byte[] list = receive(0, 0, 0, 512);
        int count = (list[6] & 0xff) << 8 | list[7] & 0xff;
        int[] protocols = new int[Math.min(count, list.length - 8)];
        for (int i = 0; i < protocols.length; i++) {
            protocols[i] = list[8 + i] & 0xff;
        }
        Arrays.sort(protocols);
        return protocols;
    }
}
