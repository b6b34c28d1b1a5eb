/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, closing and the operations of the PCI function. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "doorbell.h"
#include "sim/device_thread.h"
#include "sim/events.h"
#include "sim/function.h"
#include "sim/identify.h"
#include "sim/sim.h"
#include "spec/pci.h"
#include "support/error.h"

#define DOORBELL_BYTES 4096u

/* ---- configuration space -------------------------------------------------------------------------------------------
 */

/* Follow what command register, power state and MSI-X control say now. */
static void gates_follow(struct sim *sim)
{
    pthread_mutex_lock(&sim->lock);
    const uint32_t command = sim_config_get(&sim->config, PCI_COMMAND, 2);
    const uint32_t state = sim_config_get(&sim->config, SIM_CAP_PM + PCI_PM_CSR, 2) & PCI_PM_CSR_STATE;
    const uint32_t control = sim_config_get(&sim->config, SIM_CAP_MSIX + PCI_MSIX_CONTROL, 2);
    const bool awake = state == PCI_PM_D0;
    const bool mastering = awake && (command & PCI_COMMAND_MASTER) != 0;

    if (!sim->gone) {
        atomic_store(&sim->decoding, awake && (command & PCI_COMMAND_MEMORY) != 0);
        atomic_store(&sim->mastering, mastering);
    }
    pthread_mutex_unlock(&sim->lock);
    sim_interrupts_gate(&sim->irq, mastering && (control & PCI_MSIX_CONTROL_ENABLE) != 0,
                        (control & PCI_MSIX_CONTROL_MASK) != 0);
    /* When the write returns, the device no longer uses memory it may not use. */
    sim_event_wait(sim, SIM_EVENT_LOOK);
}

/* A reset of the whole function; returns when the device has done it. */
static void function_reset(struct sim *sim)
{
    pthread_mutex_lock(&sim->lock);
    sim_config_reset(&sim->config);
    pthread_mutex_unlock(&sim->lock);
    sim_event_wait(sim, SIM_EVENT_FUNCTION_RESET);
    sim_interrupts_reset(&sim->irq);
    gates_follow(sim);
}

void sim_function_renew(struct sim *sim)
{
    function_reset(sim);
    pthread_mutex_lock(&sim->lock);
    sim_config_assign(&sim->config);
    pthread_mutex_unlock(&sim->lock);
    gates_follow(sim);
}

static int config_read(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t *value)
{
    struct sim *sim = sim_of(fn);

    if (offset % width != 0 || offset + width > SIM_CONFIG_BYTES)
        return bell_error_set(-EINVAL, "sim: config space has no %u bytes at 0x%x", width, offset);
    pthread_mutex_lock(&sim->lock);
    *value = sim->gone ? UINT32_MAX >> (32 - 8 * width) : sim_config_get(&sim->config, offset, width);
    pthread_mutex_unlock(&sim->lock);
    return 0;
}

static int config_write(struct bell_pci_function *fn, uint32_t offset, uint32_t width, uint32_t value)
{
    struct sim *sim = sim_of(fn);

    if (offset % width != 0 || offset + width > SIM_CONFIG_BYTES)
        return bell_error_set(-EINVAL, "sim: config space has no %u bytes at 0x%x", width, offset);
    pthread_mutex_lock(&sim->lock);
    const uint32_t effects = sim->gone ? 0 : sim_config_put(&sim->config, offset, width, value);
    pthread_mutex_unlock(&sim->lock);
    if ((effects & (SIM_CONFIG_FLR | SIM_CONFIG_AWAKE)) != 0)
        function_reset(sim);
    else if (effects != 0)
        gates_follow(sim);
    return 0;
}

/* ---- BARs
 * ------------------------------------------------------------------------------------------------------------ */

