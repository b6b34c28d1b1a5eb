/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/reservations.h"

#include <string.h>

#include "sim/admin.h"
#include "sim/sim.h"

/* A reservation command, and the host that sends it. */
struct deed {
    struct sim_command *command;
    struct sim *sim;
    uint32_t slot;
    struct sim_reservation *reservation;
    uint8_t host[16];
    uint32_t cdw10;
    uint64_t current_key;
    uint64_t other_key; /* new, or to be preempted */
};

/* ---- registrants ------------------------------------------------------------------------------------------------- */

static bool same_host(const uint8_t a[16], const uint8_t b[16])
{
    return memcmp(a, b, 16) == 0;
}

static struct sim_registrant *find(struct sim_reservation *reservation, const uint8_t host[16])
{
    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++)
        if (reservation->registrant[i].used && same_host(reservation->registrant[i].host, host))
            return &reservation->registrant[i];
    return NULL;
}

static uint32_t registrants_count(const struct sim_reservation *reservation)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++)
        count += reservation->registrant[i].used;
    return count;
}

static bool is_all(uint32_t type)
{
    return type == NVME_RTYPE_WRITE_EXCLUSIVE_ALL || type == NVME_RTYPE_EXCLUSIVE_ACCESS_ALL;
}

/* Types that tell registrants when the reservation ends. */
static bool is_shared(uint32_t type)
{
    return type >= NVME_RTYPE_WRITE_EXCLUSIVE_REGISTRANTS;
}

static bool holds(const struct sim_reservation *reservation, const struct sim_registrant *registrant)
{
    return reservation->type != NVME_RTYPE_NONE &&
           (is_all(reservation->type) || &reservation->registrant[reservation->holder] == registrant);
}

static void forget(struct sim_registrant *registrant)
{
    memset(registrant, 0, sizeof *registrant);
}

/* ---- notifications, 8.19.9 --------------------------------------------------------------------------------------- */

void sim_notices_report(struct sim *sim)
{
    if (sim->notices.waiting_count != 0)
        sim_async_report(sim, NVME_AER_IO_COMMAND_SET, NVME_AER_IO_RESERVATION, NVME_LID_RESERVATION);
}

uint32_t sim_notices_log(const struct sim *sim, uint8_t *out)
{
    struct nvme_reservation_log *log = (struct nvme_reservation_log *)out;
    const struct sim_notices *notices = &sim->notices;

    if (notices->waiting_count != 0) {
        log->count = notices->waiting[0].count;
        log->type = notices->waiting[0].type;
        log->available = (uint8_t)(notices->waiting_count - 1);
        log->nsid = notices->waiting[0].nsid;
    }
    return sizeof *log;
}

void sim_notices_take(struct sim *sim)
{
    struct sim_notices *notices = &sim->notices;

    if (notices->waiting_count == 0)
        return;
    notices->waiting_count--;
    memmove(&notices->waiting[0], &notices->waiting[1], notices->waiting_count * sizeof notices->waiting[0]);
}

/* Something was done to `host`; it is told if it is the one on this controller and did not do it itself. */
static void notify(const struct deed *deed, const uint8_t host[16], uint8_t type)
{
    struct sim *sim = deed->sim;
    struct sim_notices *notices = &sim->notices;

    if (same_host(host, deed->host) || !same_host(host, sim->features.host_id) ||
        (sim->features.reservation_mask[deed->slot] & 1u << type) != 0)
        return;
    notices->count++;
    if (notices->waiting_count == SIM_NOTICES)
        sim_notices_take(sim);
    notices->waiting[notices->waiting_count].count = notices->count;
    notices->waiting[notices->waiting_count].nsid = deed->slot + 1;
    notices->waiting[notices->waiting_count].type = type;
    notices->waiting_count++;
    sim_notices_report(sim);
}

static void notify_all(const struct deed *deed, uint8_t type)
{
    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++)
        if (deed->reservation->registrant[i].used)
            notify(deed, deed->reservation->registrant[i].host, type);
}

/* ---- what the host may do, figure 414 ---------------------------------------------------------------------------- */

