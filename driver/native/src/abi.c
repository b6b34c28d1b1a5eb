/* SPDX-License-Identifier: Apache-2.0 */
#include "doorbell.h"

#include "support/error.h"

uint32_t bell_abi_version(void)
{
    return BELL_ABI_MAJOR << 16 | BELL_ABI_MINOR;
}

const char *bell_last_error(void)
{
    return bell_error_text();
}
