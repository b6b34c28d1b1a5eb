package dev.doorbell.app.shell;

import dev.doorbell.plugin.Perspective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param home folder of settings, layouts and add-ons
 * @param devices addresses to open at the start
 * @param perspective the layout to start in; else the last one
 * @param dark the theme to start in; else the last one
 */
public record Options(Path home, List<String> devices, Optional<Perspective> perspective, Optional<Boolean> dark) {
    public static final String USAGE = """
            Usage: doorbell [--home DIR] [--device ADDRESS]... [--perspective explore|traffic|test] [--theme dark|light]
              --home         folder of settings, layouts and add-ons (default: ~/.doorbell)
              --device       open this device: sim:, qemu:, with options such as sim:size=4GiB,ns=4
              --perspective  the layout to start in (default: the last one)
              --theme        dark or light (default: the last one)
            """;

    public Options {
        devices = List.copyOf(devices);
    }

    /** Settings in {@code home}, nothing else asked for. */
    public static Options in(Path home) {
        return new Options(home, List.of(), Optional.empty(), Optional.empty());
    }

    /** @throws IllegalArgumentException with a sentence for the user */
    public static Options parse(String... args) {
        var home = System.getProperty("doorbell.home");
        var options = in(home == null ? Path.of(System.getProperty("user.home"), ".doorbell") : Path.of(home));
        for (int i = 0; i < args.length; i++) {
            var name = args[i];
            String value = "";
            int equals = name.indexOf('=');
            if (equals > 0) {
                value = name.substring(equals + 1);
                name = name.substring(0, equals);
            } else if (i + 1 < args.length) {
                value = args[++i];
            } else {
                throw new IllegalArgumentException(name + " needs a value");
            }
            options = options.with(name, value);
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--home" -> new Options(Path.of(value), devices, perspective, dark);
            case "--device" -> {
                var more = new ArrayList<>(devices);
                more.add(value);
                yield new Options(home, more, perspective, dark);
            }
            case "--perspective" -> new Options(home, devices, Optional.of(perspective(value)), dark);
            case "--theme" -> new Options(home, devices, perspective, Optional.of(theme(value)));
            default -> throw new IllegalArgumentException("Unknown option " + name);
        };
    }

    private static Perspective perspective(String value) {
        try {
            return Perspective.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--perspective is explore, traffic or test, not " + value, e);
        }
    }

    private static boolean theme(String value) {
        return switch (value) {
            case "dark" -> true;
            case "light" -> false;
            default -> throw new IllegalArgumentException("--theme is dark or light, not " + value);
        };
    }
}
