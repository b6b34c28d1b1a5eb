package dev.doorbell.app.views.reading;

import dev.doorbell.plugin.Texts;

/**
 * What a command's NSID can say: the controller (0), all namespaces (FFFFFFFFh), or one.
 *
 * @param value as it stands in the command
 */
public record NamespaceId(int value) {
    /** No namespace is named. */
    public static final NamespaceId CONTROLLER = new NamespaceId(0);

    /** All namespaces, or the whole controller: the broadcast value. */
    public static final NamespaceId ALL = new NamespaceId(-1);

    /** As a chooser says it. */
    public String text() {
        Texts texts = Texts.of(NamespaceId.class);
        return switch (value) {
            case 0 -> texts.get("nsid.controller");
            case -1 -> texts.get("nsid.all");
            default -> texts.get("nsid.one", Integer.toUnsignedString(value));
        };
    }

    @Override
    public String toString() {
        return text();
    }
}
