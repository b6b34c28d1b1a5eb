package dev.doorbell.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

@OnEveryDevice
class PciFunctionTest extends DeviceTest {
    private PciFunction pci() {
        return controller.device().pci().orElseThrow();
    }

    @Test
    void readsConfigSpace() {
        byte[] config = pci().config();
        assertThat(config).hasSize(pci().configBytes());
        assertThat(config[0x0b]).as("class").isEqualTo((byte) 0x01);
        assertThat(config[0x0a]).as("subclass").isEqualTo((byte) 0x08);
        assertThat(pci().read16(0)).isEqualTo((config[0] & 0xff) | (config[1] & 0xff) << 8);
        assertThat(pci().read8(0x0b)).isEqualTo(1);
        assertThat(pci().read32(0x08) >>> 8).isEqualTo(0x010802);
    }

    @Test
    void findsCapabilities() {
        int express = pci().capability(0x10).orElseThrow();
        assertThat(pci().read8(express)).isEqualTo(0x10);
        int msix = pci().capability(0x11).orElseThrow();
        assertThat((pci().read16(msix + 2) & 0x7ff) + 1)
                .isEqualTo(controller.device().interrupts().vectors());
        assertThat(pci().capability(0x7e)).isEmpty();
        assertThat(pci().extendedCapability(0xfffe)).isEmpty();
    }

    @Test
    void refusesAccessesOutsideAndAcross() {
        assertThatThrownBy(() -> pci().read32(pci().configBytes())).isInstanceOf(PciFunction.IllegalAccess.class);
        assertThatThrownBy(() -> pci().read32(2)).isInstanceOf(PciFunction.IllegalAccess.class);
        assertThatThrownBy(() -> pci().barRead32(0, pci().barBytes(0))).isInstanceOf(PciFunction.IllegalAccess.class);
        assertThatThrownBy(() -> controller.device().registers().read32(2)).isInstanceOf(Registers.IllegalAccess.class);
    }

    @Test
    void barZeroHoldsTheRegisters() {
        Registers registers = controller.device().registers();
        assertThat(pci().barRead32(0, 8)).as("VS").isEqualTo(registers.read32(8));
        assertThat(registers.read64(0)).as("CAP").isNotZero().isNotEqualTo(-1L);
        assertThat(registers.dump(0x40)).hasSize(0x40);
        int aqa = registers.read32(0x24);
        assertThat(aqa).as("AQA: both queues have 128 entries").isEqualTo(127 << 16 | 127);
        assertThat(pci().barBytes(0)).isGreaterThanOrEqualTo(0x1000);
    }

    @Test
    void writesConfigSpace() {
        int line = pci().read8(0x3c);
        pci().write8(0x3c, 0x5a);
        assertThat(pci().read8(0x3c)).isEqualTo(0x5a);
        pci().write8(0x3c, line);
    }

    @Test
    void everyResetThatTheFunctionHasEndsQueuesAndTheControllerComesBack() {
        int done = 0;
        for (PciFunction.Reset kind : PciFunction.Reset.values()) {
            Qpair qpair = controller.createQpair(8);
            qpair.submit(held(namespace().flushCommand()));
            try {
                pci().reset(kind);
                done++;
            } catch (Device.UnsupportedException e) {
                qpair.close();
                continue;
            }
            assertThat(controller.state()).as("after %s", kind).isEqualTo(Controller.State.DISABLED);
            assertThat(qpair.waitDone(1).lost()).isTrue();
            assertThat(qpair.isAlive()).isFalse();
            qpair.close();
            controller.initialise();
            assertThat(controller.identifyController()).hasSize(4096);
        }
        assertThat(done).isPositive();
    }

    @Test
    void listsEveryCapabilityWithItsPlace() {
        var all = pci().capabilities();
        assertThat(all).anySatisfy(c -> {
            assertThat(c.id()).isEqualTo(0x11);
            assertThat(c.extended()).isFalse();
            assertThat(c.offset()).isEqualTo(pci().capability(0x11).orElseThrow());
        });
        assertThat(all).extracting(PciFunction.Capability::offset).doesNotHaveDuplicates();
        for (PciFunction.Capability c : all) {
            assertThat(c.extended()).isEqualTo(c.offset() >= 0x100);
            if (c.extended()) {
                int header = pci().read32(c.offset());
                assertThat(header & 0xffff).isEqualTo(c.id());
                assertThat(header >> 16 & 0xf).isEqualTo(c.version()).isPositive();
            } else {
                assertThat(pci().read8(c.offset())).isEqualTo(c.id());
            }
        }
        if (address.startsWith("sim:")) {
            assertThat(all)
                    .filteredOn(PciFunction.Capability::extended)
                    .extracting(PciFunction.Capability::id)
                    .containsExactly(0x0001, 0x0003);
        }
    }

    @Test
    void setsWhatTheLinkMayDoToSavePower() {
        PciFunction.Aspm before = pci().aspm();
        int control = pci().capability(0x10).orElseThrow() + 0x10;
        int others = pci().read16(control) & ~3;
        boolean hasLink = !isQemuModel();
        for (PciFunction.Aspm states : PciFunction.Aspm.values()) {
            pci().aspm(states);
            assertThat(pci().read16(control) & ~3)
                    .as("the rest of Link Control")
                    .isEqualTo(others);
            assertThat(pci().aspm().ordinal()).isEqualTo(pci().read16(control) & 3);
            // QEMU's model has no link that could sleep: there the field can only be read.
            if (hasLink) {
                assertThat(pci().aspm()).isEqualTo(states);
            }
        }
        pci().aspm(before);
        assertThat(controller.identifyController()).hasSize(4096);
    }

    @Test
    void comesBackFromD3hotWithoutBeingOpenedAgain() {
        if (pci().capability(1).isEmpty()) {
            assertThatThrownBy(() -> pci().powerState()).isInstanceOf(Device.UnsupportedException.class);
            return;
        }
        boolean keeps = (pci().read16(pci().capability(1).orElseThrow() + 4) & 8) != 0;
        Qpair qpair = controller.createQpair(8);
        qpair.submit(held(namespace().flushCommand()));
        byte[] header = java.util.Arrays.copyOf(pci().config(), 0x30);
        assertThat(pci().powerState()).isZero();
        pci().powerState(3);
        assertThat(pci().powerState()).isEqualTo(3);
        pci().powerState(0);
        assertThat(pci().powerState()).isZero();
        assertThat(java.util.Arrays.copyOf(pci().config(), 0x30)).as("header").isEqualTo(header);
        if (keeps) {
            qpair.ring();
            assertThat(qpair.waitDone(1).isSuccess()).isTrue();
        } else {
            assertThat(controller.state()).isEqualTo(Controller.State.DISABLED);
            assertThat(qpair.waitDone(1).lost()).isTrue();
            controller.initialise();
        }
        qpair.close();
        assertThat(controller.identifyController()).hasSize(4096);
        assertThatThrownBy(() -> pci().powerState(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
