/* SPDX-License-Identifier: Apache-2.0 */
/* Commands of NVMe over Fabrics, NVMe Base 2.0c 6, and the life of associations. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/atomics.h"
#include "tcp/target.h"

#define DAMAGED UINT32_MAX /* bytes of data whose digest was wrong */

struct answer {
    uint16_t status;
    uint64_t result; /* dwords 0 and 1 */
    uint64_t delay_ns;
};

/* ---- associations ------------------------------------------------------------------------------------------------ */

static void mark(void *context, uint32_t qid, uint32_t place, const bell_fault_rule *rule)
{
    const struct target_subsystem *subsystem = context;
    struct target_connection *connection = subsystem->association != NULL ? subsystem->association->queue[qid] : NULL;

    if (connection != NULL && connection->marks != NULL)
        connection->marks[place] = rule;
}

/* The queue and its commands; the connection itself may go on for a while. */
static void queue_detach(struct target_connection *connection)
{
    struct target_association *association = connection->association;

    if (association == NULL)
        return;
    if (association->subsystem != NULL) {
        sim_fabric_queue_close(association->subsystem->sim, &connection->queue);
        target_send_data_end(connection);
        target_slots_close(connection);
    }
    free(connection->marks);
    connection->marks = NULL;
    association->queue[connection->qid] = NULL;
    connection->association = NULL;
}

void target_association_end(struct target_association *association, const char *reason)
{
    struct target *target;

    if (association->ending)
        return;
    association->ending = true;
    for (uint32_t qid = 0; qid < TARGET_QUEUES_MAX; qid++) {
        struct target_connection *connection = association->queue[qid];

        if (connection == NULL)
            continue;
        target = connection->target;
        queue_detach(connection);
        connection->ending = true;
        connection->deadline_ns = bell_now() + TARGET_LINGER_NS;
        if (qid == 0 && association->subsystem != NULL)
            target_told(target, "%s", reason);
    }
    if (association->subsystem != NULL) {
        sim_fabric_renew(association->subsystem->sim);
        association->subsystem->fabric.kato_ms = 0;
        association->subsystem->association = NULL;
        atomic_fetch_sub(&association->subsystem->target->associations, 1);
    }
    free(association);
}

void target_leave(struct target_connection *connection, const char *reason)
{
    if (connection->association == NULL)
        return;
    if (connection->deleted && connection->qid != 0)
        queue_detach(connection);
    else
        target_association_end(connection->association, reason);
}

/* ---- Connect, 6.3 ------------------------------------------------------------------------------------------------ */

static uint16_t parameter_refuse(struct answer *answer, bool in_data, uint32_t offset)
{
    answer->result = NVME_PUT(offset, NVMF_CONNECT_IPO) | (in_data ? NVMF_CONNECT_IN_DATA : 0);
    return NVMF_SC_CONNECT_PARAMETERS | NVME_STATUS_DNR;
}

#define IN_SQE(field)  false, offsetof(struct nvmf_connect, field)
#define IN_DATA(field) true, offsetof(struct nvmf_connect_data, field)

static bool nqn_valid(const char *nqn)
{
    const size_t length = strnlen(nqn, NVMF_NQN_BYTES);

    return length >= 11 && length <= NVMF_NQN_MAX && strncmp(nqn, "nqn.", 4) == 0;
}

static struct target_subsystem *subsystem_find(struct target *target, const char *nqn)
{
    for (uint32_t i = 0; i < target->subsystem_count; i++)
        if (strcmp(target->subsystem[i].fabric.subnqn, nqn) == 0)
            return &target->subsystem[i];
    return NULL;
}

/* What an admin queue's Connect makes. */
static struct target_association *association_new(struct target *target, struct target_subsystem *subsystem,
                                                  const struct nvmf_connect_data *data)
{
    struct target_association *association = calloc(1, sizeof *association);

    if (association == NULL)
        return NULL;
    association->subsystem = subsystem;
    memcpy(association->hostnqn, data->hostnqn, sizeof association->hostnqn);
    memcpy(association->hostid, data->hostid, sizeof association->hostid);
    if (subsystem == NULL) {
        target->next_cntlid = target->next_cntlid % 0xffef + 1;
        association->cntlid = target->next_cntlid;
    } else {
        association->cntlid = 1; /* the device's */
        subsystem->association = association;
        atomic_fetch_add(&target->associations, 1);
        atomic_fetch_add(&target->hosts, 1);
    }
    return association;
}

