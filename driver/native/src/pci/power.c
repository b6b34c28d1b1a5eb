/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/power.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#include "pci/capability.h"
#include "spec/pci.h"
#include "support/error.h"

enum { HEADER_DWORDS = 16, SETTLE_MS = 10 };

static void settle(void)
{
    struct timespec left = {.tv_nsec = SETTLE_MS * 1000000};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static int header_read(struct bell_pci_function *fn, uint32_t header[HEADER_DWORDS])
{
    int err = 0;

    for (uint32_t i = 0; err == 0 && i < HEADER_DWORDS; i++)
        err = fn->ops->config_read(fn, 4 * i, 4, &header[i]);
    return err;
}

/* From the end, so that the function decodes its BARs when they are there again; without the status register, whose
 * bits writing would clear. */
static int header_write(struct bell_pci_function *fn, const uint32_t header[HEADER_DWORDS])
{
    int err = 0;

    for (uint32_t i = HEADER_DWORDS; err == 0 && i-- > 0;) {
        uint32_t width = 4 * i == PCI_COMMAND ? 2 : 4;

        err = fn->ops->config_write(fn, 4 * i, width, width == 2 ? header[i] & 0xffff : header[i]);
    }
    return err;
}

int bell_pci_power_set(struct bell_pci_function *fn, uint32_t state)
{
    uint32_t header[HEADER_DWORDS];
    uint32_t power = 0;
    uint32_t control = 0;
    int err = bell_pci_capability_find(fn, PCI_CAP_PM, &power);

    if (err == 0 && power == 0)
        return bell_error_set(-ENOTSUP, "%s: the function has no Power Management capability", fn->name);
    if (err == 0)
        err = fn->ops->config_read(fn, power + PCI_PM_CSR, 2, &control);
    if (err != 0)
        return err;
    bool wakes =
        (control & PCI_PM_CSR_STATE) == PCI_PM_D3HOT && state == PCI_PM_D0 && (control & PCI_PM_CSR_NO_SOFT_RESET) == 0;
    if (wakes)
        err = header_read(fn, header);
    /* PME_Status is cleared by writing 1: it is written as 0. */
    control &= ~(PCI_PM_CSR_STATE | PCI_PM_CSR_PME_STATUS);
    if (err == 0)
        err = fn->ops->config_write(fn, power + PCI_PM_CSR, 2, control | state);
    if (err == 0)
        settle();
    return err == 0 && wakes ? header_write(fn, header) : err;
}
