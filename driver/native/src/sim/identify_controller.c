/* SPDX-License-Identifier: Apache-2.0 */
/* Identify controller, NVMe Base 2.0c figure 275. */
#include <stdio.h>
#include <string.h>

#include "sim/background.h"
#include "sim/identify.h"
#include "sim/sgl.h"
#include "sim/sim.h"
#include "spec/pci.h"

static void text_pad(char *out, size_t bytes, const char *text)
{
    const size_t length = strlen(text);

    memset(out, ' ', bytes);
    memcpy(out, text, length < bytes ? length : bytes);
}

static void power_states(struct nvme_identify_controller *id)
{
    /* centiwatts, or 0.1 mW with MXPS; entry and exit in us */
    static const struct nvme_power_state states[SIM_POWER_STATES] = {
        {.mp = 850, .enlat = 0, .exlat = 0, .rrt = 0, .rrl = 0, .rwt = 0, .rwl = 0},
        {.mp = 450, .enlat = 10, .exlat = 10, .rrt = 1, .rrl = 1, .rwt = 1, .rwl = 1},
        {.mp = 300, .enlat = 20, .exlat = 20, .rrt = 2, .rrl = 2, .rwt = 2, .rwl = 2},
        {.mp = 500, .flags = 0x03, .enlat = 1000, .exlat = 2000, .rrt = 3, .rrl = 3, .rwt = 3, .rwl = 3},
        {.mp = 50, .flags = 0x03, .enlat = 5000, .exlat = 20000, .rrt = 4, .rrl = 4, .rwt = 4, .rwl = 4},
    };

    id->npss = SIM_POWER_STATES - 1;
    memcpy(id->psd, states, sizeof states);
}

static void admin_fields(const struct sim *sim, struct nvme_identify_controller *id)
{
    id->oacs = NVME_OACS_SECURITY | NVME_OACS_FORMAT | NVME_OACS_FIRMWARE | NVME_OACS_NAMESPACES | NVME_OACS_SELF_TEST |
               NVME_OACS_DIRECTIVES;
    id->acl = SIM_ABORT_LIMIT - 1;
    id->aerl = SIM_AER_LIMIT - 1;
    id->frmw = 0x11 | SIM_FW_SLOTS << 1; /* slot 1 is read-only; activation without reset */
    id->lpa = NVME_LPA_COMMANDS | NVME_LPA_EXTENDED | NVME_LPA_PERSISTENT_EVENT | NVME_LPA_SUPPORTED;
    id->elpe = SIM_ERROR_LOG - 1;
    id->wctemp = SIM_WARNING_CELSIUS + SIM_KELVIN;
    id->cctemp = SIM_CRITICAL_CELSIUS + SIM_KELVIN;
    id->mtfa = 10;
    if (sim->fabric == NULL) {
        id->hmpre = (uint32_t)(sim->options.hmb / 4096);
        id->hmmin = (uint32_t)(SIM_HMB_MINIMUM / 4096);
        id->hmminds = 1;
        id->hmmaxd = SIM_HMB_DESCRIPTORS;
    }
    id->tnvmcap.low = sim->state->capacity;
    id->unvmcap.low = sim_capacity_free(sim);
    id->edstt = (uint16_t)((sim_self_test_seconds(sim, true) + 59) / 60);
    id->dsto = 1;
    id->fwug = SIM_FW_GRANULARITY / 4096;
    id->kas = 10;
    id->hctma = 1;
    id->mntmt = 313;
    id->mxtmt = SIM_WARNING_CELSIUS + SIM_KELVIN;
    id->sanicap = 0x40000007; /* crypto erase, block erase, overwrite; no further modification of the media */
    id->pels = 1;
}

void sim_default_nqn(const struct sim *sim, char *out, size_t bytes)
{
    snprintf(out, bytes, "nqn.2026-01.dev.doorbell:sim:%s", sim->options.serial);
}

/* NVMe Base 2.0c figure 275, the fields of NVMe over Fabrics. */
static void fabric_fields(const struct sim_fabric *fabric, struct nvme_identify_controller *id)
{
    memcpy(id->subnqn, fabric->subnqn, sizeof id->subnqn);
    id->ioccsz = (uint32_t)(sizeof(struct nvme_sqe) + fabric->capsule_data) / 16;
    id->iorcsz = sizeof(struct nvme_cqe) / 16;
    id->icdoff = 0;
    id->fcatt = 0; /* dynamic controllers */
    id->msdbd = 1;
    id->ofcs = 0x0001;     /* Disconnect of single I/O queues */
    id->sgls = 0x00300001; /* data blocks, with an offset into the capsule or moved by the transport */
    id->nvmsr = 0x01;
}

static void nvm_fields(const struct sim *sim, struct nvme_identify_controller *id)
{
    id->sqes = 0x66;
    id->cqes = 0x44;
    id->maxcmd = (uint16_t)(sim->options.mqes > 65535 ? 65535 : sim->options.mqes);
    id->nn = SIM_MAX_NAMESPACES;
    id->mnan = SIM_MAX_NAMESPACES;
    id->oncs = NVME_ONCS_COMPARE | NVME_ONCS_UNCORRECTABLE | NVME_ONCS_DSM | NVME_ONCS_WRITE_ZEROES | NVME_ONCS_SAVE |
               NVME_ONCS_RESERVATIONS | NVME_ONCS_TIMESTAMP | NVME_ONCS_VERIFY | NVME_ONCS_COPY;
    id->fuses = 1;
    id->fna = 0x04; /* cryptographic erase */
    id->vwc = 0x07; /* present; flush takes NSID FFFFFFFFh */
    id->awun = SIM_ATOMIC_BLOCKS - 1;
    id->awupf = 0;
    id->nwpc = 0x01;
    id->acwu = SIM_ATOMIC_BLOCKS - 1;
    id->cdfs = 0x0003;
    id->sgls = SIM_SGLS;
    sim_default_nqn(sim, id->subnqn, sizeof id->subnqn);
}

void sim_identify_controller(const struct sim *sim, struct nvme_identify_controller *id)
{
    static const uint8_t oui[3] = {0x00, 0x54, 0x52};

    id->vid = (uint16_t)(sim->config.initial[PCI_VENDOR] | sim->config.initial[PCI_VENDOR + 1] << 8);
    id->ssvid =
        (uint16_t)(sim->config.initial[PCI_SUBSYSTEM_VENDOR] | sim->config.initial[PCI_SUBSYSTEM_VENDOR + 1] << 8);
    text_pad(id->sn, sizeof id->sn, sim->options.serial);
    text_pad(id->mn, sizeof id->mn, sim->options.model);
    memcpy(id->fr, sim->state->fw[sim->state->fw_active - 1], sizeof id->fr);
    id->rab = 6;
    memcpy(id->ieee, oui, sizeof oui);
    for (uint64_t pages = sim->mdts_bytes / 4096; pages > 1; pages /= 2)
        id->mdts++;
    id->cntlid = SIM_CNTLID;
    id->ver = NVME_VS_2_0;
    id->rtd3r = 1000000;
    id->rtd3e = 2000000;
    id->oaes = NVME_OAES_NAMESPACE | NVME_OAES_FIRMWARE;
    id->ctratt = NVME_CTRATT_HOST_ID | NVME_CTRATT_ELBAS;
    id->cntrltype = 1;
    id->nvmsr = 0x01;
    admin_fields(sim, id);
    nvm_fields(sim, id);
    power_states(id);
    if (sim->fabric != NULL)
        fabric_fields(sim->fabric, id);
}
