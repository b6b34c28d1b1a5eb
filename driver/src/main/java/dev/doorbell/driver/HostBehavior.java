package dev.doorbell.driver;

import java.util.Arrays;

/**
 * What the host knows, for the controller to act by: Host Behavior Support, feature 16h, NVMe Base 2.0c §5.27.1.18, NVM Command Set 1.0c
 * §4.1.3.4. A reset makes the controller forget it. Immutable.
 *
 * @param advancedRetry ACRE: commands may be interrupted and retried after a time
 * @param telemetryArea4 ETDAS: telemetry may have data area 4
 * @param extendedFormats LBAFEE: protection information with guards of 32 and 64 bits, and with storage tags; without it, I/O commands on
 *     such namespaces end with Invalid Namespace or Format
 */
public record HostBehavior(boolean advancedRetry, boolean telemetryArea4, boolean extendedFormats) {
    private static final int FEATURE = 0x16, BYTES = 512;

    /** As the controller has it now. */
    public static HostBehavior of(Controller controller) {
        byte[] data =
                controller.getFeature(FEATURE, Controller.Select.CURRENT, 0, 0).data();
        return new HostBehavior(data[0] == 1, data[1] == 1, data[2] == 1);
    }

    /** With or without extended LBA formats. */
    public HostBehavior extendedFormats(boolean known) {
        return new HostBehavior(advancedRetry, telemetryArea4, known);
    }

    /** Tells the controller. What it has beside this stays. */
    public void apply(Controller controller) {
        byte[] data = Arrays.copyOf(
                controller.getFeature(FEATURE, Controller.Select.CURRENT, 0, 0).data(), BYTES);
        data[0] = (byte) (advancedRetry ? 1 : 0);
        data[1] = (byte) (telemetryArea4 ? 1 : 0);
        data[2] = (byte) (extendedFormats ? 1 : 0);
        controller.setFeature(FEATURE, 0, 0, false, data);
    }
}
