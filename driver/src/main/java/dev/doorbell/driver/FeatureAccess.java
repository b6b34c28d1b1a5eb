package dev.doorbell.driver;

import java.util.Arrays;

/** Getting and setting features, NVMe Base 2.0c §5.15 and §5.27, with their data structures. */
final class FeatureAccess {
    /** Dwords 11 to 15. */
    private static final int DWORDS = 5;

    private final Controller controller;
    private final AdminData transfers;

    FeatureAccess(Controller controller, AdminData transfers) {
        this.controller = controller;
        this.transfers = transfers;
    }

    Controller.FeatureValue get(int fid, Controller.Select select, int nsid, int cdw11) {
        int bytes = select == Controller.Select.CAPABILITIES ? 0 : FeatureData.bytes(fid, cdw11);
        String what = String.format("Get Features %02xh", fid);
        Command command = AdminCommands.getFeatures(fid, select, nsid, cdw11);
        if (bytes == 0) {
            return new Controller.FeatureValue(
                    controller.execute(command).orThrow(what).cdw0(), new byte[0]);
        }
        AdminData.Received received = transfers.receive(what, command, bytes);
        return new Controller.FeatureValue(received.completion().cdw0(), received.data());
    }

    /** Dwords beyond those given are zero; without data if there is none. */
    int set(int fid, int nsid, int[] dwords, boolean save, byte[] data) {
        if (dwords.length > DWORDS) {
            throw new IllegalArgumentException(
                    dwords.length + " dwords of a feature; a command has " + DWORDS + " for them, 11 to 15");
        }
        int[] all = Arrays.copyOf(dwords, DWORDS);
        Command command = AdminCommands.setFeatures(fid, nsid, all[0], save)
                .cdw12(all[1])
                .cdw13(all[2])
                .cdw14(all[3])
                .cdw15(all[4]);
        String what = String.format("Set Features %02xh", fid);
        return data.length == 0
                ? controller.execute(command).orThrow(what).cdw0()
                : transfers.send(what, command, data).cdw0();
    }
}
