/* SPDX-License-Identifier: Apache-2.0 */
#include "integrity/doubts.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64 };

static uint64_t place_of(const struct bell_doubts *doubts, uint64_t lba)
{
    return (lba * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (doubts->room - 1);
}

/* The place that holds the LBA, or the free one where it belongs. */
static struct bell_doubt *place_find(const struct bell_doubts *doubts, uint64_t lba)
{
    uint64_t at = place_of(doubts, lba);

    while (doubts->places[at].used && doubts->places[at].lba != lba)
        at = (at + 1) & (doubts->room - 1);
    return &doubts->places[at];
}

struct bell_doubt *bell_doubts_find(const struct bell_doubts *doubts, uint64_t lba)
{
    if (doubts->count == 0)
        return NULL;
    struct bell_doubt *place = place_find(doubts, lba);
    return place->used ? place : NULL;
}

static bool grow(struct bell_doubts *doubts)
{
    struct bell_doubts larger = {.room = doubts->room ? 2 * doubts->room : FIRST_ROOM, .count = doubts->count};

    larger.places = calloc(larger.room, sizeof *larger.places);
    if (!larger.places)
        return false;
    for (uint64_t i = 0; i < doubts->room; i++) {
        if (doubts->places[i].used)
            *place_find(&larger, doubts->places[i].lba) = doubts->places[i];
    }
    free(doubts->places);
    *doubts = larger;
    return true;
}

struct bell_doubt *bell_doubts_add(struct bell_doubts *doubts, uint64_t lba)
{
    if (2 * (doubts->count + 1) > doubts->room && !grow(doubts))
        return NULL;
    struct bell_doubt *place = place_find(doubts, lba);
    *place = (struct bell_doubt){.lba = lba, .used = true};
    doubts->count++;
    return place;
}

void bell_doubts_remove(struct bell_doubts *doubts, uint64_t lba)
{
    struct bell_doubt *place = bell_doubts_find(doubts, lba);

    if (!place)
        return;
    place->used = false;
    doubts->count--;
    /* Those behind it, up to a gap, may have been put off by it: each is put in anew. */
    uint64_t at = (uint64_t)(place - doubts->places);
    for (at = (at + 1) & (doubts->room - 1); doubts->places[at].used; at = (at + 1) & (doubts->room - 1)) {
        struct bell_doubt moved = doubts->places[at];
        doubts->places[at].used = false;
        *place_find(doubts, moved.lba) = moved;
    }
}

void bell_doubts_clear(struct bell_doubts *doubts)
{
    free(doubts->places);
    memset(doubts, 0, sizeof *doubts);
}

void bell_doubt_accept(struct bell_doubt *doubt, uint32_t value)
{
    for (uint32_t i = doubt->before; i < doubt->count; i++) {
        if (doubt->candidates[i] == value)
            return;
    }
    if (value == 0 || doubt->count == BELL_DOUBT_CANDIDATES)
        doubt->anything = true;
    else
        doubt->candidates[doubt->count++] = value;
}
