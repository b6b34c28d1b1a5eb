package dev.doorbell.app.views.traffic;

import dev.doorbell.driver.Controller;
import dev.doorbell.driver.Device;
import dev.doorbell.driver.Namespace;
import dev.doorbell.driver.Qpair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device can take.
 *
 * @param namespaces the active ones
 * @param queues whether programs can have qpairs on it
 * @param maxTransferBytes largest data of one command, by MDTS
 * @param mqes CAP.MQES: the most commands that one qpair can have outstanding
 * @param maxQueues I/O qpairs that the controller grants
 * @param taken I/O qpairs that are open, those of workers left out
 * @param warningCelsius WCTEMP: the temperature from which it warns; not a number when it does not say
 */
record DeviceFacts(
        List<Space> namespaces,
        boolean queues,
        int maxTransferBytes,
        int mqes,
        int maxQueues,
        int taken,
        double warningCelsius) {
    private static final int WCTEMP = 266;
    private static final int KELVIN = 273;

    /** A namespace: its id, block size and number of blocks. */
    record Space(int nsid, int lbaBytes, long lbaCount) {}

    Optional<Space> space(int nsid) {
        return namespaces.stream().filter(s -> s.nsid == nsid).findFirst();
    }

    /** Asks the device; on the session's thread. */
    static DeviceFacts read(Controller controller) {
        boolean queues = controller.device().features().contains(Device.Feature.QPAIRS);
        List<Space> spaces = new ArrayList<>();
        for (int nsid : controller.activeNamespaces()) {
            Namespace namespace = controller.namespace(nsid);
            namespace.refresh();
            spaces.add(new Space(nsid, namespace.lbaBytes(), namespace.lbaCount()));
        }
        int mqes = queues ? (int) (controller.device().registers().read64(0) & 0xffff) : 0;
        return new DeviceFacts(
                List.copyOf(spaces),
                queues,
                controller.maxTransferBytes(),
                mqes,
                queues ? controller.maxQueues() : 0,
                taken(controller),
                warning(controller.identifyController()));
    }

    /** NVMe Base 2.0c §5.17.2.1: in kelvin, 0 when it is not reported. */
    private static double warning(byte[] identify) {
        int kelvin = identify[WCTEMP] & 0xff | (identify[WCTEMP + 1] & 0xff) << 8;
        return kelvin == 0 ? Double.NaN : kelvin - KELVIN;
    }

    /** The same with the qpairs of now. */
    DeviceFacts counted(int open) {
        return new DeviceFacts(namespaces, queues, maxTransferBytes, mqes, maxQueues, open, warningCelsius);
    }

    static int taken(Controller controller) {
        return (int) Qpair.look(controller.qpairs()).stream()
                .filter(q -> q.qid() != 0 && !q.worker())
                .count();
    }
}
