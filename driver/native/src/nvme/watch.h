/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Data verification on a queue: each command to a namespace under verification is watched from before its submission
 * until the device has certainly done with it, which a time-out does not say.
 *
 * A watched command's slot is BELL_SLOT_SPECIAL, so that the inline path of others does not know of any of this.
 */
#ifndef BELL_NVME_WATCH_H
#define BELL_NVME_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"

struct bell_qpair;
struct bell_end;
struct bell_watches;
struct bell_verification;
struct nvme_sgl;

/* Where the data of a command is. */
struct bell_watch_data {
    uint64_t iova, bytes;       /* one piece of the device's DMA memory; bytes 0: in the SQE's own data pointer */
    const struct nvme_sgl *sgl; /* or a list of the caller's; NULL: none */
    uint32_t sgl_count;
    uint8_t *own;   /* or memory of the driver's own, which outlives the command; NULL: none */
    uint64_t token; /* own: what the tokens of its blocks have beside the version */
};

/**
 * bell_watch_begin - before the command in slot `number` is posted. Stamps the data of a write.
 * @integrity: of the namespace, if the caller holds it; NULL: look which of the device's it is
 * Return: true if it is watched: the slot is then SPECIAL with BELL_SLOT_WATCHED.
 */
bool bell_watch_begin(struct bell_qpair *qpair, uint16_t number, const uint64_t sqe[8],
                      const struct bell_watch_data *data, bell_integrity *integrity);

/** bell_watch_end - the command in slot `number` has ended for certain: completed, late or not, or lost.
 * Return: BELL_CQ_MISCOMPARE or 0. */
uint32_t bell_watch_end(struct bell_qpair *qpair, uint32_t number, const struct bell_end *end);

/** bell_watch_lost - nobody will hear of it any more. */
void bell_watch_lost(struct bell_qpair *qpair, uint32_t number);

/** bell_watch_timed_out - its end was reported, so that a worker may use its data for another command, while the device
 * may still carry it out: what it leaves then is unknown. */
void bell_watch_timed_out(struct bell_qpair *qpair, uint32_t number);

/** bell_watches_free - with the queue's slots; what is outstanding is lost. */
void bell_watches_free(struct bell_qpair *qpair);

/**
 * bell_watch_submit - bell_fast_submit for workers under verification.
 * @sqe: complete, its data pointer too
 */
int bell_watch_submit(struct bell_qpair *qpair, const uint64_t sqe[8], uint64_t tag, uint64_t now_ns,
                      const struct bell_watch_data *data, bell_integrity *integrity);

/** bell_integrity_of - the verification of a namespace, held; NULL: it has none. */
bell_integrity *bell_integrity_of(bell_device *device, uint32_t nsid);

/** bell_integrity_worker - count workers that use it (+1, -1); it cannot be closed while there are any. */
void bell_integrity_worker(bell_integrity *integrity, int change);

void bell_verification_free(struct bell_verification *verification);

#endif
