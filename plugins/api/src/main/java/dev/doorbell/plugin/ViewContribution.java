package dev.doorbell.plugin;

import java.util.List;
import org.pf4j.ExtensionPoint;

/**
 * A kind of view. Implementations have a public constructor without arguments, hold no state, and are named in
 * {@code META-INF/services/dev.doorbell.plugin.ViewContribution}.
 */
public interface ViewContribution extends ExtensionPoint {
    /** Stable, lower case, for example {@code "registers"}; layouts, settings and links use it. */
    String id();

    /** The tab's and the menu's text. */
    String title();

    /** Ikonli literal of the Material Design 2 pack, for example {@code "mdi2c-chip"}. */
    String icon();

    /** Where it stands; the first one also says where it opens from a perspective that does not list it. Not empty. */
    List<Placement> placements();

    /** A few words for the palette, for example {@code "config space capability bar"}. */
    default String keywords() {
        return "";
    }

    /**
     * Called when there is first a tab, perhaps long before there is a view: for what the tab itself shows, such as
     * {@link ViewContext#badge}.
     */
    default void tab(ViewContext context) {}

    /**
     * Makes the view. Called on the JavaFX thread, the first time its tab is selected; builds nodes and binds them, and
     * does no device work.
     */
    View create(ViewContext context);
}
