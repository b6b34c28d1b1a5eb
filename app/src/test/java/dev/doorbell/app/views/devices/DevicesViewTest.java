package dev.doorbell.app.views.devices;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorbell.app.views.DrivenSim;
import dev.doorbell.plugin.Perspective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javafx.scene.control.ComboBox;
import javafx.scene.control.TextField;
import javafx.scene.control.TreeItem;
import javafx.scene.control.TreeView;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices of every kind in the Devices view, on a folder that stands for a machine with three disks. */
class DevicesViewTest {
    private static final String IN_USE = "0000:01:00.0";
    private static final String FREE = "0000:02:00.0";
    private static final String BOUND = "0000:03:00.0";

    @TempDir
    static Path folder;

    private static DrivenSim sim;
    private static TreeView<?> tree;

    @BeforeAll
    static void open() throws IOException {
        Path machine = folder.resolve("machine");
        disk(machine, IN_USE, 0, "nvme", "12");
        disk(machine, FREE, 1, "nvme", "13");
        disk(machine, BOUND, 2, "vfio-pci", "14");
        file(machine, "proc/self/mountinfo", "36 35 259:0 / /home rw - ext4 /dev/nvme0n1 rw\n");
        file(machine, "proc/swaps", "Filename\n");
        System.setProperty("doorbell.machine", machine.toString());
        sim = DrivenSim.open(folder.resolve("home"), Perspective.EXPLORE, dark(), 1280, 800, 1);
        tree = sim.find("#devices-tree", TreeView.class);
        sim.until("the disks are found", () -> item(IN_USE) != null);
    }

    private static boolean dark() {
        return !Boolean.getBoolean("doorbell.light");
    }

    @AfterAll
    static void close() {
        System.clearProperty("doorbell.machine");
        sim.close();
    }

    private static void file(Path machine, String path, String text) throws IOException {
        Files.createDirectories(machine.resolve(path).getParent());
        Files.writeString(machine.resolve(path), text);
    }

    /** A disk of 2 TB; the controller's number is the kernel's, if its driver has it. */
    private static void disk(Path machine, String bdf, int number, String driver, String group) throws IOException {
        String at = "sys/bus/pci/devices/" + bdf + "/";
        file(machine, at + "class", "0x010802\n");
        file(machine, at + "vendor", "0x144d\n");
        file(machine, at + "device", "0xa80c\n");
        file(machine, at + "numa_node", "0\n");
        file(machine, at + "current_link_speed", "16.0 GT/s PCIe\n");
        file(machine, at + "max_link_speed", "16.0 GT/s PCIe\n");
        file(machine, at + "current_link_width", number == 1 ? "2\n" : "4\n");
        file(machine, at + "max_link_width", "4\n");
        file(machine, "sys/bus/pci/drivers/" + driver + "/unbind", "");
        file(machine, "dev/vfio/" + group, "");
        Path function = machine.resolve(at);
        Files.createSymbolicLink(function.resolve("driver"), machine.resolve("sys/bus/pci/drivers/" + driver));
        Files.createDirectories(machine.resolve("sys/kernel/iommu_groups/" + group));
        Files.createSymbolicLink(function.resolve("iommu_group"), machine.resolve("sys/kernel/iommu_groups/" + group));
        if (driver.equals("nvme")) {
            String node = "nvme" + number;
            file(machine, at + "nvme/" + node + "/model", "Samsung SSD 990 PRO 2TB\n");
            file(machine, at + "nvme/" + node + "/serial", "S7KHNJ0W42351" + number + "\n");
            file(machine, at + "nvme/" + node + "/firmware_rev", "4B2QJXD7\n");
            file(machine, at + "nvme/" + node + "/state", "live\n");
            file(machine, at + "nvme/" + node + "/" + node + "n1/size", "3907029168\n");
            file(machine, "sys/class/block/" + node + "n1/dev", "259:" + number + "\n");
            file(machine, "dev/" + node, "");
            Files.createDirectories(machine.resolve("sys/class/nvme"));
            Files.createSymbolicLink(machine.resolve("sys/class/nvme/" + node), function.resolve("nvme/" + node));
            Files.createSymbolicLink(function.resolve("nvme/" + node + "/device"), function);
        }
    }

