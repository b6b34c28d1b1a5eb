/* SPDX-License-Identifier: Apache-2.0 */
#include "pci/shared.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bell_shared *first;

int bell_shared_get(const struct bell_shared_kind *kind, const char *key, void *context, struct bell_shared **out)
{
    struct bell_shared *shared;
    int err;

    pthread_mutex_lock(&lock);
    for (shared = first; shared != NULL && strcmp(shared->key, key) != 0;)
        shared = shared->next;
    if (shared != NULL) {
        err = kind->join(shared, context);
    } else {
        err = kind->make(key, context, &shared);
        if (err == 0) {
            snprintf(shared->key, sizeof shared->key, "%s", key);
            shared->users = 0;
            shared->next = first;
            first = shared;
        }
    }
    if (err == 0) {
        shared->users++;
        *out = shared;
    }
    pthread_mutex_unlock(&lock);
    return err;
}

void bell_shared_put(const struct bell_shared_kind *kind, struct bell_shared *shared)
{
    pthread_mutex_lock(&lock);
    if (--shared->users == 0) {
        struct bell_shared **link = &first;

        while (*link != shared)
            link = &(*link)->next;
        *link = shared->next;
        kind->end(shared);
    }
    pthread_mutex_unlock(&lock);
}

void bell_shared_lock(void)
{
    pthread_mutex_lock(&lock);
}

void bell_shared_unlock(void)
{
    pthread_mutex_unlock(&lock);
}
