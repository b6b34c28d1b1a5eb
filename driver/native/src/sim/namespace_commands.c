/* SPDX-License-Identifier: Apache-2.0 */
/* Namespace Management and Attachment, NVMe Base 2.0c 5.22 and 5.23. */
#include <string.h>

#include "sim/background.h"
#include "sim/sim.h"

#define SELECT UINT32_C(0x0000000f)
#define CSI    UINT32_C(0xff000000)

static void changed_report(struct sim *sim, uint32_t slot)
{
    sim->changed_namespaces |= 1u << slot;
    if ((sim->features.value[NVME_FEAT_ASYNC_EVENT] & NVME_OAES_NAMESPACE) != 0)
        sim_async_report(sim, NVME_AER_NOTICE, NVME_AER_NOTICE_NAMESPACE, NVME_LID_CHANGED_NS);
}

/* ---- management
 * -------------------------------------------------------------------------------------------------------- */

static uint16_t create_namespace(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const struct nvme_identify_namespace *wanted = (const struct nvme_identify_namespace *)sim->scratch;
    uint32_t slot = 0;

    if (command->sqe.nsid != 0)
        return sim_invalid(command, SIM_AT_NSID, 0);
    if (NVME_GET(command->sqe.cdw11, CSI) != NVME_CSI_NVM)
        return sim_refuse(command, NVME_SC_COMMAND_SET_NOT_SUPPORTED, SIM_AT_CDW11 + 3, 0);
    uint16_t status = sim_data_from_host(command, sim->scratch, 4096);
    if (status != 0)
        return status;
    struct sim_formatting formatting = {
        .format = nvme_flbas_index(wanted->flbas),
        .extended = (wanted->flbas & NVME_FLBAS_EXTENDED) != 0,
        .dps = wanted->dps & (NVME_DPS_TYPE | NVME_DPS_FIRST),
    };
    memcpy(&formatting.storage_tag_mask, sim->scratch + NVME_CREATE_LBSTM, sizeof formatting.storage_tag_mask);
    status = sim_formatting_check(sim, &formatting);
    if (status == 0 && formatting.dps != wanted->dps)
        status = NVME_SC_INVALID_FORMAT;
    if (status != 0)
        return sim_refuse(command, status, SIM_AT_PRP1, 0);
    if (wanted->nsze == 0)
        return sim_invalid(command, SIM_AT_PRP1, 0);
    if (wanted->nsze != wanted->ncap)
        return sim_refuse(command, NVME_SC_THIN_PROVISIONING, SIM_AT_PRP1, 0);
    while (slot < SIM_MAX_NAMESPACES && sim->state->ns[slot].allocated)
        slot++;
    if (slot == SIM_MAX_NAMESPACES)
        return NVME_SC_NS_ID_UNAVAILABLE | NVME_STATUS_DNR;
    const uint32_t shift = sim_lba_format(formatting.format)->shift;
    if (wanted->nsze > sim_capacity_free(sim) >> shift)
        return NVME_SC_NS_INSUFFICIENT_CAPACITY | NVME_STATUS_DNR;
    if (sim_namespace_create(sim, slot, wanted->nsze << shift, &formatting, (wanted->nmic & 1) != 0) != 0)
        return NVME_SC_INTERNAL;
    command->dw0 = slot + 1;
    return 0;
}

static void remove_slot(struct sim *sim, uint32_t slot)
{
    const bool attached = sim->ns[slot].attached;

    if (sim_span_runs(&sim->background.test) && sim->background.test_nsid == slot + 1)
        sim_self_test_stop(sim, NVME_SELF_TEST_NS_REMOVED);
    sim_namespace_delete(sim, slot);
    if (attached)
        changed_report(sim, slot);
}

static uint16_t delete_namespace(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint32_t nsid = command->sqe.nsid;

    if (sim_span_runs(&sim->background.format))
        return NVME_SC_FORMAT_IN_PROGRESS;
    if (nsid == 0 || (nsid > SIM_MAX_NAMESPACES && nsid != NVME_NSID_ALL))
        return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
    if (nsid != NVME_NSID_ALL && sim_namespace_allocated(sim, nsid) == NULL)
        return sim_invalid(command, SIM_AT_NSID, 0);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((nsid == slot + 1 || nsid == NVME_NSID_ALL) && sim->state->ns[slot].allocated &&
            sim->ns[slot].write_protected)
            return sim_refuse(command, NVME_SC_WRITE_PROTECTED, SIM_AT_NSID, 0);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((nsid == slot + 1 || nsid == NVME_NSID_ALL) && sim->state->ns[slot].allocated)
            remove_slot(sim, slot);
    return 0;
}

uint16_t sim_ns_management(struct sim_command *command)
{
    switch (NVME_GET(command->sqe.cdw10, SELECT)) {
    case 0:
        return create_namespace(command);
    case 1:
        return delete_namespace(command);
    default:
        return sim_invalid(command, SIM_AT_CDW10, 0);
    }
}

/* ---- attachment
 * ---------------------------------------------------------------------------------------------------------- */

uint16_t sim_ns_attachment(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const struct nvme_controller_list *list = (const struct nvme_controller_list *)sim->scratch;
    const uint32_t nsid = command->sqe.nsid;
    const uint32_t select = (uint32_t)NVME_GET(command->sqe.cdw10, SELECT);

    if (select > 1)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (nsid == 0 || nsid > SIM_MAX_NAMESPACES)
        return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
    if (sim_namespace_allocated(sim, nsid) == NULL)
        return sim_invalid(command, SIM_AT_NSID, 0);
    uint16_t status = sim_data_from_host(command, sim->scratch, sizeof *list);
    if (status != 0)
        return status;
    /* There is one controller in this subsystem. */
    if (list->count != 1 || list->id[0] != SIM_CNTLID)
        return sim_refuse(command, NVME_SC_INVALID_CONTROLLER_LIST, SIM_AT_PRP1, 0);
    if (select == 0 && sim->ns[nsid - 1].attached)
        return sim_refuse(command, NVME_SC_NS_ALREADY_ATTACHED, SIM_AT_NSID, 0);
    if (select == 1 && !sim->ns[nsid - 1].attached)
        return sim_refuse(command, NVME_SC_NS_NOT_ATTACHED, SIM_AT_NSID, 0);
    sim_namespace_attach(sim, nsid - 1, select == 0);
    changed_report(sim, nsid - 1);
    return 0;
}
