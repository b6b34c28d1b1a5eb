package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Discovery on folders that stand for machines. */
class DiscoveryTest {
    @TempDir
    Path root;

    private FakeMachine machine;

    @BeforeEach
    void build() throws IOException {
        machine = new FakeMachine(root);
    }

    private List<DiscoveredDevice> found(String scheme) {
        return Discovery.scan(root).stream()
                .filter(d -> d.address().scheme().equals(scheme))
                .toList();
    }

    @Test
    void theSimulatorIsAlwaysThereAndOpenable() {
        DiscoveredDevice sim = Discovery.scan(root).getFirst();
        assertThat(sim.address().text()).isEqualTo("sim:");
        assertThat(sim.kind()).isEqualTo(Device.Kind.SIM);
        assertThat(sim.openable()).isTrue();
        assertThat(sim.reason()).isEmpty();
        assertThat(sim.place().exists()).isFalse();
    }

    @Test
    void qemuIsOpenableIfItIsInstalledAndElseSaysHowToInstallIt() throws IOException {
        DiscoveredDevice without = Discovery.qemu(root.toString());
        assertThat(without.openable()).isFalse();
        assertThat(without.reason())
                .contains("qemu-system-x86_64 is not installed")
                .contains("apt install");
        Path binary = machine.file("qemu-system-x86_64", "");
        assertThat(binary.toFile().setExecutable(true)).isTrue();
        assertThat(Discovery.qemu("/nowhere:" + root).openable()).isTrue();
    }

    @Test
    void aMachineWithoutPciHasNoFunctions() {
        assertThat(Discovery.scan(root.resolve("nowhere"))).hasSize(2);
    }

    @Test
    void findsNvmeFunctionsOnlyAndInOrder() throws IOException {
        machine.function("0000:02:00.0", "0x010802", "", "");
        machine.function("0000:01:00.0", "0x010803", "", "");
        machine.function("0000:00:1f.2", "0x010601", "ahci", "");
        assertThat(found("pcie")).extracting(d -> d.address().text()).containsExactly("0000:01:00.0", "0000:02:00.0");
    }

    @Test
    void aDiskOfTheKernelsIsAFunctionAndAControllerAndShowsWhatTheKernelKnows() throws IOException {
        machine.function("0000:01:00.0", "0x010802", "nvme", "12");
        machine.controller("0000:01:00.0");
        machine.file("sys/bus/pci/devices/0000:01:00.0/nvme/nvme3/nvme3c0n2/size", "8\n");

        DiscoveredDevice function = found("pcie").getFirst();
        DiscoveredDevice kernel = found("kernel").getFirst();
        assertThat(List.of(function, kernel)).allSatisfy(d -> {
            assertThat(d.model()).isEqualTo("Samsung SSD 990 PRO 2TB");
            assertThat(d.name()).isEqualTo(d.model());
            assertThat(d.serial()).isEqualTo("S7KHNJ0W");
            assertThat(d.firmware()).isEqualTo("4B2QJXD7");
            assertThat(d.capacityBytes()).isEqualTo((2048 + 8) * 512);
            assertThat(d.kernelDriver()).isEqualTo("nvme");
            assertThat(d.kernelNode()).isEqualTo("nvme3");
            PciPlace place = d.place();
            assertThat(place.function()).isEqualTo("0000:01:00.0");
            assertThat(place.vendorId()).isEqualTo(0x144d);
            assertThat(place.deviceId()).isEqualTo(0xa80c);
            assertThat(place.iommuGroup()).isEqualTo("12");
            assertThat(place.numaNode()).isEqualTo(1);
            assertThat(place.linkGigatransfers()).isEqualTo(8.0);
            assertThat(place.linkGigatransfersMax()).isEqualTo(16.0);
            assertThat(place.linkWidth()).isEqualTo(2);
            assertThat(place.linkWidthMax()).isEqualTo(4);
            assertThat(place.linkReduced()).isTrue();
            assertThat(place.users()).isEmpty();
        });
        assertThat(function.openable()).isFalse();
        assertThat(function.reason()).startsWith("0000:01:00.0 is bound to the kernel's nvme driver");
        assertThat(kernel.kind()).isEqualTo(Device.Kind.KERNEL);
        assertThat(kernel.address().text()).isEqualTo("/dev/nvme3");
        assertThat(kernel.openable()).isTrue();
    }