static int bar_check(const struct sim *sim, uint32_t bar, uint64_t offset, uint32_t width)
{
    if (bar == SIM_CMB_BAR && sim->cmb.bytes != 0) {
        if ((width == 4 || width == 8) && offset % width == 0 && offset <= sim->cmb.bytes - width)
            return 0;
        return bell_error_set(-EINVAL, "sim: BAR 2 has no %u bytes at 0x%llx", width, (unsigned long long)offset);
    }
    if (bar != 0)
        return bell_error_set(-EINVAL, "sim: BAR %u is not implemented, only BAR 0 is", bar);
    if ((width != 4 && width != 8) || offset % width != 0 || offset > SIM_BAR0_BYTES - width)
        return bell_error_set(-EINVAL, "sim: BAR 0 has no %u bytes at 0x%llx", width, (unsigned long long)offset);
    return 0;
}

static int bar_read(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t *value)
{
    struct sim *sim = sim_of(fn);
    int err = bar_check(sim, bar, offset, width);

    if (err == 0)
        *value = bar == 0 ? sim_bar_read(sim, offset, width) : sim_cmb_bar_read(sim, offset, width);
    return err;
}

static int bar_write(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint32_t width, uint64_t value)
{
    struct sim *sim = sim_of(fn);
    int err = bar_check(sim, bar, offset, width);

    if (err == 0 && bar == 0)
        sim_bar_write(sim, offset, width, value);
    else if (err == 0)
        sim_cmb_bar_write(sim, offset, width, value);
    return err;
}

static void *bar_map(struct bell_pci_function *fn, uint32_t bar, uint64_t offset, uint64_t bytes)
{
    const struct sim_cmb *cmb = &sim_of(fn)->cmb;

    return bar == SIM_CMB_BAR && bytes <= cmb->bytes && offset <= cmb->bytes - bytes ? cmb->memory + offset : NULL;
}

/* ---- memory, interrupts, resets -------------------------------------------------------------------------------------
 */

static int dma_alloc(struct bell_pci_function *fn, uint64_t bytes, void **vaddr, uint64_t *iova)
{
    return sim_iommu_alloc(&sim_of(fn)->iommu, bytes, vaddr, iova);
}

static void dma_free(struct bell_pci_function *fn, void *vaddr, uint64_t iova, uint64_t bytes)
{
    sim_iommu_free(&sim_of(fn)->iommu, vaddr, iova, bytes);
}

static int irq_setup(struct bell_pci_function *fn)
{
    return bell_msix_setup(fn, &sim_of(fn)->msix);
}

static int irq_isset(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_isset(&sim_of(fn)->msix, vector);
}

static int irq_clear(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_clear(&sim_of(fn)->msix, vector);
}

static int irq_mask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_mask(fn, &sim_of(fn)->msix, vector);
}

static int irq_unmask(struct bell_pci_function *fn, uint32_t vector)
{
    return bell_msix_unmask(fn, &sim_of(fn)->msix, vector);
}

/* As an operating system does it: the header is saved before and restored after. */
static int reset(struct bell_pci_function *fn, uint32_t kind)
{
    struct sim *sim = sim_of(fn);
    uint32_t saved[16];
    uint32_t control = 0;

    config_read(fn, PCI_VENDOR, 2, &control);
    if (control == UINT16_MAX)
        return bell_error_set(-ENODEV, "%s has gone: nothing is there to be reset.", fn->name);
    for (uint32_t i = 0; i < 16; i++)
        config_read(fn, 4 * i, 4, &saved[i]);
    switch (kind) {
    case BELL_RESET_FLR:
        config_read(fn, SIM_CAP_PCIE + PCI_EXP_DEVCTL, 2, &control);
        config_write(fn, SIM_CAP_PCIE + PCI_EXP_DEVCTL, 2, control | PCI_EXP_DEVCTL_FLR);
        break;
    case BELL_RESET_HOT:
        function_reset(sim);
        break;
    case BELL_RESET_PM:
        config_write(fn, SIM_CAP_PM + PCI_PM_CSR, 2, PCI_PM_D3HOT);
        config_write(fn, SIM_CAP_PM + PCI_PM_CSR, 2, PCI_PM_D0);
        break;
    default:
        return bell_error_set(-ENOTSUP, "sim: there is no reset of kind %u", kind);
    }
    for (uint32_t i = 16; i-- > 0;)
        config_write(fn, 4 * i, 4, i == PCI_COMMAND / 4 ? saved[i] & 0xffff : saved[i]);
    return 0;
}

