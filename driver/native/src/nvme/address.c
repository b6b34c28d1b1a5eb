/* SPDX-License-Identifier: Apache-2.0 */
#include "nvme/address.h"

#include <errno.h>
#include <string.h>

#include "nvme/kernel.h"
#include "nvme/transport.h"
#include "pci/function.h"
#include "pci/place.h"
#include "support/error.h"
#include "tcp/initiator.h"

/* One way to open is set. */
struct scheme {
    const char *prefix;
    int (*function_open)(const char *options, struct bell_pci_function **out);
    int (*transport_open)(const char *address, struct bell_transport **out); /* gets the whole address */
};

static const struct scheme schemes[] = {
    {"sim:", .function_open = bell_sim_open},
    {"qemu:", .function_open = bell_qemu_open},
    {"/dev/", .transport_open = bell_kernel_open},
    {"pcie:", .function_open = bell_vfio_open},
    {"vfio-user:", .function_open = bell_vfio_user_open},
    {"tcp:", .transport_open = bell_tcp_open},
};

static int function_open(int (*open)(const char *options, struct bell_pci_function **out), const char *options,
                         struct bell_transport **out)
{
    struct bell_pci_function *function;
    int rc = open(options, &function);
    if (rc < 0)
        return rc;
    rc = bell_pcie_open(function, out);
    if (rc < 0)
        function->ops->close(function);
    return rc;
}

int bell_address_open(const char *address, struct bell_transport **out)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        const struct scheme *scheme = &schemes[i];
        size_t length = strlen(scheme->prefix);
        if (strncmp(address, scheme->prefix, length) != 0)
            continue;
        if (scheme->transport_open)
            return scheme->transport_open(address, out);
        return function_open(scheme->function_open, address + length, out);
    }
    char function[24];
    if (bell_place_parse(address, function))
        return function_open(bell_vfio_open, address, out);
    return bell_error_set(-EINVAL,
                          "\"%s\" is no device address; examples are sim:, sim:size=4GiB,ns=2, qemu:, 0000:01:00.0 "
                          "and tcp://host:4420/NQN.",
                          address);
}
