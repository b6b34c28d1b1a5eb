/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared words. One thread writes, others look: relaxed accesses keep such words whole without costing an instruction.
 */
#ifndef BELL_SUPPORT_ATOMICS_H
#define BELL_SUPPORT_ATOMICS_H

#include <stdatomic.h>
#include <stdint.h>

#define BELL_LIKELY(x)   __builtin_expect(!!(x), 1)
#define BELL_UNLIKELY(x) __builtin_expect(!!(x), 0)

#define bell_peek(address)        __atomic_load_n((address), __ATOMIC_RELAXED)
#define bell_poke(address, value) __atomic_store_n((address), (value), __ATOMIC_RELAXED)

/*
 * Fences. TSan knows none, and needs none to see that no two plain accesses collide: whatever a fence orders here is an
 * atomic access itself.
 */
#if defined(__SANITIZE_THREAD__)
#define bell_fence(order) __atomic_signal_fence(order)
#else
#define bell_fence(order) __atomic_thread_fence(order)
#endif

#endif
