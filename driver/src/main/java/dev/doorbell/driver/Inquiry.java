package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a controller answers when it is asked about itself, and what is remembered of that until it is enabled anew. Safe from any
 * thread: two that ask at once both ask the controller, and remember the same.
 */
final class Inquiry {
    /** What one command is taken to transfer where the controller sets no limit. */
    private static final int TRANSFER_LIMIT = 2 << 20;

    private static final int LOG_PIECE = 128 << 10;
    private static final int MDTS = 77;
    private static final int NUMBER_OF_QUEUES = 0x07;

    private final Controller controller;
    private final AdminData transfers;
    private final Map<Integer, Namespace> namespaces = new ConcurrentHashMap<>();
    private volatile int maxQueues;
    private volatile int maxTransferBytes;

    Inquiry(Controller controller, AdminData transfers) {
        this.controller = controller;
        this.transfers = transfers;
    }

    /** What the controller said before may be wrong now. */
    void forget() {
        maxQueues = 0;
        maxTransferBytes = 0;
        namespaces.clear();
    }

    byte[] identifyController() {
        byte[] id = identify(1, 0, 0, 0);
        rememberTransferSize(id[MDTS] & 0xff);
        return id;
    }

    byte[] identify(int cns, int nsid, int cntid, int csi) {
        return transfers
                .receive(
                        String.format("Identify CNS %02xh, nsid %x", cns, nsid),
                        AdminCommands.identify(cns, nsid, cntid, csi),
                        4096)
                .data();
    }

    byte[] logPage(int lid, int nsid, int bytes, long offset, int lsp, boolean rae) {
        if (bytes <= 0 || bytes % 4 != 0 || offset % 4 != 0) {
            throw new IllegalArgumentException(bytes + " bytes of a log page from " + offset
                    + " on; both must be multiples of 4, and not 0 bytes");
        }
        ByteBuffer all = ByteBuffer.allocate(bytes);
        int piece = Math.min(maxTransferBytes(), LOG_PIECE);
        while (all.hasRemaining()) {
            int n = Math.min(piece, all.remaining());
            boolean last = n == all.remaining();
            Command command = AdminCommands.getLogPage(lid, nsid, n, offset + all.position(), lsp, rae || !last);
            all.put(transfers
                    .receive(String.format("Get Log Page %02xh", lid), command, n)
                    .data());
        }
        return all.array();
    }

    List<Integer> activeNamespaces() {
        List<Integer> ids = new ArrayList<>();
        for (int after = 0; ; ) {
            ByteBuffer list = ByteBuffer.wrap(identify(2, after, 0, 0)).order(ByteOrder.LITTLE_ENDIAN);
            while (list.hasRemaining()) {
                int nsid = list.getInt();
                if (nsid == 0) {
                    return ids;
                }
                ids.add(nsid);
                after = nsid;
            }
        }
    }

    Namespace namespace(int nsid) {
        Namespace known = namespaces.get(nsid);
        if (known != null) {
            return known;
        }
        Namespace fresh = new Namespace(controller, nsid);
        Namespace other = namespaces.putIfAbsent(nsid, fresh);
        return other == null ? fresh : other;
    }

    /** What is known of the namespaces may be wrong: they are identified again when somebody asks. */
    void staleNamespaces() {
        namespaces.values().forEach(Namespace::stale);
    }

    void forgetNamespace(int nsid) {
        if (nsid == -1) {
            namespaces.clear();
        } else {
            namespaces.remove(nsid);
        }
    }

    int maxQueues() {
        if (maxQueues == 0) {
            rememberQueues(controller
                    .getFeature(NUMBER_OF_QUEUES, Controller.Select.CURRENT, 0, 0)
                    .cdw0());
        }
        return maxQueues;
    }

    int requestQueues(int submission, int completion) {
        rememberQueues(controller.setFeature(NUMBER_OF_QUEUES, 0, submission - 1 | completion - 1 << 16, false));
        return maxQueues;
    }

    private void rememberQueues(int cdw0) {
        maxQueues = Math.min(cdw0 & 0xffff, cdw0 >>> 16) + 1;
    }

    int maxTransferBytes() {
        if (maxTransferBytes == 0) {
            identifyController();
        }
        return maxTransferBytes;
    }

    private void rememberTransferSize(int mdts) {
        ControllerFacts facts = ControllerFacts.read(controller.device());
        long byMdts = mdts == 0 ? TRANSFER_LIMIT : Math.min((long) facts.minPageBytes() << Math.min(mdts, 18), 1 << 30);
        maxTransferBytes = (int) (facts.maxDataBytes() == 0 ? byMdts : Math.min(byMdts, facts.maxDataBytes()));
    }
}
