/* SPDX-License-Identifier: Apache-2.0 */
/* What the queues of one device share for data verification. */
#ifndef BELL_NVME_VERIFICATION_H
#define BELL_NVME_VERIFICATION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "doorbell.h"
#include "integrity/integrity.h"

enum { BELL_VERIFIED_NAMESPACES = 256 };

/* Memory that an outstanding command's data is in: it is not stamped for another one meanwhile. */
struct bell_busy_data {
    uint64_t iova, bytes;
};

struct bell_verification {
    pthread_mutex_t lock;
    bell_integrity *namespaces[BELL_VERIFIED_NAMESPACES];
    uint32_t count;
    struct bell_busy_data *busy;
    uint32_t busy_count, busy_room;
};

/** bell_busy_add - false if some of it is busy already; it is added all the same, but for want of memory. */
bool bell_busy_add(struct bell_verification *verification, const struct bell_busy_data *data, uint32_t count);
void bell_busy_remove(struct bell_verification *verification, const struct bell_busy_data *data, uint32_t count);

/** bell_verification_upheaval - a command that may change everything begins (+1) or has ended (-1). */
void bell_verification_upheaval(struct bell_verification *verification, uint32_t nsid, int change);

#endif
