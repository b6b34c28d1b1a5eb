/* SPDX-License-Identifier: Apache-2.0 */
/* The public functions on config space, BARs, registers, interrupts and resets. */
#include <errno.h>
#include <inttypes.h>

#include "nvme/device.h"
#include "nvme/pcie.h"
#include "pci/function.h"
#include "pci/power.h"
#include "spec/nvme.h"
#include "spec/pci.h"
#include "support/error.h"

static int function_get(bell_device *device, struct bell_pci_function **function)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    *function = device->transport->function;
    return *function ? 0 : bell_error_set(-ENOTSUP, "%s is not a PCI function.", device->address);
}

static int config_check(const struct bell_pci_function *function, uint32_t offset, uint32_t width)
{
    if (width != 1 && width != 2 && width != 4)
        return bell_error_set(-EINVAL, "Config space is accessed 1, 2 or 4 bytes at a time, not %u.", width);
    if (offset % width != 0 || offset >= function->config_bytes)
        return bell_error_set(-EINVAL, "Config space offset %#x is not a multiple of %u below %#x.", offset, width,
                              function->config_bytes);
    return 0;
}

/* Nobody answers for a device that has gone, which reads as all ones; a vendor id is never that. */
static int presence_check(bell_device *device, struct bell_pci_function *function)
{
    uint32_t vendor;
    int rc = function->ops->config_read(function, PCI_VENDOR, 2, &vendor);
    if (rc == 0 && vendor == UINT16_MAX)
        return bell_error_set(-ENODEV, "%s: config space reads all ones; the device is gone.", device->address);
    return rc;
}

int bell_pci_config_read(bell_device *device, uint32_t offset, uint32_t width, uint32_t *value)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc == 0)
        rc = config_check(function, offset, width);
    if (rc == 0)
        rc = function->ops->config_read(function, offset, width, value);
    if (rc == 0 && *value == UINT32_MAX >> (32 - 8 * width))
        rc = presence_check(device, function);
    return rc;
}

int bell_pci_config_write(bell_device *device, uint32_t offset, uint32_t width, uint32_t value)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc == 0)
        rc = bell_device_write_check(device, "a write to config space");
    if (rc == 0)
        rc = config_check(function, offset, width);
    if (rc == 0)
        rc = function->ops->config_write(function, offset, width, value);
    if (rc == 0)
        bell_device_observe(device);
    return rc;
}

static int bar_check(const struct bell_pci_function *function, uint32_t bar, uint64_t offset, uint32_t width)
{
    if (bar > 5 || function->bar_bytes[bar] == 0)
        return bell_error_set(-EINVAL, "BAR%u is not implemented by this function.", bar);
    if (width != 4 && width != 8)
        return bell_error_set(-EINVAL, "BARs are accessed 4 or 8 bytes at a time, not %u.", width);
    if (offset % width != 0 || offset > function->bar_bytes[bar] - width)
        return bell_error_set(-EINVAL, "Offset %#" PRIx64 " is not a multiple of %u inside BAR%u (%" PRIu64 " bytes).",
                              offset, width, bar, function->bar_bytes[bar]);
    return 0;
}

int bell_pci_bar_read(bell_device *device, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc == 0)
        rc = bar_check(function, bar, offset, width);
    return rc < 0 ? rc : function->ops->bar_read(function, bar, offset, width, value);
}

int bell_pci_bar_write(bell_device *device, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc == 0)
        rc = bell_device_write_check(device, "a write to a BAR");
    if (rc == 0)
        rc = bar_check(function, bar, offset, width);
    if (rc == 0)
        rc = function->ops->bar_write(function, bar, offset, width, value);
    if (rc == 0 && bar == 0 && offset < NVME_REG_DOORBELLS)
        bell_device_observe(device);
    return rc;
}

int bell_pci_get_notices(bell_device *device, bell_pci_notices *out)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc == 0 && !out)
        rc = bell_error_set(-EINVAL, "No place for the notices was given.");
    if (rc < 0)
        return rc;
    *out = (bell_pci_notices){0};
    if (function->ops->notices)
        return function->ops->notices(function, out);
    if (function->gone) {
        uint32_t vendor = 0;
        rc = function->ops->config_read(function, PCI_VENDOR, 2, &vendor);
        out->gone = rc == -ENODEV || (rc == 0 && vendor == UINT16_MAX);
    }
    return 0;
}

