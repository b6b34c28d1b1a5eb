/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/controller.h"

#include "sim/power.h"
#include "sim/sim.h"

enum reset_kind { RESET_CONTROLLER, RESET_FUNCTION, RESET_SUBSYSTEM };

static void csts_change(struct sim *sim, uint32_t clear, uint32_t set)
{
    uint32_t old = atomic_load(&sim->registers.csts);

    /* The host may clear NSSRO at the same time. */
    while (!atomic_compare_exchange_weak(&sim->registers.csts, &old, (old & ~clear) | set))
        ;
}

void sim_controller_fail(struct sim *sim)
{
    sim->stop |= SIM_STOP_FAILED;
    csts_change(sim, 0, NVME_CSTS_CFS);
}

bool sim_controller_ready(const struct sim *sim)
{
    return sim->enabled && sim->stop == 0 && atomic_load_explicit(&sim->mastering, memory_order_relaxed) != 0;
}

/* What all kinds of Controller Level Reset do, NVMe Base 2.0c 3.7.2. */
static void controller_reset(struct sim *sim, enum reset_kind kind)
{
    sim->enabled = false;
    sim->stop &= SIM_STOP_GONE;
    sim_faults_reset(sim);
    sim_queues_reset(sim);
    sim_latency_clear(sim);
    sim_async_reset(sim);
    sim_background_reset(sim);
    sim_firmware_reset(sim);
    sim_features_reset(sim);
    sim_reservations_reset(sim);
    sim_directives_reset(sim);
    sim_hmb_reset(sim, false);
    sim->changed_namespaces = 0;
    sim->events_context = false;
    sim->keep_alive_expired = false;
    pthread_mutex_lock(&sim->lock);
    sim_registers_reset(sim, kind != RESET_CONTROLLER);
    if (kind != RESET_CONTROLLER)
        sim->shutdown_seen = NVME_CC_SHN_NONE;
    if (kind == RESET_SUBSYSTEM)
        csts_change(sim, 0, NVME_CSTS_NSSRO);
    pthread_mutex_unlock(&sim->lock);
}

void sim_controller_restart(struct sim *sim)
{
    controller_reset(sim, RESET_FUNCTION);
}

/* NVMe Base 2.0c 3.5.1: what the host must have set before it sets CC.EN. */
static bool enable_valid(const struct sim *sim, uint32_t cc)
{
    const struct sim_registers *registers = &sim->registers;
    const uint64_t page = UINT64_C(4096) << NVME_GET(cc, NVME_CC_MPS);
    const uint32_t css = (uint32_t)NVME_GET(cc, NVME_CC_CSS);
    const uint32_t ams = (uint32_t)NVME_GET(cc, NVME_CC_AMS);

    if (NVME_GET(cc, NVME_CC_MPS) > NVME_GET(registers->cap, NVME_CAP_MPSMAX))
        return false;
    if (css != NVME_CC_CSS_NVM && css != NVME_CC_CSS_ALL && css != NVME_CC_CSS_ADMIN)
        return false;
    if (ams != NVME_CC_AMS_RR && ams != NVME_CC_AMS_WRR)
        return false;
    if (NVME_GET(registers->aqa, NVME_AQA_ASQS) == 0 || NVME_GET(registers->aqa, NVME_AQA_ACQS) == 0)
        return false;
    if (registers->asq == 0 || registers->acq == 0)
        return false;
    return (registers->asq & (page - 1)) == 0 && (registers->acq & (page - 1)) == 0;
}

