/* SPDX-License-Identifier: Apache-2.0 */
/* The discovery controller: it has properties, a few admin commands, and the discovery log page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcp/target.h"

#define DISCOVERY_VERSION NVME_VS_2_0
#define EVENT_LOG_CHANGE  UINT32_C(0x80000000) /* feature 0Bh: discovery log page changes are reported */
#define EVENT_LOG_DWORD   UINT32_C(0x0070f002) /* notice, discovery log page change, log 70h */
#define ADMIN_DATA_MAX    (64u * 1024)

/* ---- properties -------------------------------------------------------------------------------------------------- */

bool target_discovery_property_get(struct target_association *association, uint32_t offset, uint32_t width,
                                   uint64_t *value)
{
    switch (offset) {
    case NVME_REG_CAP:
        *value = NVME_PUT(TARGET_ADMIN_ENTRIES - 1, NVME_CAP_MQES) | NVME_CAP_CQR | NVME_PUT(1, NVME_CAP_TO) |
                 NVME_PUT(NVME_CAP_CSS_NVM, NVME_CAP_CSS);
        return width == 8;
    case NVME_REG_VS:
        *value = DISCOVERY_VERSION;
        return width == 4;
    case NVME_REG_CC:
        *value = association->discovery.cc;
        return width == 4;
    case NVME_REG_CSTS:
        *value = association->discovery.csts;
        return width == 4;
    default:
        return false;
    }
}

bool target_discovery_property_set(struct target_association *association, uint32_t offset, uint32_t width,
                                   uint64_t value)
{
    struct target_discovery *discovery = &association->discovery;

    if (offset != NVME_REG_CC || width != 4)
        return false;
    const bool shut_down = NVME_GET(value, NVME_CC_SHN) != NVME_CC_SHN_NONE;

    discovery->cc = (uint32_t)value;
    association->enabled = (value & NVME_CC_EN) != 0;
    discovery->csts = association->enabled ? NVME_CSTS_RDY : 0;
    if (shut_down)
        discovery->csts |= (uint32_t)NVME_PUT(NVME_CSTS_SHST_COMPLETE, NVME_CSTS_SHST);
    if (!association->enabled) {
        discovery->aers = 0;
        discovery->events = 0;
    }
    return true;
}

/* ---- answers ----------------------------------------------------------------------------------------------------- */

static void respond(struct target_connection *connection, uint16_t cid, uint16_t status, uint32_t dw0)
{
    const struct nvme_cqe cqe = {.dw0 = dw0,
                                 .sqhd = (uint16_t)(connection->queue.consumed % connection->entries),
                                 .cid = cid,
                                 .status = (uint16_t)(status << 1)};

    target_respond(connection, &cqe, NULL);
}

/* Data in memory of its own, for there are no slots here. Behind `from` bytes of what there is, as far as the host has
 * described room. */
static void data_respond(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                         uint64_t data_bytes, uint64_t from, uint64_t wanted)
{
    struct nvme_sgl sgl;
    struct target_pdu *pdu;
    struct nvme_tcp_data *head;
    uint8_t *copy;

    memcpy(&sgl, &sqe->prp1, sizeof sgl);
    if ((sqe->flags & NVME_SQE_PSDT) >> 6 != NVME_PSDT_SGL_MPTR_BUFFER) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    if (sgl.id != NVME_SGL_TRANSPORT) {
        respond(connection, sqe->cid, NVME_SC_SGL_DESCRIPTOR_TYPE | NVME_STATUS_DNR, 0);
        return;
    }
    if (sgl.length < wanted) {
        respond(connection, sqe->cid, NVME_SC_SGL_DATA_LENGTH | NVME_STATUS_DNR, 0);
        return;
    }
    if (wanted > ADMIN_DATA_MAX) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    pdu = target_pdu_new(connection, NVME_TCP_C2H_DATA);
    copy = pdu != NULL ? calloc(1, wanted) : NULL;
    if (copy == NULL) {
        connection->dead = true;
        free(pdu);
        return;
    }
    if (from < data_bytes)
        memcpy(copy, data + from, data_bytes - from < wanted ? data_bytes - from : wanted);
    head = (struct nvme_tcp_data *)pdu->head;
    head->header.flags = NVME_TCP_FLAG_LAST;
    head->cccid = sqe->cid;
    head->datal = (uint32_t)wanted;
    pdu->data = copy;
    pdu->own = copy;
    pdu->data_bytes = (uint32_t)wanted;
    target_pdu_send(connection, pdu, NULL);
    respond(connection, sqe->cid, 0, 0);
}

