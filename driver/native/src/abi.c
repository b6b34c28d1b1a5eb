/* SPDX-License-Identifier: Apache-2.0 */
/* The exports that belong to no object; those on devices, qpairs and workers are beside what they do. */
#include "doorbell.h"
#include "layout.h"
#include "support/clock.h"
#include "support/error.h"

uint32_t bell_abi_version(void)
{
    return BELL_ABI_MAJOR << 16 | BELL_ABI_MINOR;
}

const char *bell_last_error(void)
{
    return bell_error_text();
}

uint64_t bell_clock_now(void)
{
    return bell_now();
}

int bell_layout_entry(uint32_t index, bell_layout *out)
{
    return bell_layout_get(index, out);
}