static void enable(struct sim *sim, uint32_t cc)
{
    pthread_mutex_lock(&sim->lock);
    const bool valid = enable_valid(sim, cc);
    const uint32_t aqa = sim->registers.aqa;
    const uint64_t asq = sim->registers.asq;
    const uint64_t acq = sim->registers.acq;
    pthread_mutex_unlock(&sim->lock);

    if (!valid) {
        sim_controller_fail(sim);
        return;
    }
    sim->page_bytes = UINT64_C(4096) << NVME_GET(cc, NVME_CC_MPS);
    sim->weighted = NVME_GET(cc, NVME_CC_AMS) == NVME_CC_AMS_WRR;
    sim->admin_only = NVME_GET(cc, NVME_CC_CSS) == NVME_CC_CSS_ADMIN;
    sim_cq_start(sim, 0, acq, (uint32_t)NVME_GET(aqa, NVME_AQA_ACQS) + 1, true, 0);
    sim_sq_start(sim, 0, asq, (uint32_t)NVME_GET(aqa, NVME_AQA_ASQS) + 1, 0, 0);
    sim->enabled = true;
    sim->stop &= ~SIM_STOP_SHUT_DOWN;
    sim_features_apply(sim);
    if (sim->fabric != NULL)
        sim_fabric_enable(sim);
    csts_change(sim, NVME_CSTS_SHST, NVME_CSTS_RDY);
}

/* CC.SHN, 3.6: everything is flushed, and commands stop until a reset. */
static void shut_down(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (sim->state->ns[slot].allocated)
            sim_media_flush(&sim->ns[slot].media);
    sim->stop |= SIM_STOP_SHUT_DOWN;
    csts_change(sim, NVME_CSTS_SHST, (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST));
}

static void cc_follow(struct sim *sim)
{
    const uint32_t cc = atomic_load(&sim->registers.cc);
    const uint32_t shn = (uint32_t)NVME_GET(cc, NVME_CC_SHN);

    if ((cc & NVME_CC_EN) != 0 && !sim->enabled && (sim->stop & SIM_STOP_FAILED) == 0 &&
        !sim_faults_holds(sim, BELL_FAULT_ON_ENABLE))
        enable(sim, cc);
    /* A request is a change of the field: hosts leave it set when they clear EN afterwards. */
    const bool asked = shn != sim->shutdown_seen && (shn == NVME_CC_SHN_NORMAL || shn == NVME_CC_SHN_ABRUPT) &&
                       (sim->stop & SIM_STOP_SHUT_DOWN) == 0;
    sim->shutdown_seen = shn;
    if (asked || sim->faults.ready[BELL_FAULT_ON_SHUTDOWN].active) {
        if (sim_faults_holds(sim, BELL_FAULT_ON_SHUTDOWN))
            csts_change(sim, NVME_CSTS_SHST, (uint32_t)NVME_PUT(NVME_CSTS_SHST_OCCURRING, NVME_CSTS_SHST));
        else
            shut_down(sim);
    }
}

static void disable(struct sim *sim)
{
    if (sim->enabled && sim_faults_holds(sim, BELL_FAULT_ON_DISABLE))
        sim->stop |= SIM_STOP_DISABLING;
    else
        controller_reset(sim, RESET_CONTROLLER);
}

bool sim_controller_events(struct sim *sim, uint32_t events)
{
    if ((events & SIM_EVENT_STOP) != 0)
        return false;
    if ((events & SIM_EVENT_POWER_OFF) != 0)
        sim_power_off(sim);
    if ((events & SIM_EVENT_POWER_ON) != 0) {
        sim->faults.gone.active = false; /* a rule that has removed it does not bring it back once more */
        sim_power_on(sim);
    }
    if ((events & SIM_EVENT_FUNCTION_RESET) != 0)
        controller_reset(sim, RESET_FUNCTION);
    if ((events & SIM_EVENT_SUBSYSTEM_RESET) != 0)
        controller_reset(sim, RESET_SUBSYSTEM);
    if ((events & SIM_EVENT_FAULTS) != 0) {
        sim_faults_befall(sim);
        sim_faults_follow(sim);
    }
    if ((events & SIM_EVENT_CMB) != 0)
        sim_cmb_follow(sim);
    events = sim_faults_keep(sim, events);
    if ((events & SIM_EVENT_DISABLE) != 0)
        disable(sim);
    if ((events & SIM_EVENT_CC) != 0)
        cc_follow(sim);
    return true;
}
