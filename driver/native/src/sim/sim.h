/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated SSD as a whole. Host threads (those that call the function's operations) own the first half, the device
 * thread the second; atomics are what both touch.
 *
 * Locks: `lock` guards registers and config space and is a leaf. The IOMMU's lock may be held while its holder waits
 * for a turn of the device thread, so the device thread never takes it.
 */
#ifndef BELL_SIM_SIM_H
#define BELL_SIM_SIM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "pci/function.h"
#include "pci/msix.h"
#include "sim/async_events.h"
#include "sim/background.h"
#include "sim/cmb.h"
#include "sim/command.h"
#include "sim/config_space.h"
#include "sim/data.h"
#include "sim/directives.h"
#include "sim/fabric.h"
#include "sim/faults.h"
#include "sim/features.h"
#include "sim/firmware.h"
#include "sim/hmb.h"
#include "sim/interrupts.h"
#include "sim/iommu.h"
#include "sim/latency.h"
#include "sim/media.h"
#include "sim/namespaces.h"
#include "sim/options.h"
#include "sim/queues.h"
#include "sim/registers.h"
#include "sim/reservations.h"
#include "sim/state.h"
#include "sim/temperature.h"
#include "sim/tick.h"
#include "spec/nvme.h"
#include "support/clock.h"

#define SIM_MAX_QUEUES  (SIM_MAX_IO_QUEUES + 1)
#define SIM_CNTLID      1u
#define SIM_AER_LIMIT   4u
#define SIM_ABORT_LIMIT 4u

/* Events for the device thread, in the order in which it handles them. */
#define SIM_EVENT_FUNCTION_RESET  0x01u
#define SIM_EVENT_SUBSYSTEM_RESET 0x02u
#define SIM_EVENT_DISABLE         0x04u
#define SIM_EVENT_CC              0x08u
#define SIM_EVENT_STOP            0x10u
#define SIM_EVENT_LOOK            0x20u /* take notice of what atomics say */
#define SIM_EVENT_FAULTS          0x40u /* the fault plan, or one of its switches, has changed */
#define SIM_EVENT_POWER_OFF       0x80u
#define SIM_EVENT_POWER_ON        0x100u
#define SIM_EVENT_CMB             0x200u /* CMBMSC was written */

/* Why no commands are fetched. */
#define SIM_STOP_FAILED    0x01u /* CSTS.CFS is 1 */
#define SIM_STOP_SHUT_DOWN 0x02u /* a shutdown has completed: no commands until a reset */
#define SIM_STOP_STALLED   0x04u /* these by the fault plan */
#define SIM_STOP_DISABLING 0x08u
#define SIM_STOP_GONE      0x10u
#define SIM_STOP_FROZEN    (SIM_STOP_STALLED | SIM_STOP_DISABLING | SIM_STOP_GONE) /* and none are completed */

struct sim {
    struct bell_pci_function fn; /* first: the operations receive its address */
    struct sim_options options;
    struct bell_msix msix; /* where the host's side has its messages */
    pthread_t thread;
    struct sim_fabric *fabric; /* not PCIe: driven by the one who opened it, without a thread; NULL: a PCIe function */

    pthread_mutex_t lock;
    struct sim_config config;
    bool gone;                 /* without power, or by the fault plan: config space reads all ones */
    _Atomic uint32_t removals; /* how often */
    struct sim_registers registers;

    _Atomic uint32_t events;
    _Atomic uint32_t asleep;
    _Atomic uint32_t lent;         /* another process stores to the doorbells, and wakes nobody */
    _Atomic uint32_t decoding;     /* Memory Space Enable and D0: BAR0 answers */
    _Atomic uint32_t mastering;    /* Bus Master Enable and D0: the device may use memory */
    _Atomic uint64_t events_asked; /* tickets of sim_event_wait */
    _Atomic uint64_t events_done;
    volatile uint32_t *doorbells;

    struct sim_iommu iommu;
    struct sim_cmb cmb;
    struct sim_interrupts irq;

    /* ---- device thread ---- */
    struct sim_store store;
    struct sim_state *state;
    bool enabled;           /* CSTS.RDY is 1 */
    uint32_t stop;          /* SIM_STOP_... */
    uint32_t shutdown_seen; /* CC.SHN when it was last looked at */
    bool weighted;          /* CC.AMS is weighted round robin */
    bool admin_only;
    bool keep_alive_expired; /* since the last reset */
    uint64_t page_bytes;
    uint64_t mdts_bytes;
    uint32_t burst;
    uint32_t turn; /* of the round robin */
    struct sim_sq sq[SIM_MAX_QUEUES];
    struct sim_cq cq[SIM_MAX_QUEUES];
    uint16_t active[SIM_MAX_QUEUES]; /* ids of the I/O submission queues that exist */
    uint32_t active_count;
    uint32_t bad_doorbell_reported[SIM_MAX_QUEUES][2];

    struct sim_namespace ns[SIM_MAX_NAMESPACES];
    struct sim_segment *segments;
    uint32_t segment_room;
    uint8_t *bounce; /* blocks and metadata on their way */
    uint64_t bounce_bytes;
    uint8_t *scratch; /* SIM_SCRATCH_BYTES, for building data */
    struct sim_latency latency;
    struct sim_faults faults; /* host threads look at it, too */
    struct sim_features features;
    struct sim_async_events async;
    struct sim_background background;
    struct sim_firmware firmware;
    struct sim_notices notices;
    struct sim_directives directives;
    struct sim_hmb hmb;
    uint32_t sanitize_pattern;
    uint32_t changed_namespaces; /* bit by slot, for log page 04h */
    bool events_context;         /* the persistent event log is being read */
    struct sim_temperature temperature;
    uint64_t started_ns;
    uint64_t ticked_ns;
    uint64_t commands_since_tick;
    uint64_t bytes_since_tick;
};

#define SIM_SCRATCH_BYTES 65536u

static inline struct sim *sim_of(struct bell_pci_function *fn)
{
    return (struct sim *)fn;
}

/* sim_wake - any thread: the device thread takes a turn soon. sim_event adds a reason. */
void sim_wake(struct sim *sim);
void sim_event(struct sim *sim, uint32_t event);

/* sim_event_wait - the same, and return when the device thread has acted on it. Not from the device thread; no lock may
 * be held. */
void sim_event_wait(struct sim *sim, uint32_t event);

#endif
