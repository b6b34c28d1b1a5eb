package dev.doorbell.testplans.plan;

/**
 * Where in a plan's text something stands.
 *
 * @param file the file's path as it was given, or a bundled plan's name
 * @param line from 1
 * @param column from 1
 */
public record SourceLine(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
