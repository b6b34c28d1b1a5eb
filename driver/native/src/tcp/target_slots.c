/* SPDX-License-Identifier: Apache-2.0 */
/* Commands outstanding on a connection, and the memory for their data: a small buffer for each, and a few large ones
 * that commands with more data wait for. */
#include <stdlib.h>
#include <string.h>

#include "support/error.h"
#include "tcp/target.h"

#define PAGE UINT64_C(4096)

int target_slots_open(struct target_connection *connection, uint32_t count)
{
    struct target_slots *slots = &connection->slots;
    struct sim *sim = connection->association->subsystem->sim;
    void *small = NULL;

    slots->slot = calloc(count, sizeof slots->slot[0]);
    slots->by_cid = calloc(65536, sizeof slots->by_cid[0]);
    slots->small_bytes = (uint64_t)count * TARGET_CAPSULE_DATA;
    if (slots->slot == NULL || slots->by_cid == NULL ||
        sim_fabric_memory(sim, slots->small_bytes, &small, &slots->small_iova) != 0) {
        free(slots->slot);
        free(slots->by_cid);
        memset(slots, 0, sizeof *slots);
        return bell_error_set(-12, "out of memory");
    }
    slots->small = small;
    slots->count = count;
    slots->large_bytes = sim_fabric_max_transfer(sim);
    slots->large_most = (uint32_t)(TARGET_LARGE_BYTES / slots->large_bytes);
    slots->wait_first = TARGET_NO_SLOT;
    slots->wait_last = TARGET_NO_SLOT;
    for (uint32_t i = 0; i < count; i++)
        slots->slot[i].next = i + 1 < count ? i + 1 : TARGET_NO_SLOT;
    slots->free = 0;
    return 0;
}

static uint64_t large_size(const struct target_slots *slots)
{
    return PAGE + ((slots->large_bytes + PAGE - 1) & ~(PAGE - 1));
}

static void large_end(struct target_connection *connection, struct target_large *large)
{
    sim_fabric_memory_free(connection->association->subsystem->sim, large->data - PAGE, large->list,
                           large_size(&connection->slots));
    free(large);
}

void target_slots_close(struct target_connection *connection)
{
    struct target_slots *slots = &connection->slots;

    if (slots->slot == NULL)
        return;
    for (uint32_t i = 0; i < slots->count; i++)
        if (slots->slot[i].large != NULL)
            large_end(connection, slots->slot[i].large);
    while (slots->large != NULL) {
        struct target_large *next = slots->large->next;

        large_end(connection, slots->large);
        slots->large = next;
    }
    sim_fabric_memory_free(connection->association->subsystem->sim, slots->small, slots->small_iova,
                           slots->small_bytes);
    free(slots->slot);
    free(slots->by_cid);
    memset(slots, 0, sizeof *slots);
}

uint32_t target_slot_take(struct target_connection *connection, uint16_t cid)
{
    struct target_slots *slots = &connection->slots;
    const uint32_t index = slots->free;
    struct target_slot *slot;

    if (index == TARGET_NO_SLOT)
        return index;
    slot = &slots->slot[index];
    slots->free = slot->next;
    slot->data = slots->small + (uint64_t)index * TARGET_CAPSULE_DATA;
    slot->iova = slots->small_iova + (uint64_t)index * TARGET_CAPSULE_DATA;
    slot->length = 0;
    slot->received = 0;
    slot->partner = TARGET_NO_SLOT;
    slot->to_host = false;
    slot->damaged = false;
    slot->state = TARGET_SLOT_DEVICE;
    slots->by_cid[cid] = (uint16_t)(index + 1);
    return index;
}

uint32_t target_slot_find(const struct target_connection *connection, uint16_t cid)
{
    return connection->slots.by_cid[cid] != 0 ? connection->slots.by_cid[cid] - 1u : TARGET_NO_SLOT;
}

void target_slot_give(struct target_connection *connection, uint32_t index)
{
    struct target_slots *slots = &connection->slots;
    struct target_slot *slot;

    if (index >= slots->count) /* the association that it belonged to has ended */
        return;
    slot = &slots->slot[index];
    if (slot->state == TARGET_SLOT_FREE)
        return;
    if (slots->by_cid[slot->sqe.cid] == index + 1)
        slots->by_cid[slot->sqe.cid] = 0;
    slot->state = TARGET_SLOT_FREE;
    slot->next = slots->free;
    slots->free = index;
    if (slot->large == NULL)
        return;
    slot->large->next = slots->large;
    slots->large = slot->large;
    slot->large = NULL;
    if (slots->wait_first != TARGET_NO_SLOT) {
        const uint32_t first = slots->wait_first;

        slots->wait_first = slots->slot[first].next;
        if (slots->wait_first == TARGET_NO_SLOT)
            slots->wait_last = TARGET_NO_SLOT;
        target_command_go_on(connection, first);
    }
}

/* All pages but the first are in a list, which one page holds: TARGET_TRANSFER_MAX sees to it. */
static struct target_large *large_make(struct target_connection *connection)
{
    struct target_slots *slots = &connection->slots;
    struct target_large *large = malloc(sizeof *large);
    void *memory;

    if (large == NULL ||
        sim_fabric_memory(connection->association->subsystem->sim, large_size(slots), &memory, &large->list) != 0) {
        free(large);
        return NULL;
    }
    large->next = NULL;
    large->data = (uint8_t *)memory + PAGE;
    large->iova = large->list + PAGE;
    for (uint64_t page = 1; page * PAGE < slots->large_bytes; page++)
        ((uint64_t *)memory)[page - 1] = large->iova + page * PAGE;
    slots->large_made++;
    return large;
}

static struct target_large *large_take(struct target_connection *connection)
{
    struct target_slots *slots = &connection->slots;
    struct target_large *large = slots->large;

    if (large != NULL) {
        slots->large = large->next;
        return large;
    }
    return slots->large_made < slots->large_most ? large_make(connection) : NULL;
}

bool target_slot_memory(struct target_connection *connection, uint32_t index)
{
    struct target_slots *slots = &connection->slots;
    struct target_slot *slot = &slots->slot[index];

    if (slot->length <= TARGET_CAPSULE_DATA || slot->large != NULL)
        return true;
    slot->large = large_take(connection);
    if (slot->large != NULL) {
        slot->data = slot->large->data;
        slot->iova = slot->large->iova;
        return true;
    }
    slot->state = TARGET_SLOT_MEMORY;
    slot->next = TARGET_NO_SLOT;
    if (slots->wait_last != TARGET_NO_SLOT)
        slots->slot[slots->wait_last].next = index;
    else
        slots->wait_first = index;
    slots->wait_last = index;
    return false;
}

void target_slots_forget(struct target_connection *connection)
{
    struct target_slots *slots = &connection->slots;

    connection->fused = TARGET_NO_SLOT;
    slots->wait_first = TARGET_NO_SLOT;
    slots->wait_last = TARGET_NO_SLOT;
    for (uint32_t i = 0; i < slots->count; i++)
        if (slots->slot[i].state != TARGET_SLOT_SENDING)
            target_slot_give(connection, i);
    if (connection->marks != NULL)
        memset(connection->marks, 0, connection->queue.cq_entries * sizeof connection->marks[0]);
}
