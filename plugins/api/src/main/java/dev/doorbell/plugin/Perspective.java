package dev.doorbell.plugin;

/** The three layouts of the window. */
public enum Perspective {
    /** Look at a device, send commands. */
    EXPLORE("mdi2f-file-tree-outline"),
    /** Load it and watch it. */
    TRAFFIC("mdi2c-chart-line"),
    /** Run test plans and read their results. */
    TEST("mdi2o-order-bool-ascending-variant");

    private final String icon;

    Perspective(String icon) {
        this.icon = icon;
    }

    /** Ikonli literal. */
    public String icon() {
        return icon;
    }
}