static uint16_t forbidden(struct sim_reservation *reservation, const uint8_t host[16])
{
    const struct sim_registrant *registrant = find(reservation, host);

    if (reservation->type == NVME_RTYPE_NONE || (registrant != NULL && is_shared(reservation->type)) ||
        (registrant != NULL && holds(reservation, registrant)))
        return SIM_RESERVED_NOTHING;
    switch (reservation->type) {
    case NVME_RTYPE_WRITE_EXCLUSIVE:
    case NVME_RTYPE_WRITE_EXCLUSIVE_REGISTRANTS:
    case NVME_RTYPE_WRITE_EXCLUSIVE_ALL:
        return SIM_RESERVED_WRITES;
    default:
        return SIM_RESERVED_ALL;
    }
}

void sim_reservations_follow(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        sim->ns[slot].reserved = forbidden(&sim->state->reservations[slot], sim->features.host_id);
}

uint16_t sim_namespace_hurdle(const struct sim_command *command, const struct sim_namespace *ns)
{
    const uint8_t opcode = command->sqe.opcode;
    const bool reads = opcode == NVME_NVM_READ || opcode == NVME_NVM_COMPARE || opcode == NVME_NVM_VERIFY;

    if (ns->blocked != 0)
        return ns->blocked;
    return ns->reserved > (reads ? SIM_RESERVED_WRITES : SIM_RESERVED_NOTHING) ? NVME_SC_RESERVATION_CONFLICT : 0;
}

uint16_t sim_reservation_admin(const struct sim_command *command)
{
    const uint32_t nsid = command->sqe.nsid;
    uint32_t most = SIM_RESERVED_NOTHING;
    bool reads = false;

    switch (command->sqe.opcode) {
    case NVME_ADMIN_SECURITY_RECEIVE:
        reads = true;
        break;
    case NVME_ADMIN_FORMAT_NVM:
    case NVME_ADMIN_NS_MANAGEMENT: /* creating one has NSID 0 */
    case NVME_ADMIN_NS_ATTACHMENT:
    case NVME_ADMIN_SECURITY_SEND:
    case NVME_ADMIN_DIRECTIVE_SEND:
        break;
    default:
        return 0;
    }
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if ((nsid == slot + 1 || nsid == NVME_NSID_ALL) && command->sim->ns[slot].reserved > most)
            most = command->sim->ns[slot].reserved;
    return most > (reads ? SIM_RESERVED_WRITES : SIM_RESERVED_NOTHING) ? NVME_SC_RESERVATION_CONFLICT : 0;
}

/* ---- life ------------------------------------------------------------------------------------------------------- */

void sim_reservations_namespace_gone(struct sim *sim, uint32_t slot)
{
    memset(&sim->state->reservations[slot], 0, sizeof sim->state->reservations[slot]);
    sim->ns[slot].reserved = SIM_RESERVED_NOTHING;
}

/* The end of a registrant, and of the reservation if it held that alone. Return: the reservation has ended. */
static bool unregister(struct sim_reservation *reservation, struct sim_registrant *registrant)
{
    const bool held = holds(reservation, registrant);

    forget(registrant);
    if (!held || (is_all(reservation->type) && registrants_count(reservation) != 0))
        return false;
    reservation->type = NVME_RTYPE_NONE;
    return true;
}

void sim_reservations_reset(struct sim *sim)
{
    static const uint8_t nobody[16];

    memset(&sim->notices, 0, sizeof sim->notices);
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++) {
        struct sim_registrant *registrant = find(&sim->state->reservations[slot], nobody);

        if (registrant != NULL)
            unregister(&sim->state->reservations[slot], registrant);
    }
    sim_reservations_follow(sim);
}

void sim_reservations_power_on(struct sim *sim)
{
    for (uint32_t slot = 0; slot < SIM_MAX_NAMESPACES; slot++)
        if (!sim->state->reservations[slot].persists)
            memset(&sim->state->reservations[slot], 0, sizeof sim->state->reservations[slot]);
    sim_reservations_follow(sim);
}

/* ---- commands, 7.2 to 7.5 ---------------------------------------------------------------------------------------- */

