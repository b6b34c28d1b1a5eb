package dev.doorbell.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Creating, deleting, attaching and detaching namespaces, NVMe Base 2.0c §8.11. */
public final class NamespaceManagement {
    /**
     * What a namespace to be created is like.
     *
     * @param blocks its size, in LBAs of the format
     * @param capacity how many of them can be allocated at a time; as {@code blocks} unless thinly provisioned
     * @param formatIndex LBA format
     * @param protection protection information type, 0 none
     * @param shared whether several controllers may attach it
     */
    public record Layout(long blocks, long capacity, int formatIndex, int protection, boolean shared) {
        /** A private namespace of {@code blocks} LBAs without protection information. */
        public static Layout of(long blocks, int formatIndex) {
            return new Layout(blocks, blocks, formatIndex, 0, false);
        }

        byte[] structure() {
            ByteBuffer b = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
            b.putLong(0, blocks).putLong(8, capacity);
            b.put(26, (byte) (formatIndex & 0xf | (formatIndex >> 4 & 3) << 5));
            b.put(29, (byte) protection);
            b.put(30, (byte) (shared ? 1 : 0));
            return b.array();
        }
    }

    private static final int CNS_ALLOCATED = 0x10, CNS_ATTACHED_CONTROLLERS = 0x12, CNS_CONTROLLERS = 0x13;

    private final Controller controller;
    private final AdminData transfers;

    /** @param controller one of the subsystem */
    public NamespaceManagement(Controller controller) {
        this.controller = controller;
        this.transfers = new AdminData(controller);
    }

    /** Creates a namespace of the NVM command set and returns its id; it is not attached yet. */
    public int create(Layout layout) {
        return create(0, layout.structure());
    }

    /**
     * Creates a namespace and returns its id; it is not attached yet.
     *
     * @param csi I/O command set, 0 NVM
     * @param structure 4096 bytes, in the layout of identify namespace, with size, capacity and format
     */
    public int create(int csi, byte[] structure) {
        return transfers
                .send("Namespace Management, create", AdminCommands.createNamespace(csi), structure)
                .cdw0();
    }

    /** Deletes a namespace, or all with nsid -1. */
    public Completion delete(int nsid) {
        Completion end = controller.execute(AdminCommands.deleteNamespace(nsid));
        controller.forgetNamespace(nsid);
        return end.orThrow("Namespace Management, delete");
    }

    /** Attaches a namespace to controllers, by their ids; to the own one if none is given. */
    public Completion attach(int nsid, int... controllerIds) {
        return transfers.send(
                "Namespace Attachment, attach",
                AdminCommands.attachment(nsid, true),
                AdminData.controllerList(orOwn(controllerIds)));
    }

    /** Detaches a namespace from controllers, by their ids; from the own one if none is given. */
    public Completion detach(int nsid, int... controllerIds) {
        controller.forgetNamespace(nsid);
        return transfers.send(
                "Namespace Attachment, detach",
                AdminCommands.attachment(nsid, false),
                AdminData.controllerList(orOwn(controllerIds)));
    }

    /** The controller's own id, CNTLID (Identify controller bytes 79:78). */
    public int controllerId() {
        byte[] id = controller.identifyController();
        return id[78] & 0xff | (id[79] & 0xff) << 8;
    }

    private int[] orOwn(int[] ids) {
        return ids.length == 0 ? new int[] {controllerId()} : ids;
    }

    /** Ids of all namespaces that exist in the subsystem, attached or not, ascending (CNS 10h). */
    public List<Integer> allocated() {
        List<Integer> ids = new ArrayList<>();
        for (int after = 0; ; ) {
            ByteBuffer list = ByteBuffer.wrap(controller.identify(CNS_ALLOCATED, after, 0, 0))
                    .order(ByteOrder.LITTLE_ENDIAN);
            while (list.hasRemaining()) {
                after = list.getInt();
                if (after == 0) {
                    return ids;
                }
                ids.add(after);
            }
        }
    }

    /** Ids of the controllers that a namespace is attached to (CNS 12h). */
    public List<Integer> attachedControllers(int nsid) {
        return controllers(CNS_ATTACHED_CONTROLLERS, nsid);
    }

    /** Ids of all controllers in the subsystem (CNS 13h). */
    public List<Integer> controllers() {
        return controllers(CNS_CONTROLLERS, 0);
    }

    private List<Integer> controllers(int cns, int nsid) {
        ByteBuffer list = ByteBuffer.wrap(controller.identify(cns, nsid, 0, 0)).order(ByteOrder.LITTLE_ENDIAN);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0, count = Short.toUnsignedInt(list.getShort()); i < Math.min(count, 2047); i++) {
            ids.add(Short.toUnsignedInt(list.getShort()));
        }
        return ids;
    }
}