    private static TreeItem<?> item(String address) {
        return tree.getRoot().getChildren().stream()
                .filter(i -> i.getValue() instanceof DeviceNode.Found f
                        && f.device().address().text().equals(address))
                .findFirst()
                .orElse(null);
    }

    private static void choose(String address) {
        sim.run(() -> {
            int row = 0;
            while (tree.getTreeItem(row) != item(address)) {
                row++;
            }
            tree.getSelectionModel().select(row);
        });
        sim.until(address + " is explained", () -> shown().contains(address));
    }

    private static String words() {
        return sim.get(DevicesViewTest::shown);
    }

    /** On the JavaFX thread. */
    private static String shown() {
        return String.join("\n", sim.wordsIn("#device-details"));
    }

    private static void picture(String name) {
        String pictures = System.getProperty("doorbell.devices.pictures", "");
        if (!pictures.isEmpty()) {
            sim.window().pulses(20);
            sim.window().snapshot(Path.of(pictures, name + (dark() ? "-dark" : "-light") + ".png"));
        }
    }

    @Test
    void aDiskInUseIsExplainedAndNotBound() {
        choose(IN_USE);
        assertThat(words())
                .contains("Samsung SSD 990 PRO 2TB", "S7KHNJ0W423510", "4B2QJXD7", "1.82 TiB", "16 GT/s ×4")
                .contains("In use: nvme0n1 is mounted on /home.");
        picture("in-use");
        sim.press("#device-bind");
        sim.until("it is refused", () -> shown().contains("is in use: nvme0n1 is mounted on /home; end that first"));
        picture("refused");
        sim.press("#bind-ok");
        sim.until("it is explained again", () -> shown().contains("S7KHNJ0W423510"));
    }

    @Test
    void aFreeDiskIsBoundAfterItHasBeenAskedWhatWillBeWritten() {
        choose(FREE);
        assertThat(words()).contains("16 GT/s ×2 of 16 GT/s ×4", "144d:a80c", "/dev/nvme1");
        sim.press("#device-bind");
        sim.until("it asks", () -> shown().contains("Bind 0000:02:00.0 to vfio-pci?"));
        assertThat(words()).contains("echo vfio-pci > ", "driver_override", "drivers_probe");
        picture("question");
        sim.press("#bind-cancel");
        sim.until("it is as before", () -> !shown().contains("Bind 0000:02:00.0 to vfio-pci?"));
        assertThat(folder.resolve("machine/run/doorbell")).doesNotExist();
    }

    @Test
    void aControllerOfTheKernelsSaysWhatItCannotDoAndOpensBehindTheShield() {
        choose("/dev/nvme0");
        assertThat(words()).contains("The kernel keeps its registers, doorbells, interrupts and queues.");
        assertThat(words()).contains("Open behind the shield");
        picture("kernel");
    }

    @Test
    void aBoundDiskCanBeOpenedAndGivenBack() {
        choose(BOUND);
        assertThat(words()).contains("Open behind the shield", "Give back to its driver");
    }

    @Test
    void aVirtualDeviceIsMadeByAForm() {
        sim.run(() -> sim.window().workbench().navigation().open("devices", "add"));
        sim.until("the form is there", () -> sim.lookup("#option-ns").isPresent());
        ComboBox<?> spaces = sim.find("#option-ns", ComboBox.class);
        sim.run(() -> spaces.getEditor().setText("3"));
        sim.press("#add-more");
        TextField model = sim.find("#option-model", TextField.class);
        sim.run(() -> model.setText("Made Here"));
        picture("form");
        assertThat(sim.words("#add-preview")).containsExactly("sim:ns=3,model=Made Here");
        sim.press("#device-address-open");
        sim.until(
                "it is open",
                () -> sim.window().workbench().sessions().stream()
                        .anyMatch(s -> s.title().getValue().equals("Made Here")));
    }
}
