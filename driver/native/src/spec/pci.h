/* SPDX-License-Identifier: Apache-2.0 */
/* PCI and PCI Express configuration space: offsets, bits and capability ids (PCI Express Base 4.0, section 7). */
#ifndef BELL_SPEC_PCI_H
#define BELL_SPEC_PCI_H

#include <stdint.h>

/* ---- type 0 header, 7.5.1 -------------------------------------------------------------------------------------- */

enum pci_header {
    PCI_VENDOR = 0x00,
    PCI_DEVICE = 0x02,
    PCI_COMMAND = 0x04,
    PCI_STATUS = 0x06,
    PCI_REVISION = 0x08,
    PCI_CLASS = 0x09, /* 3 bytes: interface, subclass, class */
    PCI_CACHE_LINE = 0x0c,
    PCI_LATENCY_TIMER = 0x0d,
    PCI_HEADER_TYPE = 0x0e,
    PCI_BIST = 0x0f,
    PCI_BAR0 = 0x10, /* 6 of 4 bytes */
    PCI_CARDBUS_CIS = 0x28,
    PCI_SUBSYSTEM_VENDOR = 0x2c,
    PCI_SUBSYSTEM = 0x2e,
    PCI_ROM = 0x30,
    PCI_CAPABILITIES = 0x34,
    PCI_INTERRUPT_LINE = 0x3c,
    PCI_INTERRUPT_PIN = 0x3d,
};

#define PCI_CLASS_NVME 0x010802u

#define PCI_COMMAND_IO       0x0001u
#define PCI_COMMAND_MEMORY   0x0002u
#define PCI_COMMAND_MASTER   0x0004u
#define PCI_COMMAND_PARITY   0x0040u
#define PCI_COMMAND_SERR     0x0100u
#define PCI_COMMAND_INTX_OFF 0x0400u

#define PCI_STATUS_INTX                  0x0008u
#define PCI_STATUS_CAPABILITIES          0x0010u
#define PCI_STATUS_MASTER_PARITY         0x0100u /* this one and those below: write 1 to clear */
#define PCI_STATUS_SIGNALED_ABORT        0x0800u
#define PCI_STATUS_RECEIVED_TARGET_ABORT 0x1000u
#define PCI_STATUS_RECEIVED_MASTER_ABORT 0x2000u
#define PCI_STATUS_SIGNALED_SERR         0x4000u
#define PCI_STATUS_PARITY                0x8000u

#define PCI_BAR_IO       0x1u
#define PCI_BAR_TYPE     0x6u
#define PCI_BAR_TYPE_64  0x4u
#define PCI_BAR_PREFETCH 0x8u

/* ---- capabilities ---------------------------------------------------------------------------------------------- */

enum pci_capability {
    PCI_CAP_PM = 0x01,
    PCI_CAP_MSI = 0x05,
    PCI_CAP_VENDOR = 0x09,
    PCI_CAP_PCIE = 0x10,
    PCI_CAP_MSIX = 0x11
};

enum pci_extended_capability {
    PCI_EXT_CAP_AER = 0x0001,
    PCI_EXT_CAP_SERIAL = 0x0003,
    PCI_EXT_CAP_ARI = 0x000e,
    PCI_EXT_CAP_SRIOV = 0x0010,
};

#define PCI_EXT_CAP_START 0x100u

/* Power management, 7.5.2 */
enum { PCI_PM_CAP = 2, PCI_PM_CSR = 4, PCI_PM_BYTES = 8 };
#define PCI_PM_CSR_STATE         0x0003u
#define PCI_PM_CSR_NO_SOFT_RESET 0x0008u
#define PCI_PM_CSR_PME_ENABLE    0x0100u
#define PCI_PM_CSR_PME_STATUS    0x8000u

enum { PCI_PM_D0 = 0, PCI_PM_D1 = 1, PCI_PM_D2 = 2, PCI_PM_D3HOT = 3 };