static int queue_make(struct target_connection *connection, struct target_association *association)
{
    struct sim *sim = association->subsystem->sim;
    /* Twice what the host knows: hosts are seen to have as many commands outstanding as the queue has entries. */
    int err = sim_fabric_queue_open(sim, &connection->queue, connection->qid, 2 * connection->entries);

    if (err != 0)
        return err;
    connection->marks = calloc(connection->queue.cq_entries, sizeof connection->marks[0]);
    err = connection->marks == NULL ? -ENOMEM : target_slots_open(connection, connection->entries);
    if (err != 0) {
        free(connection->marks);
        connection->marks = NULL;
        sim_fabric_queue_close(sim, &connection->queue);
    }
    return err;
}

static uint16_t admin_connect(struct target_connection *connection, const struct nvmf_connect *command,
                              const struct nvmf_connect_data *data, struct answer *answer)
{
    struct target *target = connection->target;
    const bool discovery = strcmp(data->subnqn, NVMF_DISCOVERY_NQN) == 0;
    struct target_subsystem *subsystem = discovery ? NULL : subsystem_find(target, data->subnqn);
    struct target_association *association;

    if (!discovery && (subsystem == NULL || sim_fabric_gone(subsystem->sim)))
        return parameter_refuse(answer, IN_DATA(subnqn));
    if (data->cntlid != NVMF_CNTLID_DYNAMIC)
        return parameter_refuse(answer, IN_DATA(cntlid));
    if (command->sqsize == 0 || command->sqsize >= TARGET_ADMIN_ENTRIES)
        return parameter_refuse(answer, IN_SQE(sqsize));
    if (subsystem != NULL && subsystem->association != NULL)
        return NVMF_SC_CONNECT_BUSY;
    association = association_new(target, subsystem, data);
    if (association == NULL)
        return NVME_SC_INTERNAL;
    connection->association = association;
    association->queue[0] = connection;
    if (subsystem != NULL) {
        subsystem->fabric.kato_ms = command->kato;
        memcpy(subsystem->fabric.hostid, data->hostid, sizeof subsystem->fabric.hostid);
        if (queue_make(connection, association) != 0) {
            target_association_end(association, "no memory for its admin queue");
            return NVME_SC_INTERNAL;
        }
    } else {
        association->discovery.kato_ms = command->kato;
        association->discovery.seen = target->generation;
        association->discovery.expires_ns =
            command->kato != 0 ? bell_now() + command->kato * BELL_NS_PER_MS : UINT64_MAX;
    }
    answer->result = association->cntlid;
    return 0;
}

static uint16_t io_connect(struct target_connection *connection, const struct nvmf_connect *command,
                           const struct nvmf_connect_data *data, struct answer *answer)
{
    struct target_subsystem *subsystem = subsystem_find(connection->target, data->subnqn);
    struct target_association *association = subsystem != NULL ? subsystem->association : NULL;

    if (strcmp(data->subnqn, NVMF_DISCOVERY_NQN) == 0) /* has an admin queue alone */
        return parameter_refuse(answer, IN_SQE(qid));
    if (subsystem == NULL)
        return parameter_refuse(answer, IN_DATA(subnqn));
    if (association == NULL || data->cntlid != association->cntlid)
        return parameter_refuse(answer, IN_DATA(cntlid));
    if (memcmp(data->hostnqn, association->hostnqn, sizeof data->hostnqn) != 0)
        return parameter_refuse(answer, IN_DATA(hostnqn));
    if (memcmp(data->hostid, association->hostid, sizeof data->hostid) != 0)
        return parameter_refuse(answer, IN_DATA(hostid));
    if (!association->enabled)
        return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    if (command->qid > sim_fabric_max_queues(subsystem->sim) || association->queue[command->qid] != NULL)
        return parameter_refuse(answer, IN_SQE(qid));
    if (command->sqsize == 0 || command->sqsize >= sim_fabric_max_entries(subsystem->sim))
        return parameter_refuse(answer, IN_SQE(sqsize));
    connection->association = association;
    association->queue[command->qid] = connection;
    if (queue_make(connection, association) != 0) {
        association->queue[command->qid] = NULL;
        connection->association = NULL;
        return NVME_SC_INTERNAL;
    }
    connection->queue.consumed = 1;
    sim_fabric_queue_start(subsystem->sim, &connection->queue, command->cattr & NVMF_CATTR_PRIORITY);
    answer->result = association->cntlid;
    return 0;
}

