/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions on the fault plan of a simulator. */
#include "sim/faults.h"

#include <errno.h>

#include "nvme/device.h"
#include "support/error.h"

static int simulator_get(bell_device *device, struct bell_pci_function **function)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    *function = device->transport->function;
    if (device->transport->kind != BELL_KIND_SIM || !*function)
        return bell_error_set(-ENOTSUP, "%s is no simulator: only devices of sim: take a fault plan.", device->address);
    return 0;
}

int bell_sim_faults_set(bell_device *device, const char *plan)
{
    struct bell_pci_function *function = NULL;
    int rc = simulator_get(device, &function);
    if (rc == 0 && !plan)
        rc = bell_error_set(-EINVAL, "No fault plan was given; an empty text clears it.");
    return rc < 0 ? rc : sim_faults_set(function, plan);
}

int bell_sim_faults_get(bell_device *device, uint64_t *seed, uint32_t *on, bell_fault_rule *out, uint32_t max)
{
    struct bell_pci_function *function = NULL;
    int rc = simulator_get(device, &function);
    if (rc == 0 && !out && max > 0)
        rc = bell_error_set(-EINVAL, "No place for the rules was given.");
    return rc < 0 ? rc : sim_faults_get(function, seed, on, out, max);
}

int bell_sim_faults_switch(bell_device *device, uint32_t rule, uint32_t on)
{
    struct bell_pci_function *function = NULL;
    int rc = simulator_get(device, &function);
    return rc < 0 ? rc : sim_faults_switch(function, rule, on);
}
