package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discovery over sysfs trees made for the purpose. */
class DiscoveryTest {
    @TempDir
    Path sysfs;

    private Path function(String bdf, String classCode, String driver) throws IOException {
        Path function = Files.createDirectories(sysfs.resolve("bus/pci/devices").resolve(bdf));
        Files.writeString(function.resolve("class"), classCode + "\n");
        if (!driver.isEmpty()) {
            Path target =
                    Files.createDirectories(sysfs.resolve("bus/pci/drivers").resolve(driver));
            Files.createSymbolicLink(function.resolve("driver"), target);
        }
        return function;
    }

    private List<DiscoveredDevice> functions() {
        return Discovery.scan(sysfs).stream()
                .filter(d -> d.address().scheme().equals("pcie"))
                .toList();
    }

    @Test
    void theSimulatorIsAlwaysThereAndOpenable() {
        DiscoveredDevice sim = Discovery.scan(sysfs).getFirst();
        assertThat(sim.address().text()).isEqualTo("sim:");
        assertThat(sim.kind()).isEqualTo(Device.Kind.SIM);
        assertThat(sim.openable()).isTrue();
        assertThat(sim.reason()).isEmpty();
    }

    @Test
    void qemuIsOpenableIfItIsInstalledAndElseSaysHowToInstallIt() throws IOException {
        DiscoveredDevice without = Discovery.qemu(sysfs.toString());
        assertThat(without.openable()).isFalse();
        assertThat(without.reason())
                .contains("qemu-system-x86_64 is not installed")
                .contains("apt install");
        Path binary = Files.writeString(sysfs.resolve("qemu-system-x86_64"), "");
        assertThat(binary.toFile().setExecutable(true)).isTrue();
        assertThat(Discovery.qemu("/nowhere:" + sysfs).openable()).isTrue();
    }

    @Test
    void aMachineWithoutPciHasNoFunctions() {
        assertThat(functions()).isEmpty();
        assertThat(Discovery.scan(sysfs)).hasSize(2);
    }

    @Test
    void findsNvmeFunctionsOnlyAndInOrder() throws IOException {
        function("0000:02:00.0", "0x010802", "");
        function("0000:01:00.0", "0x010803", "");
        function("0000:00:1f.2", "0x010601", "ahci");
        assertThat(functions()).extracting(d -> d.address().text()).containsExactly("0000:01:00.0", "0000:02:00.0");
    }

    @Test
    void aFunctionOfTheKernelsDriverShowsWhatTheKernelKnows() throws IOException {
        Path function = function("0000:01:00.0", "0x010802", "nvme");
        Path nvme = Files.createDirectories(function.resolve("nvme/nvme3"));
        Files.writeString(nvme.resolve("model"), "Samsung SSD 990 PRO 2TB                 \n");
        Files.writeString(nvme.resolve("serial"), "S7KHNJ0W\n");
        Files.writeString(nvme.resolve("firmware_rev"), "4B2QJXD7\n");
        Files.writeString(Files.createDirectories(nvme.resolve("nvme3n1")).resolve("size"), "2048\n");
        Files.writeString(Files.createDirectories(nvme.resolve("nvme3c0n2")).resolve("size"), "8\n");
        Files.createDirectories(nvme.resolve("power"));

        DiscoveredDevice device = functions().getFirst();
        assertThat(device.model()).isEqualTo("Samsung SSD 990 PRO 2TB");
        assertThat(device.name()).isEqualTo(device.model());
        assertThat(device.serial()).isEqualTo("S7KHNJ0W");
        assertThat(device.firmware()).isEqualTo("4B2QJXD7");
        assertThat(device.capacityBytes()).isEqualTo((2048 + 8) * 512);
        assertThat(device.kernelDriver()).isEqualTo("nvme");
        assertThat(device.openable()).isFalse();
        assertThat(device.reason()).startsWith("0000:01:00.0 is bound to the kernel's nvme driver as /dev/nvme3; ");
    }

    @Test
    void aFunctionWithoutADriverOrWithAnotherSaysWhich() throws IOException {
        function("0000:01:00.0", "0x010802", "");
        function("0000:02:00.0", "0x010802", "vfio-pci");
        assertThat(functions().get(0).kernelDriver()).isEmpty();
        assertThat(functions().get(0).reason()).startsWith("0000:01:00.0 is bound to no driver");
        assertThat(functions().get(0).name()).isEqualTo("NVMe function 0000:01:00.0");
        assertThat(functions().get(1).reason()).startsWith("0000:02:00.0 is bound to vfio-pci");
    }

    @Test
    void thisMachineCanBeScanned() {
        assertThat(Discovery.scan()).hasSizeGreaterThanOrEqualTo(2).allSatisfy(device -> {
            assertThat(device.openable()).isEqualTo(device.reason().isEmpty());
            assertThat(device.name()).isNotBlank();
        });
    }
}
