package dev.doorbell.app.shell;

import com.sun.glass.ui.Application;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JavaFX's headless platform has a screen of 1000 by 1000 pixels and throws when a window reaches further. Nobody looks at
 * that screen, so it only needs to be large enough.
 */
final class HeadlessScreen {
    private static final Logger LOG = LoggerFactory.getLogger(HeadlessScreen.class);
    private static final int PIXELS = 4_000_000;

    private HeadlessScreen() {}

    /** Makes room for windows of any sensible size; call on the JavaFX thread before the first window. */
    static void enlarge() {
        var application = Application.GetApplication();
        if (!application.getClass().getSimpleName().startsWith("Headless")) {
            return;
        }
        try {
            var field = application.getClass().getDeclaredField("frameBuffer");
            field.setAccessible(true);
            field.set(application, ByteBuffer.allocate(PIXELS * Integer.BYTES));
        } catch (ReflectiveOperationException e) {
            LOG.warn("The headless screen stays small: {}", e.toString());
        }
    }
}
