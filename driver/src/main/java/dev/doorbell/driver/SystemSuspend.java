package dev.doorbell.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/**
 * Suspend to RAM (S3) of the whole machine, with its real-time clock to wake it: {@code /sys/power} and {@code /sys/class/rtc} of Linux. It
 * takes the power of most devices away for that time.
 */
final class SystemSuspend {
    private static final Duration SHORTEST = Duration.ofSeconds(2), LONGEST = Duration.ofHours(24);

    private final Path sys;

    /** @param sys where sysfs is mounted */
    SystemSuspend(Path sys) {
        this.sys = sys;
    }

    /** Suspends; returns when the machine has been woken. */
    void run(Duration duration) {
        if (duration.compareTo(SHORTEST) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a suspend of " + duration + "; it must be 2 s .. 24 h");
        }
        Path state = sys.resolve("power/state");
        Path alarm = sys.resolve("class/rtc/rtc0/wakealarm");
        if (!words(state).contains("mem")) {
            throw new Device.UnsupportedException(
                    "this machine has no suspend to RAM (no \"mem\" in " + state + "); use a power controller");
        }
        Path kind = sys.resolve("power/mem_sleep");
        boolean choice = Files.exists(kind);
        if (choice && !words(kind).contains("deep")) {
            throw new Device.UnsupportedException("this machine knows suspend to idle only (no \"deep\" in " + kind
                    + "), which keeps devices powered; use a power controller");
        }
        if (!Files.exists(alarm)) {
            throw new Device.UnsupportedException(
                    "this machine has no real-time clock that could wake it (no " + alarm + ")");
        }
        if (choice) {
            write(kind, "deep");
        }
        write(alarm, "0");
        write(alarm, "+" + duration.toSeconds());
        write(state, "mem");
    }

    private static String words(Path file) {
        try {
            String text = Files.readString(file);
            return String.join(
                    " ",
                    Arrays.stream(text.split("\\s+"))
                            .map(word -> word.replace("[", "").replace("]", ""))
                            .toList());
        } catch (IOException e) {
            throw new Device.UnsupportedException("cannot read " + file + ": this system has no suspend to RAM");
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new Device.UnsupportedException("cannot write \"" + text + "\" to " + file + ": " + e.getMessage()
                    + "; suspending takes the rights of root");
        }
    }
}
