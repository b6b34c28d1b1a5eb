package dev.doorbell.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * An option that the address of a virtual device may have. The list is data, {@code device-options.yaml}; a form needs nothing else.
 *
 * @param name as in the address
 * @param title what it is, short
 * @param defaultText what holds without it, in words or as a value
 * @param choices values to choose from, others may be typed; empty if there are none to suggest
 * @param allowed what is accepted, in words
 * @param file whether its value is a file's path
 * @param common whether a form shows it at once
 */
public record DeviceOption(
        String name,
        String title,
        String defaultText,
        List<String> choices,
        String allowed,
        boolean file,
        boolean common) {

    /**
     * The options of a scheme, {@code sim} or {@code qemu}, in the order in which a form shows them; none for schemes without options.
     */
    public static List<DeviceOption> of(String scheme) {
        List<DeviceOption> options = new ArrayList<>();
        read().getOrDefault(scheme, Map.of()).forEach((name, words) -> options.add(option(name, words)));
        return List.copyOf(options);
    }

    private static Map<String, Map<String, Map<String, String>>> read() {
        try (InputStream in = DeviceOption.class.getResourceAsStream("device-options.yaml")) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the list of device options cannot be read", e);
        }
    }

    private static DeviceOption option(String name, Map<String, String> words) {
        String choices = words.getOrDefault("choices", "");
        return new DeviceOption(
                name,
                words.get("title"),
                words.get("default"),
                choices.isEmpty() ? List.of() : Arrays.asList(choices.split(" ")),
                words.get("allowed"),
                words.getOrDefault("file", "false").equals("true"),
                !words.getOrDefault("more", "false").equals("true"));
    }

    /** The address that has these values, in the order of the options; blank ones are left out. */
    public static DeviceAddress address(String scheme, Map<String, String> values) {
        return new DeviceAddress(
                scheme,
                of(scheme).stream()
                        .filter(o -> !values.getOrDefault(o.name, "").isBlank())
                        .map(o -> o.name + "=" + values.get(o.name).strip())
                        .collect(Collectors.joining(",")));
    }
}
