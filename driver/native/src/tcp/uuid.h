/* SPDX-License-Identifier: Apache-2.0 */
/* UUIDs (RFC 4122) as host identifiers: the text's bytes in their order. */
#ifndef BELL_TCP_UUID_H
#define BELL_TCP_UUID_H

#include <stdbool.h>
#include <stdint.h>

enum { TCP_UUID_TEXT = 37 };

/** tcp_uuid_parse - "2b8c…-…", hyphens optional. False: it is none, or all zero, which no host may have. */
bool tcp_uuid_parse(const char *text, uint8_t out[16]);

void tcp_uuid_print(const uint8_t uuid[16], char text[TCP_UUID_TEXT]);

/** tcp_uuid_random - version 4. */
void tcp_uuid_random(uint8_t out[16]);

#endif
