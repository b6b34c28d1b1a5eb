/* SPDX-License-Identifier: Apache-2.0 */
/* The calling thread's last error in words, as bell_last_error() reports it. */
#ifndef BELL_SUPPORT_ERROR_H
#define BELL_SUPPORT_ERROR_H

/* bell_error_set - remember a sentence for the user and return code, so that "return bell_error_set(-EINVAL, ...)"
 * reads well. */
int bell_error_set(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *bell_error_text(void);

#endif
