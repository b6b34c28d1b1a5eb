package dev.doorbell.testplans.cli;

import picocli.CommandLine.Help.Ansi;

/** Colours for terminals; none when the output goes elsewhere or NO_COLOR is set. */
record Style(boolean colours) {
    static Style detect() {
        return new Style(Ansi.AUTO.enabled());
    }

    String bold(String text) {
        return with("1", text);
    }

    String muted(String text) {
        return with("2", text);
    }

    String good(String text) {
        return with("32", text);
    }

    String bad(String text) {
        return with("31", text);
    }

    String warn(String text) {
        return with("33", text);
    }

    private String with(String code, String text) {
        return colours && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
