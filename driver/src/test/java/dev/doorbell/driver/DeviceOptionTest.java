package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of options that forms show, against what the native library accepts. */
class DeviceOptionTest {
    /** The library names its options when it meets one that it does not know. */
    private static TreeSet<String> known(String scheme) {
        TreeSet<String> names = new TreeSet<>();
        try {
            Device.open(scheme + ":no-such-option=1").close();
        } catch (Device.OpenException e) {
            String list = e.getMessage().substring(e.getMessage().indexOf("known are ") + "known are ".length());
            Matcher name = Pattern.compile("[a-z][a-z-]*").matcher(list);
            while (name.find()) {
                names.add(name.group());
            }
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "qemu"})
    void everyOptionThatTheLibraryKnowsIsInTheListAndNoOther(String scheme) {
        List<DeviceOption> options = DeviceOption.of(scheme);
        assertThat(options).extracting(DeviceOption::name).containsExactlyInAnyOrderElementsOf(known(scheme));
        assertThat(options).allSatisfy(o -> {
            assertThat(o.title()).isNotBlank();
            assertThat(o.defaultText()).isNotBlank();
            assertThat(o.allowed()).isNotBlank();
        });
        assertThat(options).anyMatch(DeviceOption::common).anyMatch(o -> !o.common());
    }

    /** Only the simulator's: it is there at once, and what is wrong with an option it says before anything else. */
    @ParameterizedTest
    @ValueSource(strings = {"sim"})
    void everySuggestionIsAccepted(String scheme) {
        for (DeviceOption option : DeviceOption.of(scheme)) {
            for (String choice : option.choices()) {
                Device.open(DeviceOption.address(scheme, Map.of(option.name(), choice)))
                        .close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sim", "qemu"})
    void anAddressHasTheValuesThatAreGivenAndNoOthers(String scheme) {
        assertThat(DeviceOption.address(scheme, Map.of("lba", " 4096 ", "size", "1GiB", "ns", ""))
                        .text())
                .isEqualTo(scheme + ":size=1GiB,lba=4096");
        assertThat(DeviceOption.address(scheme, Map.of()).text()).isEqualTo(scheme + ":");
        assertThatThrownBy(() -> Device.open(scheme + ":lba=513"))
                .isInstanceOf(Device.OpenException.class)
                .hasMessageContaining("512 or 4096");
    }
}
