/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/config_space.h"

#include <string.h>

#include "spec/pci.h"

#define VENDOR_RED_HAT   0x1b36u
#define DEVICE_DOORBELL  0x0d0bu
#define SUBSYSTEM_VENDOR 0x1af4u
#define SUBSYSTEM        0x1100u
#define BAR0_ADDRESS     0xfebf0000u
#define BAR2_ADDRESS     0xe0000000u

static void fill(uint8_t *bytes, uint32_t offset, uint32_t width, uint32_t value)
{
    for (uint32_t i = 0; i < width; i++)
        bytes[offset + i] = (uint8_t)(value >> (8 * i));
}

static void initial(struct sim_config *config, uint32_t offset, uint32_t width, uint32_t value)
{
    fill(config->initial, offset, width, value);
}

static void writable(struct sim_config *config, uint32_t offset, uint32_t width, uint32_t mask)
{
    fill(config->writable, offset, width, mask);
}

static void clearable(struct sim_config *config, uint32_t offset, uint32_t width, uint32_t mask)
{
    fill(config->clearable, offset, width, mask);
}

static void header_init(struct sim_config *config)
{
    initial(config, PCI_VENDOR, 2, VENDOR_RED_HAT);
    initial(config, PCI_DEVICE, 2, DEVICE_DOORBELL);
    initial(config, PCI_STATUS, 2, PCI_STATUS_CAPABILITIES);
    initial(config, PCI_REVISION, 1, 1);
    initial(config, PCI_CLASS, 3, PCI_CLASS_NVME);
    initial(config, PCI_BAR0, 4, PCI_BAR_TYPE_64);
    initial(config, PCI_SUBSYSTEM_VENDOR, 2, SUBSYSTEM_VENDOR);
    initial(config, PCI_SUBSYSTEM, 2, SUBSYSTEM);
    initial(config, PCI_CAPABILITIES, 1, SIM_CAP_PM);

    writable(config, PCI_COMMAND, 2,
             PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY | PCI_COMMAND_SERR | PCI_COMMAND_INTX_OFF);
    clearable(config, PCI_STATUS, 2, 0xf900);
    writable(config, PCI_CACHE_LINE, 1, 0xff);
    /* The bits below the BAR's size read zero whatever is written: that is how software finds the size. */
    writable(config, PCI_BAR0, 4, ~(SIM_BAR0_BYTES - 1));
    writable(config, PCI_BAR0 + 4, 4, 0xffffffff);
    writable(config, PCI_INTERRUPT_LINE, 1, 0xff);
}

static void pm_init(struct sim_config *config)
{
    initial(config, SIM_CAP_PM, 2, PCI_CAP_PM | SIM_CAP_MSIX << 8);
    initial(config, SIM_CAP_PM + PCI_PM_CAP, 2, 0x0003);
    writable(config, SIM_CAP_PM + PCI_PM_CSR, 2, PCI_PM_CSR_STATE);
}

static void msix_init(struct sim_config *config, uint32_t vectors)
{
    initial(config, SIM_CAP_MSIX, 2, PCI_CAP_MSIX | SIM_CAP_PCIE << 8);
    initial(config, SIM_CAP_MSIX + PCI_MSIX_CONTROL, 2, vectors - 1);
    initial(config, SIM_CAP_MSIX + PCI_MSIX_TABLE, 4, SIM_MSIX_TABLE);
    initial(config, SIM_CAP_MSIX + PCI_MSIX_PBA, 4, SIM_MSIX_PBA);
    writable(config, SIM_CAP_MSIX + PCI_MSIX_CONTROL, 2, PCI_MSIX_CONTROL_ENABLE | PCI_MSIX_CONTROL_MASK);
}

static void pcie_init(struct sim_config *config)
{
    const uint32_t link = 4 | 4 << 4; /* 16 GT/s, x4 */

    initial(config, SIM_CAP_PCIE, 2, PCI_CAP_PCIE);
    initial(config, SIM_CAP_PCIE + PCI_EXP_CAP, 2, 0x0002);
    /* 256-byte payloads, extended tags, role-based error reporting */
    initial(config, SIM_CAP_PCIE + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR | 1u << 15 | 7u << 9 | 7u << 6 | 1u << 5 | 1);
    initial(config, SIM_CAP_PCIE + PCI_EXP_DEVCTL, 2, 0x2810);
    writable(config, SIM_CAP_PCIE + PCI_EXP_DEVCTL, 2, 0x79ff);
    clearable(config, SIM_CAP_PCIE + PCI_EXP_DEVSTA, 2, 0x000f);
    initial(config, SIM_CAP_PCIE + PCI_EXP_LNKCAP, 4, link | 3u << 10 | 4u << 12 | 6u << 15 | 1u << 22);
    writable(config, SIM_CAP_PCIE + PCI_EXP_LNKCTL, 2, 0x01cb);
    initial(config, SIM_CAP_PCIE + PCI_EXP_LNKSTA, 2, link | 1u << 12);
    initial(config, SIM_CAP_PCIE + PCI_EXP_DEVCAP2, 4, 0x0000081f);
    writable(config, SIM_CAP_PCIE + PCI_EXP_DEVCTL2, 2, 0x041f);
    initial(config, SIM_CAP_PCIE + PCI_EXP_LNKCAP2, 4, 0x0000001e);
    initial(config, SIM_CAP_PCIE + PCI_EXP_LNKCTL2, 2, 4);
    writable(config, SIM_CAP_PCIE + PCI_EXP_LNKCTL2, 2, 0x000f);
}