static int power(struct bell_pci_function *fn, bool on)
{
    sim_event_wait(sim_of(fn), on ? SIM_EVENT_POWER_ON : SIM_EVENT_POWER_OFF);
    return 0;
}

static void doorbell_wake(struct bell_pci_function *fn)
{
    sim_wake(sim_of(fn));
}

/* ---- open and close
 * -------------------------------------------------------------------------------------------------- */

static void sim_free(struct sim *sim)
{
    sim_namespaces_destroy(sim);
    sim_store_close(&sim->store);
    sim_latency_destroy(sim);
    sim_hmb_destroy(sim);
    sim_cmb_destroy(sim);
    sim_faults_destroy(sim);
    sim_iommu_destroy(&sim->iommu);
    pthread_mutex_destroy(&sim->faults.lock);
    pthread_mutex_destroy(&sim->lock);
    if (sim->doorbells != NULL)
        munmap((void *)sim->doorbells, DOORBELL_BYTES);
    free(sim->segments);
    free(sim->bounce);
    free(sim->scratch);
    free(sim);
}

static void function_close(struct bell_pci_function *fn)
{
    struct sim *sim = sim_of(fn);

    if (sim->fabric == NULL) {
        sim_event(sim, SIM_EVENT_STOP);
        pthread_join(sim->thread, NULL);
        atomic_store(&sim->iommu.device_runs, false);
    } else {
        sim_tick_end(sim);
    }
    bell_msix_release(fn, &sim->msix);
    sim_free(sim);
}

static const struct bell_pci_ops ops = {
    .config_read = config_read,
    .config_write = config_write,
    .bar_read = bar_read,
    .bar_write = bar_write,
    .bar_map = bar_map,
    .dma_alloc = dma_alloc,
    .dma_free = dma_free,
    .irq_setup = irq_setup,
    .irq_isset = irq_isset,
    .irq_clear = irq_clear,
    .irq_mask = irq_mask,
    .irq_unmask = irq_unmask,
    .reset = reset,
    .power = power,
    .doorbell_wake = doorbell_wake,
    .close = function_close,
};

static void wake_from_iommu(void *context)
{
    sim_wake(context);
}

/* The device serial number capability: the controller's OUI and a hash of its serial number. */
static uint64_t device_serial(const char *serial)
{
    uint32_t hash = 2166136261u;

    for (; *serial != '\0'; serial++)
        hash = (hash ^ (uint8_t)*serial) * 16777619u;
    return UINT64_C(0x525400fffe000000) | (hash & 0xffffff);
}