static uint16_t register_key(struct deed *deed, struct sim_registrant *mine)
{
    struct sim_reservation *reservation = deed->reservation;

    if (deed->other_key == 0) /* a key of 0 means "all registrants" to a preemption */
        return sim_invalid(deed->command, SIM_AT_PRP1, 0);
    if (mine != NULL)
        return mine->key == deed->other_key ? 0 : NVME_SC_RESERVATION_CONFLICT;
    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++) {
        struct sim_registrant *registrant = &reservation->registrant[i];

        if (registrant->used)
            continue;
        memcpy(registrant->host, deed->host, sizeof registrant->host);
        registrant->key = deed->other_key;
        registrant->used = 1;
        reservation->generation++;
        return 0;
    }
    return NVME_SC_INTERNAL; /* no room for another registrant */
}

static uint16_t register_run(struct deed *deed)
{
    struct sim_reservation *reservation = deed->reservation;
    struct sim_registrant *mine = find(reservation, deed->host);
    const uint32_t action = deed->cdw10 & NVME_RES_ACTION;
    const uint32_t cptpl = (uint32_t)NVME_GET(deed->cdw10, NVME_RES_CPTPL);
    const uint32_t type = reservation->type;
    uint16_t status = 0;

    if (action > NVME_RES_REPLACE)
        return sim_invalid(deed->command, SIM_AT_CDW10, 0);
    if (cptpl == 1)
        return sim_invalid(deed->command, SIM_AT_CDW10 + 3, 6);
    if (action != NVME_RES_REGISTER &&
        (mine == NULL || ((deed->cdw10 & NVME_RES_IEKEY) == 0 && mine->key != deed->current_key)))
        return NVME_SC_RESERVATION_CONFLICT;
    if (action == NVME_RES_REGISTER) {
        status = register_key(deed, mine);
    } else if (action == NVME_RES_UNREGISTER) {
        if (unregister(reservation, mine) && is_shared(type))
            notify_all(deed, NVME_RESLOG_RELEASED);
        reservation->generation++;
    } else if (deed->other_key == 0) {
        status = sim_invalid(deed->command, SIM_AT_PRP1, 0);
    } else {
        mine->key = deed->other_key;
        reservation->generation++;
    }
    if (status == 0 && cptpl != NVME_CPTPL_KEEP)
        reservation->persists = cptpl == NVME_CPTPL_SET;
    return status;
}

static void reserve(struct deed *deed, const struct sim_registrant *mine, uint32_t type)
{
    deed->reservation->type = (uint8_t)type;
    deed->reservation->holder = (uint8_t)(mine - deed->reservation->registrant);
}

static uint16_t acquire(struct deed *deed, const struct sim_registrant *mine, uint32_t type)
{
    const struct sim_reservation *reservation = deed->reservation;

    if (reservation->type != NVME_RTYPE_NONE)
        return holds(reservation, mine) && reservation->type == type ? 0 : NVME_SC_RESERVATION_CONFLICT;
    reserve(deed, mine, type);
    return 0;
}

/* Registrations of others with this key, or of all others, end. Return: how many, the sender's own included. */
static uint32_t preempt_registrants(struct deed *deed, bool all, const struct sim_registrant *keep, uint8_t notice)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++) {
        struct sim_registrant *registrant = &deed->reservation->registrant[i];

        if (!registrant->used || (!all && registrant->key != deed->other_key))
            continue;
        count++;
        if (registrant == keep)
            continue;
        notify(deed, registrant->host,
               holds(deed->reservation, registrant) ? notice : NVME_RESLOG_REGISTRATION_PREEMPTED);
        forget(registrant);
    }
    return count;
}

/* The reservation passes to the sender; registrants that stay learn that the type has changed. */
static void take_over(struct deed *deed, const struct sim_registrant *mine, uint32_t type)
{
    const uint32_t old = deed->reservation->type;

    reserve(deed, mine, type);
    if (old != type && is_shared(old))
        notify_all(deed, NVME_RESLOG_RELEASED);
}

static uint16_t preempt(struct deed *deed, const struct sim_registrant *mine, uint32_t type)
{
    struct sim_reservation *reservation = deed->reservation;
    const bool everybody = is_all(reservation->type) && deed->other_key == 0;
    const bool holder = reservation->type != NVME_RTYPE_NONE && !is_all(reservation->type) &&
                        reservation->registrant[reservation->holder].key == deed->other_key;

    if (everybody || holder) {
        preempt_registrants(deed, everybody, mine, NVME_RESLOG_PREEMPTED);
        take_over(deed, mine, type);
    } else if (deed->other_key == 0) {
        return sim_invalid(deed->command, SIM_AT_PRP1, 0);
    } else if (preempt_registrants(deed, false, NULL, NVME_RESLOG_REGISTRATION_PREEMPTED) == 0) {
        return NVME_SC_RESERVATION_CONFLICT;
    } else if (registrants_count(reservation) == 0) {
        reservation->type = NVME_RTYPE_NONE;
    }
    reservation->generation++;
    return 0;
}

