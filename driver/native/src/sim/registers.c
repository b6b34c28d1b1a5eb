/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/registers.h"

#include "sim/sim.h"
#include "support/atomics.h"

#define READY_TIMEOUT_UNIT_NS UINT64_C(500000000)

void sim_registers_init(struct sim *sim)
{
    struct sim_registers *registers = &sim->registers;
    const uint64_t timeout = sim->options.ready_timeout_ns / READY_TIMEOUT_UNIT_NS;

    registers->cap = NVME_PUT(sim->options.mqes - 1, NVME_CAP_MQES) | NVME_CAP_CQR | NVME_PUT(1, NVME_CAP_AMS) |
                     NVME_PUT(timeout, NVME_CAP_TO) | NVME_CAP_NSSRS |
                     NVME_PUT(NVME_CAP_CSS_NVM | NVME_CAP_CSS_IOCS | NVME_CAP_CSS_ADMIN, NVME_CAP_CSS) |
                     NVME_PUT(4, NVME_CAP_MPSMAX) | NVME_PUT(1, NVME_CAP_CRMS) |
                     (sim->cmb.bytes != 0 ? NVME_CAP_CMBS : 0);
    registers->crto = (uint32_t)NVME_PUT(timeout, NVME_CRTO_CRWMT);
    sim_registers_reset(sim, true);
}

void sim_registers_reset(struct sim *sim, bool all)
{
    struct sim_registers *registers = &sim->registers;

    /* CSTS.NSSRO tells of the last subsystem reset until software clears it. */
    atomic_fetch_and(&registers->csts, NVME_CSTS_NSSRO);
    registers->intm = 0;
    if (all) {
        atomic_store(&registers->cc, 0);
        registers->aqa = 0;
        registers->asq = 0;
        registers->acq = 0;
        sim_cmb_reset(sim);
    }
}

/* ---- controller registers, NVMe Base 2.0c 3.1.3 ------------------------------------------------------------------ */

static uint32_t register_read(const struct sim *sim, uint64_t offset)
{
    const struct sim_registers *registers = &sim->registers;

    switch (offset) {
    case NVME_REG_CAP:
        return (uint32_t)registers->cap;
    case NVME_REG_CAP + 4:
        return (uint32_t)(registers->cap >> 32);
    case NVME_REG_VS:
        return NVME_VS_2_0;
    case NVME_REG_INTMS:
    case NVME_REG_INTMC:
        return registers->intm;
    case NVME_REG_CC:
        return atomic_load(&registers->cc);
    case NVME_REG_CSTS:
        return atomic_load(&registers->csts);
    case NVME_REG_AQA:
        return registers->aqa;
    case NVME_REG_ASQ:
        return (uint32_t)registers->asq;
    case NVME_REG_ASQ + 4:
        return (uint32_t)(registers->asq >> 32);
    case NVME_REG_ACQ:
        return (uint32_t)registers->acq;
    case NVME_REG_ACQ + 4:
        return (uint32_t)(registers->acq >> 32);
    case NVME_REG_CMBLOC:
    case NVME_REG_CMBSZ:
    case NVME_REG_CMBMSC:
    case NVME_REG_CMBMSC + 4:
    case NVME_REG_CMBSTS:
        return sim_cmb_read(sim, offset);
    case NVME_REG_CRTO:
        return registers->crto;
    default:
        return 0;
    }
}

static uint32_t cc_write(struct sim *sim, uint32_t value)
{
    const uint32_t known =
        NVME_CC_EN | NVME_CC_CSS | NVME_CC_MPS | NVME_CC_AMS | NVME_CC_SHN | NVME_CC_IOSQES | NVME_CC_IOCQES;
    const uint32_t fixed = NVME_CC_CSS | NVME_CC_MPS | NVME_CC_AMS; /* while EN is 1 */
    uint32_t old = atomic_load(&sim->registers.cc);

    value &= known;
    if ((old & value & NVME_CC_EN) != 0)
        value = (value & ~fixed) | (old & fixed);
    atomic_store(&sim->registers.cc, value);
    /* Its own event, lest EN written 0 and 1 again before the device looks be taken for nothing. */
    return (old & ~value & NVME_CC_EN) != 0 ? SIM_EVENT_DISABLE | SIM_EVENT_CC : SIM_EVENT_CC;
}

static uint64_t half_put(uint64_t old, bool high, uint32_t value)
{
    return high ? (old & 0xffffffff) | (uint64_t)value << 32 : (old & ~UINT64_C(0xffffffff)) | value;
}

