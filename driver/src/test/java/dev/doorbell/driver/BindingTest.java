package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Taking a function from its driver and giving it back, on a folder that stands for a machine. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BindingTest {
    private static final String FUNCTION = "0000:01:00.0";

    @TempDir
    Path root;

    private FakeMachine machine;
    private Binding binding;

    @BeforeEach
    void build() throws IOException {
        machine = new FakeMachine(root);
        binding = new Binding(root);
    }

    @AfterEach
    void stop() throws InterruptedException {
        machine.stop();
    }

    private String driver() {
        return Sysfs.link(root.resolve("sys/bus/pci/devices/" + FUNCTION + "/driver"));
    }

    private String override() {
        return Sysfs.text(root.resolve("sys/bus/pci/devices/" + FUNCTION + "/driver_override"));
    }

    private Path memory() {
        return root.resolve("run/doorbell/bindings/" + FUNCTION);
    }

    private void free(String driver) throws IOException {
        machine.driver("vfio-pci");
        machine.function(FUNCTION, "0x010802", driver, "7");
        if (driver.equals("nvme")) {
            machine.controller(FUNCTION);
        }
    }

    @Test
    void bindsAndGivesBackToTheDriverItHadBefore() throws IOException {
        free("nvme");
        machine.start(true);
        Binding.Plan plan = binding.bind("01:00.0", -1);
        assertThat(plan.title()).isEqualTo("Bind 0000:01:00.0 to vfio-pci");
        Elevation.NONE.run(plan);
        assertThat(driver()).isEqualTo("vfio-pci");
        assertThat(override()).isEqualTo("vfio-pci");
        assertThat(memory()).hasContent("nvme");

        Elevation.NONE.run(binding.unbind(FUNCTION));
        assertThat(driver()).isEqualTo("nvme");
        assertThat(override()).isEmpty();
        assertThat(memory()).doesNotExist();
    }

    @Test
    void aFunctionThatHadNoDriverHasNoneAgain() throws IOException {
        free("");
        machine.start(true);
        Elevation.NONE.run(binding.bind(FUNCTION, -1));
        assertThat(driver()).isEqualTo("vfio-pci");
        Elevation.NONE.run(binding.unbind(FUNCTION));
        assertThat(driver()).isEmpty();
    }

    @Test
    void aFunctionThatSomebodyElseBoundGoesBackToTheKernelsDriver() throws IOException {
        free("vfio-pci");
        machine.driver("nvme");
        machine.start(true);
        Elevation.NONE.run(binding.unbind(FUNCTION));
        assertThat(driver()).isEqualTo("nvme");
    }

    @Test
    void whatFailsHalfWayIsPutBack() throws IOException {
        free("nvme");
        machine.start(false);
        Binding.Plan plan = binding.bind(FUNCTION, -1);
        assertThatThrownBy(() -> Elevation.NONE.run(plan))
                .isInstanceOf(Elevation.FailedException.class)
                .hasMessageContaining("vfio-pci has not taken it")
                .hasMessageContaining("dmesg");
        assertThat(override()).isEmpty();
        assertThat(memory()).doesNotExist();
        DeviceTest.await("the driver", () -> driver().equals("nvme"));
    }

    @Test
    void theModulesThatAreMissingAreLoaded() throws IOException {
        machine.function(FUNCTION, "0x010802", "nvme", "7");
        assertThat(binding.bind(FUNCTION, -1).steps().getFirst().command()).isEqualTo("modprobe vfio-pci");
        machine.driver("vfio-pci");
        assertThat(binding.bind(FUNCTION, -1).steps())
                .noneMatch(s -> s.command().startsWith("modprobe"));
    }

    @Test
    void theUserWhoAskedMayOpenIt() throws IOException {
        free("nvme");
        assertThat(binding.bind(FUNCTION, 1000).steps().getLast().command())
                .isEqualTo("chown 1000 '" + root + "/dev/vfio/7'");
        assertThat(binding.bind(FUNCTION, 0).steps()).noneMatch(s -> s.command().startsWith("chown"));
    }

    @Test
    void nothingIsWrittenBeforeThePlanRuns() throws IOException {
        free("nvme");
        Binding.Plan plan = binding.bind(FUNCTION, -1);
        assertThat(plan.steps())
                .extracting(Binding.Step::command)
                .containsExactly(
                        "mkdir -p '" + root + "/run/doorbell/bindings' && echo nvme > '" + memory() + "'",
                        "echo vfio-pci > '" + root + "/sys/bus/pci/devices/" + FUNCTION + "/driver_override'",
                        "echo " + FUNCTION + " > '" + root + "/sys/bus/pci/devices/" + FUNCTION + "/driver/unbind'",
                        "echo " + FUNCTION + " > '" + root + "/sys/bus/pci/drivers_probe'");
        assertThat(override()).isEqualTo("(null)");
        assertThat(memory()).doesNotExist();
    }

    @Test
    void whatIsDoneAlreadyIsNotDoneAgain() throws IOException {
        free("vfio-pci");
        assertThat(binding.bind(FUNCTION, -1).steps()).isEmpty();
        machine.function(FUNCTION, "0x010802", "nvme", "7");
        assertThat(binding.unbind(FUNCTION).steps()).isEmpty();
        assertThat(binding.unbind(FUNCTION).title()).contains("not bound to vfio-pci, but to nvme");
    }

    @Test
    void aFunctionIsRemovedAndFoundAgain() throws IOException {
        free("nvme");
        machine.file("run/doorbell/bindings/" + FUNCTION, "nvme\n");
        machine.start(true);
        Binding.Plan plan = binding.remove("01:00.0");
        assertThat(plan.title()).isEqualTo("Remove 0000:01:00.0");
        assertThat(plan.steps().getFirst().command())
                .isEqualTo("echo 1 > '" + root + "/sys/bus/pci/devices/" + FUNCTION + "/remove'");
        Elevation.NONE.run(plan);
        assertThat(root.resolve("sys/bus/pci/devices/" + FUNCTION)).doesNotExist();
        assertThat(memory()).doesNotExist();
        assertThatThrownBy(() -> binding.remove(FUNCTION)).hasMessageContaining("no such PCI function");

        Elevation.NONE.run(binding.rescan(FUNCTION));
        assertThat(root.resolve("sys/bus/pci/devices/" + FUNCTION)).exists();
        Elevation.NONE.run(binding.rescan(""));
    }

    @Test
    void whatDoesNotGoOrComeIsToldOf() throws IOException {
        free("nvme");
        machine.start(false);
        assertThatThrownBy(() -> Elevation.NONE.run(binding.remove(FUNCTION)))
                .isInstanceOf(Elevation.FailedException.class)
                .hasMessageContaining("Remove 0000:01:00.0 failed")
                .hasMessageContaining("it is still there");
        assertThatThrownBy(() -> Elevation.NONE.run(binding.rescan("0000:02:00.0")))
                .isInstanceOf(Elevation.FailedException.class)
                .hasMessageContaining("0000:02:00.0: it is not there");
        assertThatThrownBy(() -> binding.rescan("/dev/nvme0")).hasMessageContaining("is no PCI function");
    }

    /** The same as for unbinding and binding: nobody loses data, and no program its device. */
    @Test
    void whatIsInUseIsNotRemoved() throws IOException {
        free("nvme");
        Path swaps = machine.file("proc/swaps", "Filename\n/dev/nvme3n1p1 partition 1 0 -2\n");
        assertThatThrownBy(() -> binding.remove(FUNCTION))
                .isInstanceOf(Binding.RefusedException.class)
                .hasMessageContaining("nvme3n1p1 is swap space");
        Files.writeString(swaps, "");
        assertThat(binding.remove(FUNCTION).steps()).hasSize(1);
        machine.file("proc/4711/comm", "java\n");
        Path fd = root.resolve("proc/4711/fd/5");
        Files.createDirectories(fd.getParent());
        Files.createSymbolicLink(fd, Path.of("/dev/vfio/7"));
        assertThatThrownBy(() -> binding.remove(FUNCTION))
                .hasMessage(FUNCTION + " is open in java (process 4711); close it there first");
        machine.function("0000:03:00.0", "0x020000", "e1000e", "8");
        assertThatThrownBy(() -> binding.remove("0000:03:00.0")).hasMessageContaining("is no NVMe controller");
    }

    private void refused(String words) {
        assertThatThrownBy(() -> binding.bind(FUNCTION, -1))
                .isInstanceOf(Binding.RefusedException.class)
                .hasMessageContaining(FUNCTION)
                .hasMessageContaining(words);
    }

    @Test
    void aMountedDiskIsRefused() throws IOException {
        free("nvme");
        machine.file("proc/self/mountinfo", "36 35 259:1 / /home rw - ext4 /dev/nvme3n1p1 rw\n");
        refused("in use: nvme3n1p1 is mounted on /home");
        refused("open /dev/nvme3");
    }

    @Test
    void swapRaidLvmBtrfsAndZfsAreRefused() throws IOException {
        free("nvme");
        Path swaps = machine.file("proc/swaps", "Filename\n/dev/nvme3n1p1 partition 1 0 -2\n");
        refused("nvme3n1p1 is swap space");
        Files.writeString(swaps, "");
        Path member = machine.file("sys/class/block/nvme3n1/nvme3n1p1/holders/md127/x", "");
        refused("member of the RAID md127");
        Files.delete(member);
        Files.delete(member.getParent());
        Path volume = machine.file("sys/class/block/nvme3n1/holders/dm-0/x", "");
        refused("used by dm-0");
        Files.delete(volume);
        Files.delete(volume.getParent());
        Path btrfs = machine.file("sys/fs/btrfs/1234-5678/devices/nvme3n1p1", "");
        refused("nvme3n1p1 belongs to a mounted btrfs");
        Files.delete(btrfs);
        machine.file("run/udev/data/b259:1", "E:ID_FS_TYPE=zfs_member\n");
        binding.bind(FUNCTION, -1);
        machine.file("sys/module/zfs/version", "2.2\n");
        refused("nvme3n1p1 belongs to a ZFS pool");
    }

    @Test
    void nodesThatAreOpenAreRefused() throws IOException {
        free("nvme");
        for (String node : new String[] {"nvme3", "ng3n1", "nvme3n1p1"}) {
            machine.file("proc/4711/comm", "fio\n");
            Path fd = root.resolve("proc/4711/fd/5");
            Files.createDirectories(fd.getParent());
            Files.createSymbolicLink(fd, Path.of("/dev/" + node));
            refused(node + " is open in fio (process 4711)");
            Files.delete(fd);
        }
    }

    @Test
    void aDeviceThatIsOpenIsNotTakenBack() throws IOException {
        free("vfio-pci");
        machine.file("proc/4711/comm", "java\n");
        Path fd = root.resolve("proc/4711/fd/5");
        Files.createDirectories(fd.getParent());
        Files.createSymbolicLink(fd, Path.of("/dev/vfio/7"));
        assertThatThrownBy(() -> binding.unbind(FUNCTION))
                .isInstanceOf(Binding.RefusedException.class)
                .hasMessage(FUNCTION + " is open in java (process 4711); close it there first");
    }

    @Test
    void withoutAnIommuItSaysWhatToSwitchOn() throws IOException {
        machine.function(FUNCTION, "0x010802", "nvme", "");
        refused("intel_iommu=on");
    }

    @Test
    void otherFunctionsAreRefused() throws IOException {
        machine.function(FUNCTION, "0x020000", "e1000e", "7");
        refused("is no NVMe controller");
        assertThatThrownBy(() -> binding.bind("0000:02:00.0", -1))
                .isInstanceOf(Binding.RefusedException.class)
                .hasMessageContaining("no such PCI function");
        assertThatThrownBy(() -> binding.bind("/dev/nvme0", -1)).hasMessageContaining("is no PCI function");
    }

    @Test
    void thereIsAWayToBecomeRootOrAClearMessage() throws IOException {
        free("nvme");
        String path = root.resolve("bin").toString();
        assertThat(Elevation.available(true, true, path)).contains(Elevation.NONE);
        assertThat(Elevation.available(true, false, path)).isEmpty();
        program("pkexec", "shift 2; exec /bin/sh -c \"$1\"");
        assertThat(Elevation.available(true, false, path)).contains(Elevation.PKEXEC);
        program("sudo", "");
        assertThat(Elevation.available(true, false, path)).contains(Elevation.SUDO);
        assertThat(Elevation.available(false, false, path)).contains(Elevation.PKEXEC);
        assertThat(Elevation.missing(binding.bind(FUNCTION, -1)))
                .hasMessageContaining("pkexec")
                .hasMessageContaining("./doorbell bind 0000:01:00.0");
    }

    private void program(String name, String script) throws IOException {
        Path program = machine.file("bin/" + name, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