static uint16_t acquire_run(struct deed *deed)
{
    const struct sim_registrant *mine = find(deed->reservation, deed->host);
    const uint32_t action = deed->cdw10 & NVME_RES_ACTION;
    const uint32_t type = (uint32_t)NVME_GET(deed->cdw10, NVME_RES_TYPE);

    if (action > NVME_RES_PREEMPT_ABORT)
        return sim_invalid(deed->command, SIM_AT_CDW10, 0);
    if ((deed->cdw10 & NVME_RES_IEKEY) != 0)
        return sim_invalid(deed->command, SIM_AT_CDW10, 3);
    if (type < NVME_RTYPE_WRITE_EXCLUSIVE || type > NVME_RTYPE_EXCLUSIVE_ACCESS_ALL)
        return sim_invalid(deed->command, SIM_AT_CDW10 + 1, 0);
    if (mine == NULL || mine->key != deed->current_key)
        return NVME_SC_RESERVATION_CONFLICT;
    /* No other host's commands run on this controller: there are none to abort. */
    return action == NVME_RES_ACQUIRE ? acquire(deed, mine, type) : preempt(deed, mine, type);
}

static void clear(struct deed *deed)
{
    struct sim_reservation *reservation = deed->reservation;

    notify_all(deed, reservation->type != NVME_RTYPE_NONE ? NVME_RESLOG_PREEMPTED : NVME_RESLOG_REGISTRATION_PREEMPTED);
    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++)
        forget(&reservation->registrant[i]);
    reservation->type = NVME_RTYPE_NONE;
    reservation->generation++;
}

static uint16_t release_run(struct deed *deed)
{
    struct sim_reservation *reservation = deed->reservation;
    const struct sim_registrant *mine = find(reservation, deed->host);
    const uint32_t action = deed->cdw10 & NVME_RES_ACTION;
    const uint32_t type = (uint32_t)NVME_GET(deed->cdw10, NVME_RES_TYPE);

    if (action > NVME_RES_CLEAR)
        return sim_invalid(deed->command, SIM_AT_CDW10, 0);
    if ((deed->cdw10 & NVME_RES_IEKEY) != 0)
        return sim_invalid(deed->command, SIM_AT_CDW10, 3);
    if (mine == NULL || mine->key != deed->current_key)
        return NVME_SC_RESERVATION_CONFLICT;
    if (action == NVME_RES_CLEAR) {
        clear(deed);
        return 0;
    }
    if (!holds(reservation, mine)) /* nothing of the host's to release */
        return 0;
    if (type != reservation->type)
        return sim_invalid(deed->command, SIM_AT_CDW10 + 1, 0);
    reservation->type = NVME_RTYPE_NONE;
    if (is_shared(type))
        notify_all(deed, NVME_RESLOG_RELEASED);
    return 0;
}

static uint16_t deed_of(struct sim_command *command, struct deed *deed)
{
    struct sim_namespace *ns;
    uint16_t status = sim_namespace_active(command, &ns);

    if (status == 0)
        status = ns->blocked;
    if (status != 0)
        return status;
    *deed = (struct deed){.command = command,
                          .sim = command->sim,
                          .slot = ns->nsid - 1,
                          .reservation = &command->sim->state->reservations[ns->nsid - 1],
                          .cdw10 = command->sqe.cdw10};
    memcpy(deed->host, command->sim->features.host_id, sizeof deed->host);
    return 0;
}

static uint16_t run(struct sim_command *command, uint16_t (*how)(struct deed *deed), uint32_t keys)
{
    uint64_t data[2] = {0, 0};
    struct deed deed;
    uint16_t status = deed_of(command, &deed);

    if (status == 0)
        status = sim_data_from_host(command, data, keys * sizeof data[0]);
    if (status != 0)
        return status;
    deed.current_key = data[0];
    deed.other_key = data[1];
    status = how(&deed);
    sim_reservations_follow(command->sim);
    return status;
}

