/* SPDX-License-Identifier: Apache-2.0 */
/* Identify, NVMe Base 2.0c 5.17: lists and namespaces; the controller's own page is in identify_controller.c. */
#include "sim/identify.h"

#include <string.h>

#include "sim/sim.h"

#define PAGE_BYTES 4096u

static uint16_t send(struct sim_command *command)
{
    return sim_data_to_host(command, command->sim->scratch, PAGE_BYTES);
}

/* ---- namespaces ---------------------------------------------------------------------------------------------------
 */

/* What every namespace has in common; NSID FFFFFFFFh asks for this alone. */
static void namespace_common(struct nvme_identify_namespace *id)
{
    id->nlbaf = SIM_FORMATS - 1;
    for (uint32_t i = 0; i < SIM_FORMATS; i++)
        id->lbaf[i] = (struct nvme_lba_format){.ms = sim_lba_format(i)->metadata_bytes,
                                               .lbads = sim_lba_format(i)->shift,
                                               .rp = sim_lba_format(i)->shift == 9 ? 1 : 0};
    id->mc = NVME_MC_EXTENDED | NVME_MC_SEPARATE;
    id->dpc = NVME_DPC_TYPES | NVME_DPC_FIRST | NVME_DPC_LAST;
    id->fpi = 0x80;
    id->dlfeat = 0x09; /* deallocated blocks read zero, their guards FFh; Write Zeroes may deallocate */
    id->mssrl = SIM_COPY_RANGE_BLOCKS;
    id->mcl = SIM_COPY_BLOCKS;
    id->msrc = SIM_COPY_RANGES - 1;
}

static void namespace_fill(const struct sim *sim, const struct sim_namespace *ns, struct nvme_identify_namespace *id)
{
    namespace_common(id);
    id->nsze = ns->blocks;
    id->ncap = ns->blocks;
    id->nuse = ns->blocks;
    id->flbas = (uint8_t)(ns->record->format | (ns->extended ? NVME_FLBAS_EXTENDED : 0));
    id->dps = sim->state->layout[ns->nsid - 1].dps;
    id->fpi |= ns->format_percent_left;
    id->rescap = NVME_RESCAP_ALL;
    id->nmic = ns->record->shared != 0;
    id->nsattr = ns->write_protected;
    id->nvmcap.low = ns->record->bytes;
    sim_namespace_identifiers(sim, ns, id->eui64, id->nguid);
}

static uint16_t namespace_identify(struct sim_command *command, bool allocated)
{
    struct sim *sim = command->sim;
    struct nvme_identify_namespace *id = (struct nvme_identify_namespace *)sim->scratch;
    struct sim_namespace *ns = NULL;

    if (command->sqe.nsid == NVME_NSID_ALL) {
        namespace_common(id);
        return send(command);
    }
    if (command->sqe.nsid == 0 || command->sqe.nsid > SIM_MAX_NAMESPACES)
        return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
    ns = sim_namespace_allocated(sim, command->sqe.nsid);
    /* An inactive namespace is reported as a page of zeroes. */
    if (ns != NULL && (allocated || ns->attached))
        namespace_fill(sim, ns, id);
    return send(command);
}

static uint16_t namespace_list(struct sim_command *command, bool allocated)
{
    struct sim *sim = command->sim;
    uint32_t *list = (uint32_t *)sim->scratch;
    uint32_t count = 0;

    if (command->sqe.nsid >= NVME_NSID_ALL - 1)
        return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
    for (uint32_t nsid = command->sqe.nsid + 1; nsid <= SIM_MAX_NAMESPACES; nsid++) {
        const struct sim_namespace *ns = sim_namespace_allocated(sim, nsid);

        if (ns != NULL && (allocated || ns->attached))
            list[count++] = nsid;
    }
    return send(command);
}

static uint8_t *descriptor_put(uint8_t *at, uint8_t type, const void *id, uint8_t bytes)
{
    at[0] = type;
    at[1] = bytes;
    memcpy(at + sizeof(struct nvme_namespace_descriptor), id, bytes);
    return at + sizeof(struct nvme_namespace_descriptor) + bytes;
}

static uint16_t namespace_descriptors(struct sim_command *command)
{
    const uint8_t csi = NVME_CSI_NVM;
    struct sim_namespace *ns;
    uint8_t eui64[8];
    uint8_t nguid[16];
    uint16_t status = sim_namespace_active(command, &ns);

    if (status != 0)
        return status;
    sim_namespace_identifiers(command->sim, ns, eui64, nguid);
    uint8_t *at = descriptor_put(command->sim->scratch, NVME_NIDT_EUI64, eui64, sizeof eui64);
    at = descriptor_put(at, NVME_NIDT_NGUID, nguid, sizeof nguid);
    descriptor_put(at, NVME_NIDT_CSI, &csi, sizeof csi);
    return send(command);
}

/* What does not depend on the command set, figure 280. */
static uint16_t namespace_independent(struct sim_command *command)
{
    struct sim_namespace *ns;
    uint8_t *id = command->sim->scratch;
    uint16_t status = sim_namespace_active(command, &ns);

    if (status != 0)
        return status;
    id[1] = ns->record->shared != 0;
    id[2] = NVME_RESCAP_ALL;
    id[3] = 0x80 | ns->format_percent_left;
    id[8] = ns->write_protected;
    id[14] = 0x01; /* ready */
    return send(command);
}

