package dev.doorbell.plugin;

import java.util.List;
import org.pf4j.ExtensionPoint;

/** Actions that exist for as long as the program runs; named in {@code META-INF/services}. */
public interface ActionContribution extends ExtensionPoint {
    /** Called once, on the JavaFX thread, before the window is shown. */
    List<Action> actions(Workbench workbench);
}