static uint16_t connect_command(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *bytes,
                                uint32_t count, struct answer *answer)
{
    struct nvmf_connect command;
    struct nvmf_connect_data data;
    uint16_t status;

    if (connection->association != NULL)
        return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR;
    memcpy(&command, sqe, sizeof command);
    if (command.sgl1.id != NVME_SGL_IN_CAPSULE || command.sgl1.address != 0)
        return NVME_SC_SGL_DESCRIPTOR_TYPE | NVME_STATUS_DNR;
    if (command.sgl1.length < sizeof data || count < sizeof data)
        return NVME_SC_SGL_DATA_LENGTH | NVME_STATUS_DNR;
    memcpy(&data, bytes, sizeof data);
    if (command.recfmt != 0)
        return NVMF_SC_CONNECT_FORMAT | NVME_STATUS_DNR;
    if (memchr(data.subnqn, 0, sizeof data.subnqn) == NULL)
        return parameter_refuse(answer, IN_DATA(subnqn));
    if (memchr(data.hostnqn, 0, sizeof data.hostnqn) == NULL || !nqn_valid(data.hostnqn))
        return parameter_refuse(answer, IN_DATA(hostnqn));
    connection->qid = command.qid;
    connection->entries = command.sqsize + 1u;
    connection->no_flow = (command.cattr & NVMF_CATTR_NO_FLOW) != 0;
    status = command.qid == 0 ? admin_connect(connection, &command, &data, answer)
                              : io_connect(connection, &command, &data, answer);
    if (status == 0)
        connection->deadline_ns = UINT64_MAX;
    else
        connection->no_flow = false;
    return status;
}

/* ---- properties, 6.5 and 6.6 ------------------------------------------------------------------------------------- */

static uint16_t property_command(struct target_connection *connection, const struct nvme_sqe *sqe, bool set,
                                 struct answer *answer)
{
    struct target_association *association = connection->association;
    struct nvmf_property command;
    bool found;

    memcpy(&command, sqe, sizeof command);
    const uint32_t width = (command.attrib & NVMF_PROPERTY_8_BYTES) != 0 ? 8 : 4;

