package dev.doorbell.app.views.reading;

import dev.doorbell.app.controls.Banner;
import dev.doorbell.plugin.DeviceSession;
import dev.doorbell.plugin.Texts;
import dev.doorbell.plugin.Workbench;

/** What a view says about a device that has vanished, with the next step. JavaFX thread only. */
public final class LostDevice {
    private LostDevice() {}

    /** Says that the device is gone, and offers to open it again or to close it. */
    public static Banner banner(Workbench workbench, DeviceSession session) {
        Texts texts = Texts.of(LostDevice.class);
        String address = session.address().text();
        return Banner.error(texts.get("lost", session.name()), texts.get("advice.lost"))
                .action(
                        texts.get("lost.open"),
                        () -> workbench
                                .close(session)
                                .thenCompose(closed -> workbench.open(address))
                                // The window has told it.
                                .exceptionally(e -> null))
                .action(texts.get("lost.close"), () -> workbench.close(session).exceptionally(e -> null));
    }
}