uint16_t sim_reservation_register(struct sim_command *command)
{
    return run(command, register_run, 2);
}

uint16_t sim_reservation_acquire(struct sim_command *command)
{
    return run(command, acquire_run, 2);
}

uint16_t sim_reservation_release(struct sim_command *command)
{
    return run(command, release_run, 1);
}

uint16_t sim_reservation_peer(struct sim_command *command)
{
    static const uint8_t nobody[16];
    struct {
        uint8_t host[16];
        uint64_t keys[2];
    } data;
    struct deed deed;
    uint16_t status = deed_of(command, &deed);

    if (status == 0)
        status = sim_data_from_host(command, &data, sizeof data);
    if (status != 0)
        return status;
    if (same_host(data.host, nobody))
        return sim_invalid(command, SIM_AT_PRP1, 0);
    memcpy(deed.host, data.host, sizeof deed.host);
    deed.current_key = data.keys[0];
    deed.other_key = data.keys[1];
    switch (command->sqe.cdw11) {
    case NVME_NVM_RESERVATION_REGISTER:
        status = register_run(&deed);
        break;
    case NVME_NVM_RESERVATION_ACQUIRE:
        status = acquire_run(&deed);
        break;
    case NVME_NVM_RESERVATION_RELEASE:
        status = release_run(&deed);
        break;
    default:
        return sim_invalid(command, SIM_AT_CDW11, 0);
    }
    sim_reservations_follow(command->sim);
    return status;
}

/* ---- report ----------------------------------------------------------------------------------------------------- */

static uint8_t *registrant_put(const struct deed *deed, const struct sim_registrant *registrant, bool extended,
                               uint8_t *at)
{
    /* Only the host on this controller has a controller here. */
    const uint16_t cntlid = same_host(registrant->host, deed->host) ? SIM_CNTLID : UINT16_MAX;
    const uint8_t rcsts = holds(deed->reservation, registrant);

    if (extended) {
        struct nvme_registered_controller_extended entry = {.cntlid = cntlid, .rcsts = rcsts, .rkey = registrant->key};

        memcpy(entry.hostid, registrant->host, sizeof entry.hostid);
        memcpy(at, &entry, sizeof entry);
        return at + sizeof entry;
    }
    struct nvme_registered_controller entry = {.cntlid = cntlid, .rcsts = rcsts, .rkey = registrant->key};

    memcpy(&entry.hostid, registrant->host, sizeof entry.hostid);
    memcpy(at, &entry, sizeof entry);
    return at + sizeof entry;
}

uint16_t sim_reservation_report(struct sim_command *command)
{
    struct sim *sim = command->sim;
    const uint64_t wanted = ((uint64_t)command->sqe.cdw10 + 1) * 4;
    const bool extended = (command->sqe.cdw11 & NVME_RES_EDS) != 0;
    struct deed deed;
    uint16_t status = deed_of(command, &deed);

    if (status != 0)
        return status;
    if (sim->mdts_bytes != 0 && wanted > sim->mdts_bytes)
        return sim_invalid(command, SIM_AT_CDW10, 0);
    if (!extended && sim->features.host_id_extended)
        return sim_refuse(command, NVME_SC_HOST_ID_FORMAT, SIM_AT_CDW11, 0);
    const struct nvme_reservation_status head = {.gen = deed.reservation->generation,
                                                 .rtype = deed.reservation->type,
                                                 .regctl = (uint16_t)registrants_count(deed.reservation),
                                                 .ptpls = deed.reservation->persists};
    memset(sim->scratch, 0, SIM_SCRATCH_BYTES);
    memcpy(sim->scratch, &head, sizeof head);
    uint8_t *at = sim->scratch + (extended ? sizeof(struct nvme_registered_controller_extended) : sizeof head);
    for (uint32_t i = 0; i < SIM_REGISTRANTS; i++)
        if (deed.reservation->registrant[i].used)
            at = registrant_put(&deed, &deed.reservation->registrant[i], extended, at);
    return sim_data_to_host(command, sim->scratch, wanted < SIM_SCRATCH_BYTES ? wanted : SIM_SCRATCH_BYTES);
}
