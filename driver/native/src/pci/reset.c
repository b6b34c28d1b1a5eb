/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/reset.h"

#include <errno.h>
#include <time.h>

#include "pci/capability.h"
#include "spec/pci.h"
#include "support/error.h"

static void settle(uint32_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static int update16(struct bell_pci_function *fn, uint32_t offset, uint32_t clear, uint32_t set)
{
    uint32_t value = 0;
    int err = fn->ops->config_read(fn, offset, 2, &value);

    return err != 0 ? err : fn->ops->config_write(fn, offset, 2, (value & ~clear) | set);
}

int bell_pci_reset_flr(struct bell_pci_function *fn, uint32_t settle_ms)
{
    uint32_t express = 0;
    uint32_t capabilities = 0;
    int err = bell_pci_capability_find(fn, PCI_CAP_PCIE, &express);

    if (err == 0 && express != 0)
        err = fn->ops->config_read(fn, express + PCI_EXP_DEVCAP, 4, &capabilities);
    if (err != 0)
        return err;
    if ((capabilities & PCI_EXP_DEVCAP_FLR) == 0)
        return bell_error_set(-ENOTSUP, "%s: the function has no Function Level Reset", fn->name);
    err = update16(fn, PCI_COMMAND, PCI_COMMAND_MASTER, 0);
    if (err == 0)
        err = update16(fn, express + PCI_EXP_DEVCTL, 0, PCI_EXP_DEVCTL_FLR);
    if (err == 0)
        settle(settle_ms);
    return err;
}

int bell_pci_reset_pm(struct bell_pci_function *fn, uint32_t settle_ms)
{
    uint32_t power = 0;
    uint32_t control = 0;
    int err = bell_pci_capability_find(fn, PCI_CAP_PM, &power);

    if (err == 0 && power == 0)
        return bell_error_set(-ENOTSUP, "%s: the function has no Power Management capability", fn->name);
    if (err == 0)
        err = fn->ops->config_read(fn, power + PCI_PM_CSR, 2, &control);
    if (err == 0 && (control & PCI_PM_CSR_NO_SOFT_RESET) != 0)
        return bell_error_set(-ENOTSUP, "%s: No_Soft_Reset is set: going to D3hot and back resets nothing", fn->name);
    if (err == 0)
        err = update16(fn, power + PCI_PM_CSR, PCI_PM_CSR_STATE, PCI_PM_D3HOT);
    if (err == 0) {
        settle(settle_ms);
        err = update16(fn, power + PCI_PM_CSR, PCI_PM_CSR_STATE, 0);
    }
    if (err == 0)
        settle(settle_ms);
    return err;
}