int bell_pci_reset(bell_device *device, uint32_t kind)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc < 0)
        return rc;
    if (kind != BELL_RESET_FLR && kind != BELL_RESET_HOT && kind != BELL_RESET_PM)
        return bell_error_set(-EINVAL, "%u is no kind of reset: 1 function level, 2 hot, 3 power state.", kind);
    rc = bell_device_write_check(device, "a reset");
    if (rc < 0)
        return rc;
    rc = function->ops->reset(function, kind);
    if (rc == -ENOTSUP)
        return rc; /* nothing has happened */
    bell_device_lose(device);
    return rc < 0 ? rc : bell_pcie_command_set(function, PCI_COMMAND_MEMORY);
}

int bell_pci_power_state(bell_device *device, uint32_t state)
{
    struct bell_pci_function *function;
    int rc = function_get(device, &function);
    if (rc < 0)
        return rc;
    if (state > PCI_PM_D3HOT)
        return bell_error_set(-EINVAL, "%u is no power state: 0 (D0) to 3 (D3hot).", state);
    rc = bell_pci_power_set(function, state);
    if (rc == 0)
        bell_device_observe(device);
    return rc;
}

int bell_device_power(bell_device *device, int on)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    struct bell_pci_function *function = device->transport->function;
    if (!function || !function->ops->power)
        return bell_error_set(-ENOTSUP, "%s: its power cannot be switched from here; use a power controller.",
                              device->address);
    int rc = function->ops->power(function, on != 0);
    bell_device_lose(device);
    return rc;
}

int bell_device_lost(bell_device *device)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    bell_device_lose(device);
    return 0;
}

/* ---- registers ----------------------------------------------------------------------------------------------------
 */

static int register_check(bell_device *device, uint32_t offset, uint32_t width)
{
    if (!device)
        return bell_error_set(-EINVAL, "No device was given.");
    if (!(device->transport->features & BELL_HAS_REGISTERS))
        return bell_error_set(-ENOTSUP, "%s has no NVMe registers that can be reached.%s%s", device->address,
                              device->transport->absent[0] ? " " : "", device->transport->absent);
    if (width != 4 && width != 8)
        return bell_error_set(-EINVAL, "Registers are accessed 4 or 8 bytes at a time, not %u.", width);
    if (offset % 4 != 0)
        return bell_error_set(-EINVAL, "Register offset %#x is not a multiple of 4.", offset);
    return 0;
}

int bell_register_read(bell_device *device, uint32_t offset, uint32_t width, uint64_t *value)
{
    int rc = register_check(device, offset, width);
    return rc < 0 ? rc : device->transport->ops->register_read(device->transport, offset, width, value);
}

int bell_register_write(bell_device *device, uint32_t offset, uint32_t width, uint64_t value)
{
    int rc = register_check(device, offset, width);
    if (rc == 0)
        rc = bell_device_write_check(device, "a write to a register");
    if (rc == 0)
        rc = device->transport->ops->register_write(device->transport, offset, width, value);
    if (rc == 0)
        bell_device_observe(device);
    return rc;
}

/* ---- interrupts ---------------------------------------------------------------------------------------------------
 */

static int vector_check(bell_device *device, uint32_t vector, struct bell_pci_function **function)
{
    int rc = function_get(device, function);
    if (rc < 0)
        return rc;
    if ((*function)->vectors == 0)
        return bell_error_set(-ENOTSUP, "%s has no MSI-X vectors.%s%s", device->address,
                              device->transport->absent[0] ? " " : "", device->transport->absent);
    if (vector >= (*function)->vectors)
        return bell_error_set(-EINVAL, "MSI-X vector %u is out of range: %s has %u.", vector, device->address,
                              (*function)->vectors);
    return 0;
}

int bell_irq_isset(bell_device *device, uint32_t vector)
{
    struct bell_pci_function *function;
    int rc = vector_check(device, vector, &function);
    return rc < 0 ? rc : function->ops->irq_isset(function, vector);
}

int bell_irq_clear(bell_device *device, uint32_t vector)
{
    struct bell_pci_function *function;
    int rc = vector_check(device, vector, &function);
    return rc < 0 ? rc : function->ops->irq_clear(function, vector);
}

int bell_irq_mask(bell_device *device, uint32_t vector)
{
    struct bell_pci_function *function;
    int rc = vector_check(device, vector, &function);
    return rc < 0 ? rc : function->ops->irq_mask(function, vector);
}

int bell_irq_unmask(bell_device *device, uint32_t vector)
{
    struct bell_pci_function *function;
    int rc = vector_check(device, vector, &function);
    return rc < 0 ? rc : function->ops->irq_unmask(function, vector);
}
