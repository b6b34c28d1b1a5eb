/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/capability.h"

#include <errno.h>

#include "spec/pci.h"
#include "support/error.h"

/* Capabilities of 4 bytes that fill the space behind the header: more steps are a loop. */
enum { CAPABILITIES_MAX = 48, EXTENDED_MAX = 960 };

int bell_pci_capability_find(struct bell_pci_function *fn, uint32_t id, uint32_t *offset)
{
    uint32_t pointer = 0;
    int err = fn->ops->config_read(fn, PCI_CAPABILITIES, 1, &pointer);

    *offset = 0;
    for (int steps = 0; err == 0 && (pointer & ~3u) != 0; steps++) {
        uint32_t header = 0;

        pointer &= ~3u;
        if (steps == CAPABILITIES_MAX)
            return bell_error_set(-EIO, "%s: the capability list in config space has a loop", fn->name);
        err = fn->ops->config_read(fn, pointer, 2, &header);
        if (err == 0 && (header & 0xff) == id) {
            *offset = pointer;
            break;
        }
        pointer = header >> 8;
    }
    return err;
}

int bell_pci_extended_find(struct bell_pci_function *fn, uint32_t id, uint32_t *offset)
{
    uint32_t pointer = fn->config_bytes > PCI_EXT_CAP_START ? PCI_EXT_CAP_START : 0;
    int err = 0;

    *offset = 0;
    for (int steps = 0; err == 0 && pointer >= PCI_EXT_CAP_START; steps++) {
        uint32_t header = 0;

        if (steps == EXTENDED_MAX)
            return bell_error_set(-EIO, "%s: the list of extended capabilities has a loop", fn->name);
        err = fn->ops->config_read(fn, pointer, 4, &header);
        if (err != 0 || header == 0 || header == UINT32_MAX)
            break;
        if ((header & 0xffff) == id) {
            *offset = pointer;
            break;
        }
        pointer = header >> 20 & ~3u;
    }
    return err;
}
