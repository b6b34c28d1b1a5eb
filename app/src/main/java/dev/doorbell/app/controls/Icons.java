package dev.doorbell.app.controls;

import org.kordamp.ikonli.javafx.FontIcon;

/** Icons by their Ikonli names, in the two sizes the window uses: 16 in tool bars, 14 in rows, tabs and chips. */
public final class Icons {
    private Icons() {}

    /** A 16 px icon. */
    public static FontIcon of(String literal) {
        return sized(literal, "icon-16");
    }

    /** A 14 px icon, for rows, tabs and chips. */
    public static FontIcon small(String literal) {
        return sized(literal, "icon-14");
    }

    private static FontIcon sized(String literal, String styleClass) {
        FontIcon icon = new FontIcon(literal);
        icon.getStyleClass().add(styleClass);
        return icon;
    }
}
