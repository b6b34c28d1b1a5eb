/* SPDX-License-Identifier: Apache-2.0 */
#include "support/error.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char last_error[512];

int bell_error_set(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(last_error, sizeof last_error, format, args);
    va_end(args);
    return code;
}

const char *bell_error_text(void)
{
    return last_error;
}
