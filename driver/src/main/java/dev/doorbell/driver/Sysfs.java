package dev.doorbell.driver;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Small files, links and folders of sysfs. What is not there reads as empty: attributes come and go with kernels and devices. */
final class Sysfs {
    private Sysfs() {}

    /** A file's text without the line's end. */
    static String text(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** A file's number, decimal or with 0x; {@code otherwise} where there is none. */
    static long number(Path file, long otherwise) {
        try {
            return Long.decode(text(file));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** The last part of what a link points to. */
    static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** A folder's entries by name. */
    static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            return List.of();
        }
        entries.sort(Comparator.comparing(Path::toString));
        return entries;
    }
}
