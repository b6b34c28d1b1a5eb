/* SPDX-License-Identifier: Apache-2.0 */
#include "sim/device_thread.h"

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sim/background.h"
#include "sim/controller.h"
#include "sim/sim.h"
#include "sim/tick.h"
#include "support/atomics.h"
#include "support/slice.h"

#define SPIN_MIN_NS     UINT64_C(2000)
#define SPIN_MAX_NS     UINT64_C(60000)
#define NAP_MIN_NS      UINT64_C(60000) /* what is due sooner is waited for by spinning */
#define LENT_NAP_MIN_NS UINT64_C(50000) /* between looks at doorbells that another process stores to */
#define LENT_NAP_MAX_NS UINT64_C(1000000)
#define CHECK_TURNS     4096u /* busy turns between looks at the clock and at stray doorbells */

struct rhythm {
    uint64_t idle_since; /* 0: busy */
    uint64_t spin_ns;    /* how long to poll before sleeping */
    uint32_t idle_turns;
    uint32_t busy_turns;
    uint64_t nap_ns; /* of a function that is lent */
    bool alone;      /* one CPU: polling would only keep the host from running */
};

static void cpu_pause(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* ---- sleeping and waking
 * ---------------------------------------------------------------------------------------------- */

static void futex_wait(_Atomic uint32_t *word, uint32_t expected, uint64_t timeout_ns)
{
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / BELL_NS_PER_S),
                               .tv_nsec = (long)(timeout_ns % BELL_NS_PER_S)};

    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeout_ns == UINT64_MAX ? NULL : &timeout, NULL, 0);
}

