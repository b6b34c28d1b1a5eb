package dev.doorbell.driver;

/** NVMe-MI messages in band: NVMe-MI Send and Receive, NVMe Base 2.0c §5.20 and §5.21. */
public final class ManagementInterface {
    /**
     * A response.
     *
     * @param status response message status, 0 success (completion dword 0 bits 7:0)
     * @param response management response, completion dword 0 bits 31:8
     * @param data response data
     */
    public record Response(int status, int response, byte[] data) {}

    private final AdminData transfers;
    private final Controller controller;

    /** @param controller that takes the messages */
    public ManagementInterface(Controller controller) {
        this.controller = controller;
        this.transfers = new AdminData(controller);
    }

    /** NVMe-MI Send of a management interface command with request data, which may be empty. */
    public Response send(int opcode, int dword0, int dword1, byte[] data) {
        Command command = AdminCommands.miSend(opcode, dword0, dword1);
        Completion end = data.length == 0
                ? controller.execute(command).orThrow("NVMe-MI Send")
                : transfers.send("NVMe-MI Send", command, data);
        return response(end, new byte[0]);
    }

    /** NVMe-MI Receive of a management interface command with {@code bytes} bytes of response data. */
    public Response receive(int opcode, int dword0, int dword1, int bytes) {
        AdminData.Received received =
                transfers.receive("NVMe-MI Receive", AdminCommands.miReceive(opcode, dword0, dword1), bytes);
        return response(received.completion(), received.data());
    }

    private static Response response(Completion end, byte[] data) {
        return new Response(end.cdw0() & 0xff, end.cdw0() >>> 8, data);
    }
}
