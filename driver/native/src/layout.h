/* SPDX-License-Identifier: Apache-2.0 */
/* Size and offset of everything in doorbell.h that a binding maps. */
#ifndef BELL_LAYOUT_H
#define BELL_LAYOUT_H

#include <stdint.h>

#include "doorbell.h"

/** bell_layout_get - entry number index; -ENOENT past the end. */
int bell_layout_get(uint32_t index, bell_layout *out);

#endif