/* Return: events for the device thread. */
static uint32_t register_write(struct sim *sim, uint64_t offset, uint32_t value)
{
    struct sim_registers *registers = &sim->registers;
    bool enabled = (atomic_load(&registers->cc) & NVME_CC_EN) != 0;

    switch (offset) {
    case NVME_REG_INTMS:
        registers->intm |= value;
        break;
    case NVME_REG_INTMC:
        registers->intm &= ~value;
        break;
    case NVME_REG_CC:
        return cc_write(sim, value);
    case NVME_REG_CSTS:
        atomic_fetch_and(&registers->csts, ~(value & NVME_CSTS_NSSRO));
        break;
    case NVME_REG_NSSR:
        return value == NVME_NSSR_RESET ? SIM_EVENT_SUBSYSTEM_RESET : 0;
    case NVME_REG_AQA:
        if (!enabled)
            registers->aqa = value & (NVME_AQA_ASQS | NVME_AQA_ACQS);
        break;
    case NVME_REG_ASQ:
    case NVME_REG_ASQ + 4:
        if (!enabled)
            registers->asq = half_put(registers->asq, offset != NVME_REG_ASQ, value) & ~UINT64_C(0xfff);
        break;
    case NVME_REG_ACQ:
    case NVME_REG_ACQ + 4:
        if (!enabled)
            registers->acq = half_put(registers->acq, offset != NVME_REG_ACQ, value) & ~UINT64_C(0xfff);
        break;
    case NVME_REG_CMBMSC:
    case NVME_REG_CMBMSC + 4:
        sim_cmb_write(sim, offset, value);
        break;
    default: /* read-only or reserved */
        break;
    }
    return 0;
}

/* ---- BAR0 ---------------------------------------------------------------------------------------------------------
 */

static uint32_t dword_read(struct sim *sim, uint64_t offset)
{
    if (offset >= SIM_MSIX_PBA)
        return sim_interrupts_pba_read(&sim->irq, (uint32_t)(offset - SIM_MSIX_PBA));
    if (offset >= SIM_MSIX_TABLE)
        return sim_interrupts_table_read(&sim->irq, (uint32_t)(offset - SIM_MSIX_TABLE));
    if (offset >= NVME_REG_DOORBELLS)
        return 0; /* doorbells are for writing */
    pthread_mutex_lock(&sim->lock);
    uint32_t value = register_read(sim, offset);
    pthread_mutex_unlock(&sim->lock);
    return value;
}

static void dword_write(struct sim *sim, uint64_t offset, uint32_t value)
{
    if (offset >= SIM_MSIX_PBA)
        return;
    if (offset >= SIM_MSIX_TABLE) {
        sim_interrupts_table_write(&sim->irq, (uint32_t)(offset - SIM_MSIX_TABLE), value);
        return;
    }
    if (offset >= NVME_REG_DOORBELLS) {
        __atomic_store_n(&sim->doorbells[(offset - NVME_REG_DOORBELLS) / 4], value, __ATOMIC_RELEASE);
        bell_fence(__ATOMIC_SEQ_CST);
        if (atomic_load(&sim->asleep))
            sim_wake(sim);
        return;
    }
    pthread_mutex_lock(&sim->lock);
    uint32_t events = register_write(sim, offset, value);
    pthread_mutex_unlock(&sim->lock);
    if (events != 0)
        sim_event(sim, events);
}

uint64_t sim_bar_read(struct sim *sim, uint64_t offset, uint32_t width)
{
    if (!atomic_load(&sim->decoding)) /* nobody answers on the bus */
        return width == 8 ? UINT64_MAX : UINT32_MAX;
    if (BELL_UNLIKELY(atomic_load(&sim->faults.registers) != 0) && sim->fabric == NULL)
        sim_faults_register(sim, offset);
    uint64_t value = dword_read(sim, offset);
    if (width == 8)
        value |= (uint64_t)dword_read(sim, offset + 4) << 32;
    return value;
}

void sim_bar_write(struct sim *sim, uint64_t offset, uint32_t width, uint64_t value)
{
    if (!atomic_load(&sim->decoding))
        return;
    dword_write(sim, offset, (uint32_t)value);
    if (width == 8)
        dword_write(sim, offset + 4, (uint32_t)(value >> 32));
    /* When the write returns, addresses mean what it says. */
    if (BELL_UNLIKELY(offset - NVME_REG_CMBMSC < 8) && sim->cmb.bytes != 0)
        sim_event_wait(sim, SIM_EVENT_CMB);
}