/* ---- Identify ---------------------------------------------------------------------------------------------------- */

static void text_put(char *out, size_t bytes, const char *text)
{
    memset(out, ' ', bytes);
    memcpy(out, text, strlen(text));
}

static void identify(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    struct nvme_identify_controller id = {0};

    if (NVME_GET(sqe->cdw10, NVME_IDENTIFY_CNS) != NVME_CNS_CONTROLLER) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    text_put(id.sn, sizeof id.sn, "DOORBELL");
    text_put(id.mn, sizeof id.mn, "Doorbell discovery");
    text_put(id.fr, sizeof id.fr, "1");
    id.mdts = 4; /* ADMIN_DATA_MAX */
    id.cntlid = connection->association->cntlid;
    id.ver = DISCOVERY_VERSION;
    id.oaes = EVENT_LOG_CHANGE;
    id.cntrltype = 2;
    id.aerl = TARGET_AERS_MAX - 1;
    id.lpa = NVME_LPA_EXTENDED;
    id.elpe = 0;
    id.kas = 10;
    id.maxcmd = TARGET_ADMIN_ENTRIES;
    id.sgls = 0x00300001;
    id.ioccsz = sizeof(struct nvme_sqe) / 16;
    id.iorcsz = sizeof(struct nvme_cqe) / 16;
    id.msdbd = 1;
    snprintf(id.subnqn, sizeof id.subnqn, "%s", NVMF_DISCOVERY_NQN);
    data_respond(connection, sqe, (const uint8_t *)&id, sizeof id, 0, sizeof id);
}

/* ---- the log page, 5.16.1.23 --------------------------------------------------------------------------------------
 */

static void field_put(char *out, size_t bytes, const char *text)
{
    const size_t length = strlen(text);

    memset(out, ' ', bytes);
    memcpy(out, text, length < bytes ? length : bytes);
}

static void entry_fill(struct nvmf_discovery_entry *entry, uint8_t subtype, const char *nqn, uint8_t adrfam,
                       const char *traddr, const char *trsvcid)
{
    entry->trtype = NVMF_TRTYPE_TCP;
    entry->adrfam = adrfam;
    entry->subtype = subtype;
    entry->treq = NVMF_TREQ_NO_FLOW;
    entry->portid = 1;
    entry->cntlid = NVMF_CNTLID_DYNAMIC;
    entry->asqsz = 32;
    snprintf(entry->subnqn, sizeof entry->subnqn, "%s", nqn);
    field_put(entry->traddr, sizeof entry->traddr, traddr);
    field_put(entry->trsvcid, sizeof entry->trsvcid, trsvcid);
}

/* Everything is reachable where this connection has reached us. Return: bytes. */
static uint64_t log_build(const struct target_connection *connection, uint8_t *out)
{
    const struct target *target = connection->target;
    struct nvmf_discovery_log *log = (struct nvmf_discovery_log *)out;
    struct nvmf_discovery_entry *entry = (struct nvmf_discovery_entry *)(log + 1);
    struct sockaddr_storage address = {0};
    socklen_t bytes = sizeof address;
    char host[64] = "";
    char port[8] = "";

    getsockname(connection->socket, (struct sockaddr *)&address, &bytes);
    target_address_text(&address, host, sizeof host, port, sizeof port);
    const uint8_t adrfam = address.ss_family == AF_INET6 ? NVMF_ADRFAM_IPV6 : NVMF_ADRFAM_IPV4;

    entry_fill(entry++, NVMF_SUBTYPE_DISCOVERY, NVMF_DISCOVERY_NQN, adrfam, host, port);
    for (uint32_t i = 0; i < target->subsystem_count; i++)
        if (!target->subsystem[i].gone)
            entry_fill(entry++, NVMF_SUBTYPE_NVM, target->subsystem[i].fabric.subnqn, adrfam, host, port);
    for (uint32_t i = 0; i < target->referral_count; i++)
        entry_fill(entry++, NVMF_SUBTYPE_REFERRAL, NVMF_DISCOVERY_NQN, target->referral[i].adrfam,
                   target->referral[i].traddr, target->referral[i].trsvcid);
    log->genctr = target->generation;
    log->numrec = (uint64_t)(entry - (struct nvmf_discovery_entry *)(log + 1));
    return (uint64_t)((uint8_t *)entry - out);
}

