package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sim: | sim | '' | sim:",
                "sim | sim | '' | sim:",
                "sim:size=4GiB,lba=4096 | sim | size=4GiB,lba=4096 | sim:size=4GiB,lba=4096",
                "qemu:ns=2 | qemu | ns=2 | qemu:ns=2",
                "0000:01:00.0 | pcie | 0000:01:00.0 | 0000:01:00.0",
                "01:00.0 | pcie | 0000:01:00.0 | 0000:01:00.0",
                "pcie:0001:AB:1f.7 | pcie | 0001:ab:1f.7 | 0001:ab:1f.7",
                "tcp://127.0.0.1:4420/nqn.x:y | tcp | 127.0.0.1:4420/nqn.x:y | tcp://127.0.0.1:4420/nqn.x:y",
                "tcp://[::1]:8009?kato=0 | tcp | [::1]:8009?kato=0 | tcp://[::1]:8009?kato=0",
                "vfio-user:/run/x/cntrl | vfio-user | /run/x/cntrl | vfio-user:/run/x/cntrl",
                "/dev/nvme0 | kernel | /dev/nvme0 | /dev/nvme0",
                "' sim: ' | sim | '' | sim:",
            })
    void readsEveryFormAndWritesItCanonically(String text, String scheme, String rest, String canonical) {
        DeviceAddress address = DeviceAddress.parse(text);
        assertThat(address.scheme()).isEqualTo(scheme);
        assertThat(address.rest()).isEqualTo(rest);
        assertThat(address.text()).isEqualTo(canonical).isEqualTo(address.toString());
        assertThat(DeviceAddress.parse(canonical)).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nvme0", "usb:1", "pcie:zz", "tcp://", "vfio-user:relative", "01:00.8", "1:0.0"})
    void refusesEverythingElseAndShowsTheForms(String text) {
        assertThatThrownBy(() -> DeviceAddress.parse(text))
                .isInstanceOf(DeviceAddress.FormatException.class)
                .message()
                .containsAnyOf("use sim:", "write it as 0000:01:00.0", "vfio-user:/run/x/cntrl");
    }

    @Test
    void realDevicesStartShieldedUnlessTheyAreAskedForWritable() {
        assertThat(DeviceAddress.parse("/dev/nvme0").startsShielded()).isTrue();
        assertThat(DeviceAddress.parse("/dev/nvme0?write=on").startsShielded()).isFalse();
        assertThat(DeviceAddress.parse("0000:01:00.0").startsShielded()).isTrue();
        assertThat(DeviceAddress.parse("sim:").startsShielded()).isFalse();
        assertThat(DeviceAddress.parse("tcp://h/nqn.x?hdgst=on").startsShielded())
                .isTrue();
        assertThat(DeviceAddress.parse("tcp://h/nqn.x?hdgst=on&write=on").startsShielded())
                .isFalse();
        assertThat(DeviceAddress.parse("tcp://h/nqn.x?write=only").startsShielded())
                .isTrue();
        assertThat(DeviceAddress.parse("qemu:").real()).isFalse();
        assertThat(DeviceAddress.parse("/dev/nvme0?write=off").writable().text())
                .isEqualTo("/dev/nvme0?write=on");
        assertThat(DeviceAddress.parse("01:00.0").writable().text()).isEqualTo("0000:01:00.0");
    }
}