    @Test
    void aDiskInUseSaysForWhat() throws IOException {
        machine.function("0000:01:00.0", "0x010802", "nvme", "12");
        machine.controller("0000:01:00.0");
        machine.file("proc/self/mountinfo", "36 35 259:1 / /home rw - ext4 /dev/nvme3n1p1 rw\n");
        DiscoveredDevice function = found("pcie").getFirst();
        assertThat(function.place().users()).isEqualTo("nvme3n1p1 is mounted on /home");
        assertThat(function.reason()).contains("in use: nvme3n1p1 is mounted on /home");
        assertThat(found("kernel").getFirst().openable()).isTrue();
    }

    @Test
    void aControllerThatTheKernelHasGivenUpOrThatHasNoNodeSaysSo() throws IOException {
        machine.function("0000:01:00.0", "0x010802", "nvme", "12");
        machine.controller("0000:01:00.0");
        Files.delete(root.resolve("dev/nvme3"));
        assertThat(found("kernel").getFirst().reason()).contains("there is no /dev/nvme3");
        machine.file("sys/class/nvme/nvme3/state", "dead\n");
        assertThat(found("kernel").getFirst().reason()).contains("given this controller up");
    }

    @Test
    void aControllerOnFabricsHasNoFunction() throws IOException {
        machine.file("sys/class/nvme/nvme7/model", "Linux\n");
        machine.file("sys/class/nvme/nvme7/state", "live\n");
        machine.file("dev/nvme7", "");
        DiscoveredDevice device = found("kernel").getFirst();
        assertThat(device.place()).isEqualTo(PciPlace.NONE);
        assertThat(device.openable()).isTrue();
    }

    @Test
    void aFunctionWithoutADriverOrWithAnotherSaysWhich() throws IOException {
        machine.driver("vfio-pci");
        machine.function("0000:01:00.0", "0x010802", "", "1");
        machine.function("0000:02:00.0", "0x010802", "vfio-pci", "2");
        machine.function("0000:03:00.0", "0x010802", "uio_pci_generic", "3");
        List<DiscoveredDevice> functions = found("pcie");
        assertThat(functions.get(0).kernelDriver()).isEmpty();
        assertThat(functions.get(0).reason()).startsWith("0000:01:00.0 is bound to no driver");
        assertThat(functions.get(0).name()).isEqualTo("NVMe function 144d:a80c");
        assertThat(functions.get(1).reason()).isEmpty();
        assertThat(functions.get(1).openable()).isTrue();
        assertThat(functions.get(2).reason()).contains("bound to the driver uio_pci_generic");
    }

    @Test
    void neighboursOfAnIommuGroupAreInTheWay() throws IOException {
        machine.driver("vfio-pci");
        machine.function("0000:02:00.0", "0x010802", "vfio-pci", "2");
        machine.function("0000:02:00.1", "0x040300", "snd_hda_intel", "2");
        DiscoveredDevice device = found("pcie").getFirst();
        assertThat(device.openable()).isFalse();
        assertThat(device.reason()).contains("0000:02:00.1 is bound to snd_hda_intel");
    }

    @Test
    void thisMachineCanBeScanned() {
        assertThat(Discovery.scan()).hasSizeGreaterThanOrEqualTo(2).allSatisfy(device -> {
            assertThat(device.openable()).isEqualTo(device.reason().isEmpty());
            assertThat(device.name()).isNotBlank();
        });
    }
}
