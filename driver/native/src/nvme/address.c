/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/address.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "nvme/transport.h"
#include "pci/function.h"
#include "support/error.h"

struct scheme {
    const char *prefix;
    int (*open)(const char *options, struct bell_pci_function **out); /* NULL: known, but not part of this build */
};

static const struct scheme schemes[] = {
    {"sim:", bell_sim_open}, {"qemu:", bell_qemu_open}, {"pcie:", NULL},
    {"tcp:", NULL},          {"vfio-user:", NULL},      {"/dev/nvme", NULL},
};

/* "0000:01:00.0" or "01:00.0" */
static bool is_pci_address(const char *address)
{
    size_t length = strlen(address);
    if (length < 7 || address[length - 2] != '.' || address[length - 5] != ':')
        return false;
    return strspn(address, "0123456789abcdefABCDEF:.") == length;
}

int bell_address_open(const char *address, struct bell_transport **out)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const struct scheme *scheme = &schemes[i];
        size_t length = strlen(scheme->prefix);
        if (strncmp(address, scheme->prefix, length) != 0)
            continue;
        if (!scheme->open)
            return bell_error_set(-ENOTSUP,
                                  "%s: this build of Doorbell has no transport for \"%s\" devices; use sim: or qemu:.",
                                  address, scheme->prefix);
        struct bell_pci_function *function;
        int rc = scheme->open(address + length, &function);
        if (rc < 0)
            return rc;
        rc = bell_pcie_open(function, out);
        if (rc < 0)
            function->ops->close(function);
        return rc;
    }
    if (is_pci_address(address))
        return bell_error_set(-ENOTSUP, "%s: this build of Doorbell has no VFIO transport; use sim: or qemu:.",
                              address);
    return bell_error_set(-EINVAL, "\"%s\" is no device address; examples are sim:, sim:size=4GiB,ns=2 and qemu:.",
                          address);
}