/* ---- controllers ---------------------------------------------------------------------------------------------------
 */

static uint16_t controller_list(struct sim_command *command, bool attached)
{
    struct nvme_controller_list *list = (struct nvme_controller_list *)command->sim->scratch;
    const uint32_t from = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_IDENTIFY_CNTID);
    bool listed = from <= SIM_CNTLID;

    if (attached) {
        const uint32_t nsid = command->sqe.nsid;

        if (nsid == 0 || nsid > SIM_MAX_NAMESPACES)
            return sim_refuse(command, NVME_SC_INVALID_NAMESPACE, SIM_AT_NSID, 0);
        listed = listed && command->sim->ns[nsid - 1].attached;
    }
    if (listed) {
        list->count = 1;
        list->id[0] = SIM_CNTLID;
    }
    return send(command);
}

/* Extended LBA formats, NVM 1.0c figure 100. NSID FFFFFFFFh asks for what all namespaces have in common. */
static uint16_t namespace_nvm(struct sim_command *command, bool allocated)
{
    const struct sim *sim = command->sim;
    struct nvme_identify_namespace_nvm *id = (struct nvme_identify_namespace_nvm *)sim->scratch;
    struct sim_namespace *ns = NULL;
    uint16_t status = 0;

    if (allocated && command->sqe.nsid != NVME_NSID_ALL && command->sqe.nsid - 1 < SIM_MAX_NAMESPACES)
        ns = sim_namespace_allocated(command->sim, command->sqe.nsid);
    if (ns == NULL && command->sqe.nsid != NVME_NSID_ALL)
        status = sim_namespace_active(command, &ns);
    if (status != 0)
        return status;
    if (ns != NULL)
        id->lbstm = ns->protection.storage_tag_mask;
    id->pic = NVME_PIC_16B_STORAGE | NVME_PIC_READ_CHECK;
    for (uint32_t i = 0; i < SIM_FORMATS; i++)
        id->elbaf[i] = (uint32_t)(NVME_PUT(sim_lba_format(i)->pif, NVME_ELBAF_PIF) |
                                  NVME_PUT(sim_format_storage_bits(sim, i), NVME_ELBAF_STS));
    return send(command);
}

static uint16_t command_set_specific(struct sim_command *command, uint32_t cns)
{
    if (NVME_GET(command->sqe.cdw11, NVME_IDENTIFY_CSI) != NVME_CSI_NVM)
        return sim_invalid(command, SIM_AT_CDW11 + 3, 0);
    switch (cns) {
    case NVME_CNS_CSI_NAMESPACE:
        return namespace_nvm(command, false);
    case NVME_CNS_CSI_ALLOCATED_NAMESPACE:
        return namespace_nvm(command, true);
    case NVME_CNS_CSI_CONTROLLER:
        return send(command); /* limits of Verify, Write Zeroes, Write Uncorrectable and DSM: none */
    case NVME_CNS_CSI_ACTIVE_NAMESPACES:
        return namespace_list(command, false);
    default:
        return namespace_list(command, true);
    }
}

uint16_t sim_identify(struct sim_command *command)
{
    const uint32_t cns = (uint32_t)NVME_GET(command->sqe.cdw10, NVME_IDENTIFY_CNS);

    memset(command->sim->scratch, 0, PAGE_BYTES);
    switch (cns) {
    case NVME_CNS_NAMESPACE:
        return namespace_identify(command, false);
    case NVME_CNS_CONTROLLER:
        sim_identify_controller(command->sim, (struct nvme_identify_controller *)command->sim->scratch);
        return send(command);
    case NVME_CNS_ACTIVE_NAMESPACES:
        return namespace_list(command, false);
    case NVME_CNS_NAMESPACE_DESCRIPTORS:
        return namespace_descriptors(command);
    case NVME_CNS_CSI_NAMESPACE:
    case NVME_CNS_CSI_CONTROLLER:
    case NVME_CNS_CSI_ACTIVE_NAMESPACES:
    case NVME_CNS_CSI_ALLOCATED_NAMESPACES:
    case NVME_CNS_CSI_ALLOCATED_NAMESPACE:
        return command_set_specific(command, cns);
    case NVME_CNS_INDEPENDENT_NAMESPACE:
        return namespace_independent(command);
    case NVME_CNS_ALLOCATED_NAMESPACES:
        return namespace_list(command, true);
    case NVME_CNS_ALLOCATED_NAMESPACE:
        return namespace_identify(command, true);
    case NVME_CNS_ATTACHED_CONTROLLERS:
        return controller_list(command, true);
    case NVME_CNS_CONTROLLERS:
        return controller_list(command, false);
    case NVME_CNS_COMMAND_SETS:
        command->sim->scratch[0] = 1u << NVME_CSI_NVM; /* the one combination there is */
        return send(command);
    default:
        return sim_invalid(command, SIM_AT_CDW10, 0);
    }
}
