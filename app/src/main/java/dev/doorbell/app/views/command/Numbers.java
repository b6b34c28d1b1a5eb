package dev.doorbell.app.views.command;

import java.util.Optional;

/** Numbers as people type them: decimal, or hex behind 0x; blanks and underscores between digits do not count. */
final class Numbers {
    private Numbers() {}

    static Optional<Long> parse(String typed) {
        String text = typed.strip().replaceAll("[_\\s\u2009]", "").toLowerCase(java.util.Locale.ROOT);
        try {
            return Optional.of(
                    text.startsWith("0x")
                            ? Long.parseUnsignedLong(text.substring(2), 16)
                            : Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