    if (connection->qid != 0)
        return NVMF_SC_QUEUE_TYPE | NVME_STATUS_DNR;
    if (association->subsystem == NULL)
        found = set ? target_discovery_property_set(association, command.offset, width, command.value)
                    : target_discovery_property_get(association, command.offset, width, &answer->result);
    else
        found = set ? sim_fabric_property_set(association->subsystem->sim, command.offset, width, command.value)
                    : sim_fabric_property_get(association->subsystem->sim, command.offset, width, &answer->result,
                                              &answer->delay_ns);
    if (found && set && command.offset == NVME_REG_CC && (command.value & NVME_CC_EN) == 0)
        association->disabling = true;
    return found ? 0 : NVME_SC_INVALID_FIELD | NVME_STATUS_DNR;
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static uint16_t disconnect_command(struct target_connection *connection, const struct nvme_sqe *sqe)
{
    struct nvmf_disconnect command;

    memcpy(&command, sqe, sizeof command);
    if (connection->qid == 0)
        return NVMF_SC_QUEUE_TYPE | NVME_STATUS_DNR;
    if (command.recfmt != 0)
        return NVMF_SC_CONNECT_FORMAT | NVME_STATUS_DNR;
    connection->deleted = true;
    return 0;
}

static uint16_t run(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                    uint32_t bytes, struct answer *answer)
{
    const uint8_t type = ((const struct nvmf_command *)sqe)->fctype;

    if (bytes == DAMAGED)
        return NVME_SC_TRANSIENT_TRANSPORT;
    if (sqe->opcode != NVME_ADMIN_FABRICS || (connection->association == NULL && type != NVMF_CONNECT))
        return NVME_SC_COMMAND_SEQUENCE | NVME_STATUS_DNR; /* Connect comes first */
    switch (type) {
    case NVMF_CONNECT:
        return connect_command(connection, sqe, data, bytes, answer);
    case NVMF_PROPERTY_SET:
        return property_command(connection, sqe, true, answer);
    case NVMF_PROPERTY_GET:
        return property_command(connection, sqe, false, answer);
    case NVMF_DISCONNECT:
        return disconnect_command(connection, sqe);
    default: /* authentication is not required */
        return NVME_SC_INVALID_OPCODE | NVME_STATUS_DNR;
    }
}

static const bell_fault_rule *rule_find(const struct target_connection *connection, const struct nvme_sqe *sqe)
{
    const struct target_association *association = connection->association;

    return association != NULL && association->subsystem != NULL
               ? sim_fabric_rule(association->subsystem->sim, connection->qid, sqe)
               : NULL;
}

void target_fabrics(struct target_connection *connection, const struct nvme_sqe *sqe, const uint8_t *data,
                    uint32_t bytes)
{
    const bell_fault_rule *rule = rule_find(connection, sqe); /* of Connect, when there is an association */
    struct answer answer = {0};
    struct nvme_cqe cqe = {.cid = sqe->cid};

    atomic_fetch_add_explicit(&connection->target->commands, 1, memory_order_relaxed);
    const bool connected = connection->association != NULL;
    if (rule != NULL && (rule->effects & BELL_FAULT_DROP) != 0)
        return;
    if (rule != NULL && (rule->effects & BELL_FAULT_STATUS) != 0 && rule->executed == 0)
        answer.status = (uint16_t)rule->status;
    else
        answer.status = run(connection, sqe, data, bytes, &answer);
    if (!connected)
        rule = rule_find(connection, sqe);
    if (!connected && rule != NULL && (rule->effects & BELL_FAULT_DROP) != 0)
        return;
    if (rule != NULL && (rule->effects & BELL_FAULT_STATUS) != 0)
        answer.status = (uint16_t)rule->status;
    if (rule != NULL && (rule->effects & BELL_FAULT_DELAY) != 0 && connection->association != NULL)
        answer.delay_ns +=
            sim_fabric_random(connection->association->subsystem->sim, rule->delay_min_ns, rule->delay_max_ns);
    if (connection->association != NULL && connection->association->subsystem != NULL && connected)
        cqe.sqhd = (uint16_t)(sim_fabric_skip(connection->association->subsystem->sim, &connection->queue) %
                              connection->entries);
    else if (connected)
        cqe.sqhd = (uint16_t)(connection->queue.consumed = (connection->queue.consumed + 1) % connection->entries);
    else
        cqe.sqhd = connection->no_flow ? UINT16_MAX : 1;
    if (connection->association != NULL && !connected)
        connection->queue.consumed = 1;
    cqe.sqid = (uint16_t)connection->qid;
    cqe.status = (uint16_t)(answer.status << 1);
    cqe.dw0 = (uint32_t)answer.result;
    cqe.dw1 = (uint32_t)(answer.result >> 32);
    target_respond_late(connection, &cqe, rule, answer.delay_ns);
    /* At once: CC.EN may be cleared and set again before anything else is looked at. */
    if (connected && connection->association != NULL && connection->association->subsystem != NULL)
        target_subsystem_run(connection->association->subsystem);
}

/* ---- what became of the device ----------------------------------------------------------------------------------- */

static void admin_restart(struct target_association *association)
{
    struct target_connection *admin = association->queue[0];

    sim_fabric_queue_start(association->subsystem->sim, &admin->queue, 0);
    association->enabled = true;
}

/* A controller that its host has disabled keeps its admin queue; I/O queues are gone, and their connections with them.
 */
static void disabled(struct target_association *association)
{
    association->disabling = false;
    target_slots_forget(association->queue[0]);
    for (uint32_t qid = 1; qid < TARGET_QUEUES_MAX; qid++) {
        struct target_connection *connection = association->queue[qid];

        if (connection == NULL)
            continue;
        queue_detach(connection);
        connection->ending = true;
        connection->deadline_ns = bell_now() + TARGET_LINGER_NS;
    }
}

void target_subsystem_follow(struct target_subsystem *subsystem)
{
    struct target_association *association = subsystem->association;
    const bool gone = sim_fabric_gone(subsystem->sim);
    const bool enabled = sim_fabric_enabled(subsystem->sim);

    if (gone != subsystem->gone) {
        subsystem->gone = gone;
        subsystem->target->generation++;
        target_discovery_changed(subsystem->target);
    }
    if (association == NULL)
        return;
    if (gone) {
        target_association_end(association, "the device has gone");
    } else if (sim_fabric_expired(subsystem->sim)) {
        target_association_end(association, "its keep alive timer expired");
    } else if (enabled && !association->enabled) {
        admin_restart(association);
    } else if (!enabled && association->enabled) {
        association->enabled = false;
        if (association->disabling)
            disabled(association);
        else
            target_association_end(association, "the controller was reset");
    }
}

void target_subsystem_init(struct target_subsystem *subsystem)
{
    subsystem->fabric.capsule_data = TARGET_CAPSULE_DATA;
    subsystem->fabric.most_entries = TARGET_IO_ENTRIES;
    subsystem->fabric.most_bytes = TARGET_TRANSFER_MAX;
    subsystem->fabric.mark = mark;
    subsystem->fabric.context = subsystem;
}