void sim_wake(struct sim *sim)
{
    if (atomic_exchange(&sim->asleep, 0) != 0)
        syscall(SYS_futex, &sim->asleep, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void sim_event(struct sim *sim, uint32_t event)
{
    atomic_fetch_or(&sim->events, event);
    sim_wake(sim);
}

static bool events_run(struct sim *sim)
{
    const uint64_t asked = atomic_load(&sim->events_asked);
    const bool goes_on = sim_controller_events(sim, atomic_exchange(&sim->events, 0));

    atomic_store(&sim->events_done, asked);
    return goes_on;
}

void sim_event_wait(struct sim *sim, uint32_t event)
{
    if (sim->fabric != NULL) { /* the caller is the device */
        atomic_fetch_or(&sim->events, event);
        events_run(sim);
        return;
    }
    /* The event comes before its ticket: a turn that sees the ticket has seen the event, in this turn or an earlier
     * one. */
    atomic_fetch_or(&sim->events, event);
    const uint64_t ticket = atomic_fetch_add(&sim->events_asked, 1) + 1;

    while (atomic_load(&sim->events_done) < ticket) {
        sim_event(sim, SIM_EVENT_LOOK);
        sched_yield();
    }
}

/*
 * Both sides store, fence, then load what the other stores: the host its doorbell and then `asleep`, the device
 * `asleep` and then the doorbells. At least one of them sees the other, so no doorbell is slept through.
 */
static void sleep_until(struct sim *sim, uint64_t timeout_ns)
{
    atomic_store(&sim->asleep, 1);
    bell_fence(__ATOMIC_SEQ_CST);
    if (atomic_load(&sim->events) == 0 && atomic_load(&sim->iommu.table)->generation == sim->iommu.entered &&
        !sim_queues_waiting(sim))
        futex_wait(&sim->asleep, 1, timeout_ns);
    atomic_store(&sim->asleep, 0);
}

/* ---- time
 * --------------------------------------------------------------------------------------------------------------- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*
 * Everything that happens at a time. Return: the next such time. Operations and ticks come first, for they complete
 * commands; completions come before interrupts, for they raise them.
 */
static uint64_t timers_run(struct sim *sim, uint64_t now)
{
    uint64_t next = sim_faults_run(sim, now);

    if (BELL_UNLIKELY((sim->stop & SIM_STOP_FROZEN) != 0))
        return next;
    next = earlier(next, sim_background_run(sim, now));
    next = earlier(next, sim_tick_run(sim, now));
    next = earlier(next, sim_latency_run(sim, now));
    return earlier(next, sim_interrupts_run(&sim->irq, now));
}

/* Too soon for a nap that would overshoot it. */
static bool is_near(uint64_t next, uint64_t now)
{
    return next <= now || next - now < NAP_MIN_NS;
}

static void idle_turn(struct sim *sim, struct rhythm *rhythm)
{
    const uint64_t now = bell_now();
    uint64_t next = timers_run(sim, now);

    if (rhythm->idle_since == 0)
        rhythm->idle_since = now;
    if (now - rhythm->idle_since < rhythm->spin_ns || is_near(next, now)) {
        for (int i = 0; i < 8; i++)
            cpu_pause();
        if (++rhythm->idle_turns % 8 == 0 || rhythm->alone)
            sched_yield();
        return;
    }
    /* Polling found nothing: poll for a shorter time when the next pause begins. */
    rhythm->spin_ns = rhythm->spin_ns / 2 > SPIN_MIN_NS ? rhythm->spin_ns / 2 : SPIN_MIN_NS;
    sim_doorbells_check(sim);
    next = timers_run(sim, now); /* the check may have completed a request for events */
    if (atomic_load_explicit(&sim->lent, memory_order_relaxed) != 0 && sim_controller_ready(sim)) {
        next = earlier(next, now + NAP_MIN_NS / 2 + rhythm->nap_ns);
        rhythm->nap_ns = earlier(rhythm->nap_ns * 2, LENT_NAP_MAX_NS);
    }
    if (!is_near(next, now))
        sleep_until(sim, next == UINT64_MAX ? UINT64_MAX : next - now - NAP_MIN_NS / 2);
    rhythm->idle_since = 0;
}

static void busy_turn(struct sim *sim, struct rhythm *rhythm)
{
    if (rhythm->idle_since != 0)
        rhythm->spin_ns = earlier(rhythm->spin_ns * 2, SPIN_MAX_NS);
    rhythm->idle_since = 0;
    rhythm->nap_ns = LENT_NAP_MIN_NS;
    if ((sim->latency.count | sim->irq.held | sim->faults.armed) != 0) {
        timers_run(sim, bell_now());
    } else if (++rhythm->busy_turns % CHECK_TURNS == 0) {
        timers_run(sim, bell_now());
        sim_doorbells_check(sim);
    }
}

void *sim_device_thread(void *argument)
{
    struct sim *sim = argument;
    struct rhythm rhythm = {
        .spin_ns = SPIN_MAX_NS, .nap_ns = LENT_NAP_MIN_NS, .alone = sysconf(_SC_NPROCESSORS_ONLN) == 1};

    prctl(PR_SET_NAME, "doorbell-sim");
    prctl(PR_SET_TIMERSLACK, 1000);
    bell_slice_shorten();
    for (;;) {
        sim_iommu_enter(&sim->iommu);
        if (BELL_UNLIKELY(atomic_load_explicit(&sim->events, memory_order_acquire) != 0) && !events_run(sim))
            break;
        if (sim_controller_ready(sim) && sim_queues_poll(sim) != 0)
            busy_turn(sim, &rhythm);
        else
            idle_turn(sim, &rhythm);
    }
    sim_tick_end(sim);
    return NULL;
}

uint64_t sim_device_run(struct sim *sim)
{
    for (;;) {
        sim_iommu_enter(&sim->iommu);
        if (atomic_load_explicit(&sim->events, memory_order_relaxed) != 0)
            events_run(sim);
        if (sim_controller_ready(sim) && sim_queues_poll(sim) != 0)
            continue;
        const uint64_t now = bell_now();
        const uint64_t next = timers_run(sim, now);

        if (next > now && atomic_load_explicit(&sim->events, memory_order_relaxed) == 0)
            return next;
    }
}