static void aer_init(struct sim_config *config)
{
    const uint32_t uncorrectable = 0x03fff030;
    const uint32_t correctable = 0x0000f1c1;

    initial(config, SIM_EXT_CAP_AER, 4, PCI_EXT_CAP_AER | 2u << 16 | (uint32_t)SIM_EXT_CAP_SERIAL << 20);
    clearable(config, SIM_EXT_CAP_AER + PCI_AER_UNCORRECTABLE_STATUS, 4, uncorrectable);
    initial(config, SIM_EXT_CAP_AER + PCI_AER_UNCORRECTABLE_MASK, 4, 0x00400000);
    writable(config, SIM_EXT_CAP_AER + PCI_AER_UNCORRECTABLE_MASK, 4, uncorrectable);
    initial(config, SIM_EXT_CAP_AER + PCI_AER_UNCORRECTABLE_SEVERITY, 4, 0x00462030);
    writable(config, SIM_EXT_CAP_AER + PCI_AER_UNCORRECTABLE_SEVERITY, 4, uncorrectable);
    clearable(config, SIM_EXT_CAP_AER + PCI_AER_CORRECTABLE_STATUS, 4, correctable);
    initial(config, SIM_EXT_CAP_AER + PCI_AER_CORRECTABLE_MASK, 4, 0x0000e000);
    writable(config, SIM_EXT_CAP_AER + PCI_AER_CORRECTABLE_MASK, 4, correctable);
    initial(config, SIM_EXT_CAP_AER + PCI_AER_CONTROL, 4, 0x000000a0);
    writable(config, SIM_EXT_CAP_AER + PCI_AER_CONTROL, 4, 0x00000140);
    memset(config->sticky + SIM_EXT_CAP_AER + 4, 0xff, PCI_AER_BYTES - 4);
}

void sim_config_init(struct sim_config *config, uint32_t vectors, uint64_t device_serial)
{
    memset(config, 0, sizeof *config);
    header_init(config);
    pm_init(config);
    msix_init(config, vectors);
    pcie_init(config);
    aer_init(config);
    initial(config, SIM_EXT_CAP_SERIAL, 4, PCI_EXT_CAP_SERIAL | 1u << 16);
    initial(config, SIM_EXT_CAP_SERIAL + PCI_SERIAL_LOW, 4, (uint32_t)device_serial);
    initial(config, SIM_EXT_CAP_SERIAL + PCI_SERIAL_HIGH, 4, (uint32_t)(device_serial >> 32));
    memcpy(config->bytes, config->initial, sizeof config->bytes);
}

void sim_config_cmb(struct sim_config *config, uint32_t bytes)
{
    initial(config, PCI_BAR0 + 8, 4, PCI_BAR_TYPE_64 | PCI_BAR_PREFETCH);
    writable(config, PCI_BAR0 + 8, 4, ~(bytes - 1));
    writable(config, PCI_BAR0 + 12, 4, 0xffffffff);
    memcpy(config->bytes, config->initial, sizeof config->bytes);
}

void sim_config_assign(struct sim_config *config)
{
    sim_config_put(config, PCI_BAR0 + 8, 4, BAR2_ADDRESS); /* nothing without a BAR2 */
    sim_config_put(config, PCI_BAR0, 4, BAR0_ADDRESS);
    sim_config_put(config, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_OFF);
}

void sim_config_reset(struct sim_config *config)
{
    for (uint32_t i = 0; i < SIM_CONFIG_BYTES; i++)
        config->bytes[i] = (config->bytes[i] & config->sticky[i]) | (config->initial[i] & ~config->sticky[i]);
}

void sim_config_power_on(struct sim_config *config)
{
    memcpy(config->bytes, config->initial, sizeof config->bytes);
}

uint32_t sim_config_get(const struct sim_config *config, uint32_t offset, uint32_t width)
{
    uint32_t value = 0;

    for (uint32_t i = 0; i < width; i++)
        value |= (uint32_t)config->bytes[offset + i] << (8 * i);
    return value;
}

uint32_t sim_config_put(struct sim_config *config, uint32_t offset, uint32_t width, uint32_t value)
{
    uint32_t effects = 0;
    const uint32_t command = sim_config_get(config, PCI_COMMAND, 2);
    const uint32_t state = sim_config_get(config, SIM_CAP_PM + PCI_PM_CSR, 2) & PCI_PM_CSR_STATE;
    const uint32_t control = sim_config_get(config, SIM_CAP_MSIX + PCI_MSIX_CONTROL, 2);

    for (uint32_t i = 0; i < width; i++) {
        uint8_t *byte = &config->bytes[offset + i];
        uint8_t put = (uint8_t)(value >> (8 * i));
        uint8_t mask = config->writable[offset + i];

        *byte = (*byte & ~mask) | (put & mask);
        *byte &= ~(put & config->clearable[offset + i]);
        /* The FLR bit always reads zero. */
        if (offset + i == SIM_CAP_PCIE + PCI_EXP_DEVCTL + 1 && (put & PCI_EXP_DEVCTL_FLR >> 8) != 0)
            effects |= SIM_CONFIG_FLR;
    }

    uint32_t new_state = sim_config_get(config, SIM_CAP_PM + PCI_PM_CSR, 2) & PCI_PM_CSR_STATE;
    if (new_state == PCI_PM_D1 || new_state == PCI_PM_D2) { /* not supported: the write is dropped, 7.5.2.2 */
        fill(config->bytes, SIM_CAP_PM + PCI_PM_CSR, 1, state);
        new_state = state;
    }
    if (state == PCI_PM_D3HOT && new_state == PCI_PM_D0)
        effects |= SIM_CONFIG_AWAKE;
    if (state != new_state || command != sim_config_get(config, PCI_COMMAND, 2))
        effects |= SIM_CONFIG_GATES;
    if (control != sim_config_get(config, SIM_CAP_MSIX + PCI_MSIX_CONTROL, 2))
        effects |= SIM_CONFIG_MSIX;
    return effects;
}