/* MSI, 7.7.1; the mask bits lie behind an address of 32 or of 64 bits */
enum { PCI_MSI_CONTROL = 2, PCI_MSI_MASK_32 = 12, PCI_MSI_MASK_64 = 16 };
#define PCI_MSI_CONTROL_64BIT    0x0080u
#define PCI_MSI_CONTROL_MASKABLE 0x0100u

/* MSI-X, 7.7.2 */
enum { PCI_MSIX_CONTROL = 2, PCI_MSIX_TABLE = 4, PCI_MSIX_PBA = 8, PCI_MSIX_BYTES = 12 };
#define PCI_MSIX_CONTROL_SIZE   0x07ffu /* 0's based */
#define PCI_MSIX_CONTROL_MASK   0x4000u
#define PCI_MSIX_CONTROL_ENABLE 0x8000u
#define PCI_MSIX_BIR            0x00000007u

/* One MSI-X table entry in BAR space. */
enum {
    PCI_MSIX_ENTRY_ADDRESS = 0,
    PCI_MSIX_ENTRY_UPPER = 4,
    PCI_MSIX_ENTRY_DATA = 8,
    PCI_MSIX_ENTRY_CONTROL = 12,
    PCI_MSIX_ENTRY_BYTES = 16
};
#define PCI_MSIX_ENTRY_MASKED 0x1u

/* PCI Express, 7.5.3 */
enum pci_express {
    PCI_EXP_CAP = 0x02,
    PCI_EXP_DEVCAP = 0x04,
    PCI_EXP_DEVCTL = 0x08,
    PCI_EXP_DEVSTA = 0x0a,
    PCI_EXP_LNKCAP = 0x0c,
    PCI_EXP_LNKCTL = 0x10,
    PCI_EXP_LNKSTA = 0x12,
    PCI_EXP_DEVCAP2 = 0x24,
    PCI_EXP_DEVCTL2 = 0x28,
    PCI_EXP_DEVSTA2 = 0x2a,
    PCI_EXP_LNKCAP2 = 0x2c,
    PCI_EXP_LNKCTL2 = 0x30,
    PCI_EXP_LNKSTA2 = 0x32,
    PCI_EXP_BYTES = 0x3c,
};
#define PCI_EXP_DEVCAP_FLR     UINT32_C(0x10000000)
#define PCI_EXP_DEVCTL_FLR     0x8000u
#define PCI_EXP_DEVSTA_PENDING 0x0020u
#define PCI_EXP_LNKCTL_ASPM    0x0003u

/* Advanced error reporting, 7.8.4 */
enum pci_aer {
    PCI_AER_UNCORRECTABLE_STATUS = 0x04,
    PCI_AER_UNCORRECTABLE_MASK = 0x08,
    PCI_AER_UNCORRECTABLE_SEVERITY = 0x0c,
    PCI_AER_CORRECTABLE_STATUS = 0x10,
    PCI_AER_CORRECTABLE_MASK = 0x14,
    PCI_AER_CONTROL = 0x18,
    PCI_AER_HEADER_LOG = 0x1c,
    PCI_AER_BYTES = 0x48,
};

/* Single root I/O virtualization, 9.3.3 */
enum pci_sriov {
    PCI_SRIOV_CONTROL = 0x08,
    PCI_SRIOV_INITIAL_VFS = 0x0c,
    PCI_SRIOV_TOTAL_VFS = 0x0e,
    PCI_SRIOV_NUM_VFS = 0x10,
    PCI_SRIOV_VF_OFFSET = 0x14,
    PCI_SRIOV_VF_STRIDE = 0x16,
    PCI_SRIOV_VF_DEVICE = 0x1a,
    PCI_SRIOV_BAR0 = 0x24,
};
#define PCI_SRIOV_CONTROL_ENABLE 0x0001u
#define PCI_SRIOV_CONTROL_MEMORY 0x0008u

/* Device serial number, 7.9.3 */
enum { PCI_SERIAL_LOW = 4, PCI_SERIAL_HIGH = 8, PCI_SERIAL_BYTES = 12 };

#endif