static void log_page(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    const uint64_t wanted =
        (NVME_GET(sqe->cdw10, NVME_LOG_NUMDL) + (NVME_GET(sqe->cdw11, NVME_LOG_NUMDU) << 16) + 1) * 4;
    const uint64_t from = sqe->cdw12 | (uint64_t)sqe->cdw13 << 32;
    uint8_t *log;

    if (NVME_GET(sqe->cdw10, NVME_LOG_LID) != NVMF_LOG_DISCOVERY) {
        respond(connection, sqe->cid, NVME_SC_INVALID_LOG | NVME_STATUS_DNR, 0);
        return;
    }
    if (from % 4 != 0) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    log = calloc(2 + TARGET_SUBSYSTEMS_MAX + TARGET_REFERRALS_MAX, sizeof(struct nvmf_discovery_entry));
    if (log == NULL) {
        respond(connection, sqe->cid, NVME_SC_INTERNAL, 0);
        return;
    }
    if ((sqe->cdw10 & NVME_LOG_RAE) == 0)
        connection->association->discovery.seen = connection->target->generation;
    data_respond(connection, sqe, log, log_build(connection, log), from, wanted);
    free(log);
}

/* ---- features, events, keep alive -------------------------------------------------------------------------------- */

static void expiry_renew(struct target_discovery *discovery)
{
    discovery->expires_ns = discovery->kato_ms != 0 ? bell_now() + discovery->kato_ms * BELL_NS_PER_MS : UINT64_MAX;
}

static void features(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    struct target_discovery *discovery = &connection->association->discovery;
    const bool set = sqe->opcode == NVME_ADMIN_SET_FEATURES;
    const uint32_t fid = (uint32_t)NVME_GET(sqe->cdw10, NVME_FEATURE_FID);
    uint32_t *value = fid == NVME_FEAT_ASYNC_EVENT  ? &discovery->events
                      : fid == NVME_FEAT_KEEP_ALIVE ? &discovery->kato_ms
                                                    : NULL;

    if (value == NULL) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    if (set && fid == NVME_FEAT_ASYNC_EVENT && (sqe->cdw11 & ~EVENT_LOG_CHANGE) != 0) {
        respond(connection, sqe->cid, NVME_SC_INVALID_FIELD | NVME_STATUS_DNR, 0);
        return;
    }
    if (set)
        *value = sqe->cdw11;
    if (set && fid == NVME_FEAT_KEEP_ALIVE)
        expiry_renew(discovery);
    respond(connection, sqe->cid, 0, set ? 0 : *value);
}

static void event_tell(struct target_connection *connection)
{
    struct target_discovery *discovery = &connection->association->discovery;

    if (discovery->aers == 0 || (discovery->events & EVENT_LOG_CHANGE) == 0 ||
        discovery->seen == connection->target->generation)
        return;
    discovery->seen = connection->target->generation;
    respond(connection, discovery->aer[--discovery->aers], 0, EVENT_LOG_DWORD);
}

static void event_request(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    struct target_discovery *discovery = &connection->association->discovery;

    if (discovery->aers == TARGET_AERS_MAX) {
        respond(connection, sqe->cid, NVME_SC_AER_LIMIT | NVME_STATUS_DNR, 0);
        return;
    }
    discovery->aer[discovery->aers++] = sqe->cid;
    event_tell(connection);
}

void target_discovery_changed(struct target *target)
{
    for (struct target_connection *connection = target->connections; connection != NULL; connection = connection->next)
        if (connection->association != NULL && connection->association->subsystem == NULL &&
            connection->association->enabled)
            event_tell(connection);
}

void target_discovery_command(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    connection->queue.consumed = (connection->queue.consumed + 1) % connection->entries;
    if (!connection->association->enabled) {
        respond(connection, sqe->cid, NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR, 0);
        return;
    }
    switch (sqe->opcode) {
    case NVME_ADMIN_IDENTIFY:
        identify(connection, sqe);
        break;
    case NVME_ADMIN_GET_LOG_PAGE:
        log_page(connection, sqe);
        break;
    case NVME_ADMIN_SET_FEATURES:
    case NVME_ADMIN_GET_FEATURES:
        features(connection, sqe);
        break;
    case NVME_ADMIN_ASYNC_EVENT:
        event_request(connection, sqe);
        break;
    case NVME_ADMIN_KEEP_ALIVE:
        expiry_renew(&connection->association->discovery);
        respond(connection, sqe->cid, 0, 0);
        break;
    default:
        respond(connection, sqe->cid, NVME_SC_INVALID_OPCODE | NVME_STATUS_DNR, 0);
        break;
    }
}