static int memory_init(struct sim *sim)
{
    const uint64_t largest = sim->options.mdts != 0 ? sim->options.mdts : UINT64_C(65536) * 4096;

    sim->mdts_bytes = sim->options.mdts;
    sim->segment_room = (uint32_t)(largest / 4096 + 2);
    sim->segments = calloc(sim->segment_room, sizeof sim->segments[0]);
    sim->scratch = malloc(SIM_SCRATCH_BYTES);
    sim->doorbells = mmap(NULL, DOORBELL_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (sim->doorbells == MAP_FAILED)
        sim->doorbells = NULL;
    return sim->segments != NULL && sim->scratch != NULL && sim->doorbells != NULL
               ? 0
               : bell_error_set(-ENOMEM, "sim: out of memory");
}

static void function_init(struct sim *sim)
{
    struct bell_pci_function *fn = &sim->fn;
    const uint32_t vectors = sim->options.queues + 1;

    fn->ops = &ops;
    fn->kind = BELL_KIND_SIM;
    fn->vectors = vectors;
    fn->config_bytes = SIM_CONFIG_BYTES;
    fn->bar_bytes[0] = SIM_BAR0_BYTES;
    fn->bar_bytes[SIM_CMB_BAR] = sim->cmb.bytes;
    memcpy(fn->name, sim->options.model, sizeof sim->options.model);
    fn->doorbells = sim->doorbells;
    fn->doorbell_bytes = DOORBELL_BYTES;
    fn->doorbell_asleep = &sim->asleep;
    fn->gone = &sim->removals;
    fn->null_io = sim->options.null_io != 0;
    sim->irq.iommu = &sim->iommu;
    sim->irq.count = vectors;
    for (uint32_t i = 0; i < vectors; i++)
        atomic_store(&sim->irq.vector[i].eventfd, -1);
    sim_interrupts_reset(&sim->irq);
    sim_config_init(&sim->config, vectors, device_serial(sim->options.serial));
    if (sim->cmb.bytes != 0)
        sim_config_cmb(&sim->config, (uint32_t)sim->cmb.bytes);
    sim_config_assign(&sim->config);
    atomic_store(&sim->decoding, 1);
    atomic_store(&sim->mastering, 1);
    sim_registers_init(sim);
}

static int sim_init(struct sim *sim)
{
    int err = memory_init(sim);

    if (err == 0)
        err = sim_faults_init(sim, sim->options.faults);
    if (err == 0)
        err = sim_latency_init(sim);
    if (err == 0)
        err = sim_hmb_init(sim);
    if (err == 0)
        err = sim_cmb_init(sim, sim->options.cmb);
    if (err == 0)
        err = sim_store_open(&sim->store, sim->options.file, sim->options.size);
    if (err != 0)
        return err;
    sim->state = sim->store.state;
    err = sim_namespaces_init(sim);
    if (err != 0)
        return err;
    function_init(sim);
    sim_firmware_init(sim);
    sim_temperature_init(sim);
    sim->state->power_cycles++;
    sim_reservations_power_on(sim);
    sim->page_bytes = 4096;
    sim->started_ns = bell_now();
    sim->ticked_ns = sim->started_ns;
    sim_queues_reset(sim);
    sim_features_reset(sim);
    sim_background_resume(sim);
    sim_event_power_on(sim);
    return bell_msix_find(&sim->fn, &sim->msix);
}

static int thread_start(struct sim *sim)
{
    int err;

    atomic_store(&sim->iommu.device_runs, true);
    err = -pthread_create(&sim->thread, NULL, sim_device_thread, sim);
    return err == 0 ? 0 : bell_error_set(err, "sim: no thread for the device: %s", strerror(-err));
}

static int device_open(const char *options, struct sim_fabric *fabric, struct sim **out)
{
    struct sim *sim = NULL;
    int err;

    if (posix_memalign((void **)&sim, 64, sizeof *sim) != 0)
        return bell_error_set(-ENOMEM, "sim: out of memory");
    memset(sim, 0, sizeof *sim);
    sim->store.fd = -1;
    sim->fabric = fabric;
    sim->cmb.fd = -1;
    err = sim_options_parse(options, &sim->options);
    if (err == 0 && fabric != NULL)
        sim_fabric_limit(fabric, &sim->options);
    if (err == 0)
        err = sim_iommu_init(&sim->iommu, wake_from_iommu, sim);
    if (err != 0) {
        free(sim);
        return err;
    }
    pthread_mutex_init(&sim->lock, NULL);
    pthread_mutex_init(&sim->faults.lock, NULL);
    err = sim_init(sim);
    if (err == 0 && fabric == NULL)
        err = thread_start(sim);
    if (err != 0) {
        sim_free(sim);
        return err;
    }
    *out = sim;
    return 0;
}

int bell_sim_open(const char *options, struct bell_pci_function **out)
{
    struct sim *sim;
    int err = device_open(options, NULL, &sim);

    if (err == 0)
        *out = &sim->fn;
    return err;
}

int sim_fabric_open(const char *options, struct sim_fabric *fabric, struct sim **out)
{
    int err = device_open(options, fabric, out);

    if (err == 0 && fabric->subnqn[0] == '\0')
        sim_default_nqn(*out, fabric->subnqn, sizeof fabric->subnqn);
    return err;
}

void sim_fabric_close(struct sim *sim)
{
    function_close(&sim->fn);
}
